/** C-02: the tree of categories of the user guide, and what scenarios add to it. */
import { expect, test } from 'vitest'
import { categoryName, guideTree, subcategoriesOf } from '#scenarios/category-tree.ts'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { categoriesOf } from '#sim/world/categories.ts'
import { marketplace } from './marketplace.ts'

test('C-02: the families and subcategories of section 10.2 of the guide', () => {
  expect(Object.entries(guideTree).map(([family, own]) => `${family} ${own.length}`)).toEqual([
    'infrastructure-software 6',
    'business-software 6',
    'developer-tools 6',
    'professional-services 4',
  ])
})

test('C-02: a scenario adds families, and subcategories of a family of the guide', () => {
  const own = { 'developer-tools': ['profiling', 'testing'], games: ['chess'] }
  expect(subcategoriesOf('developer-tools', own)).toEqual([...guideTree['developer-tools'], 'profiling'])
  expect(subcategoriesOf('games', own)).toEqual(['chess'])
  expect(subcategoriesOf('games', {})).toBeUndefined()
  expect(subcategoriesOf('toString', {})).toBeUndefined()
  expect(categoryName({ category: 'games', subcategory: 'chess' })).toBe('games/chess')
})

const faultsOf = (...sets: string[]) => {
  try {
    return { scenario: parseScenario(marketplace, 'x.yaml', { sets }), faults: [] }
  } catch (error) {
    if (error instanceof ScenarioErrors) return { scenario: null, faults: error.faults.map(({ what }) => what) }
    throw error
  }
}
const [product] = parseScenario(marketplace, 'x.yaml').catalog
const [{ segment }] = parseScenario(marketplace, 'x.yaml').buyers
const set = (key: string, value: string) => `catalog.${product.id}.${key}=${value}`

test('C-02: a subcategory is of its family; so is one that buyers look for', () => {
  expect(faultsOf(set('category', 'business-software'), set('subcategory', 'crm')).faults).toEqual([])
  expect(faultsOf(set('category', 'business-software'), set('subcategory', 'chess')).faults).toEqual([
    'business-software has no subcategory chess (C-02)',
  ])
  const added = faultsOf(set('category', 'games'), set('subcategory', 'chess'), 'categories={ games: [chess] }')
  expect(added.faults).toEqual([])
  expect(added.scenario && categoriesOf(added.scenario)).toContain('games/chess')
  const unmet = (name: string) => `buyers.${segment}.unmet={ probability: 0.1, categories: { ${name}: 1 } }`
  expect(faultsOf(unmet('developer-tools/testing')).faults).toEqual([])
  expect(faultsOf(unmet('anything')).faults).toEqual([])
  expect(faultsOf(unmet('developer-tools/chess')).faults).toEqual(['developer-tools has no subcategory chess (C-02)'])
})
