/** C-02: subcategories are of their family, in the tree of the guide or of the scenario. */
import { subcategoriesOf } from '../category-tree.ts'
import type { Path } from '../document.ts'
import type { Draft, Report } from './draft.ts'

export function checkCategories({ catalog, buyers, categories }: Draft, report: Report): void {
  const check = (path: Path, family: string, subcategory: string): void => {
    const known = subcategoriesOf(family, categories)
    if (known?.includes(subcategory)) return
    report(path, {
      what: `${family} has no subcategory ${subcategory} (C-02)`,
      expected: known === undefined ? `a family of the tree, with its subcategories` : `one of ${known.join(', ')}`,
      hint: `add categories: { ${family}: [${subcategory}] } to the scenario`,
    })
  }
  catalog.forEach((product, index) => {
    if (product?.subcategory != null) check(['catalog', index, 'subcategory'], product.category, product.subcategory)
  })
  buyers.forEach((segment, index) => {
    for (const name of Object.keys(segment?.unmet?.categories ?? {})) {
      const [family, subcategory, ...rest] = name.split('/')
      if (subcategory !== undefined)
        check(['buyers', index, 'unmet', 'categories', name], family, [subcategory, ...rest].join('/'))
    }
  })
}
