/** C-07: products that wait for requirements: buyers look for their category, mail what they miss, and have other things to buy. */
import { own } from '#base/own.ts'
import { categoryName } from '../category-tree.ts'
import type { Draft, Report } from './draft.ts'

export function checkRequirements({ catalog, buyers }: Draft, report: Report): void {
  const awaited = new Set<string>()
  catalog.forEach((product, index) => {
    if (product == null || product.requirements === null) return
    const path = ['catalog', index, 'requirements']
    const category = categoryName(product)
    awaited.add(product.id)
    if (product.listed !== null)
      report(['catalog', index, 'listed'], {
        what: 'an instant for a product that waits for requirements',
        expected: 'listed or requirements, not both (C-07)',
        hint: 'remove listed',
        remove: true,
      })
    const isSought = buyers.some(
      (segment) =>
        segment?.unmet != null && segment.unmet.mails > 0 && (own(segment.unmet.categories, category) ?? 0) > 0,
    )
    if (!isSought)
      report(path, {
        what: `requirements of ${category}, which no buyer mails`,
        expected: `a segment with unmet: { categories: { ${category}: 1 } } and mails above 0 (C-07)`,
        hint: `add ${category} to unmet of a segment, or remove requirements`,
      })
  })
  buyers.forEach((segment, index) => {
    const buys = segment?.buys ?? []
    if (buys.length > 0 && buys.every(({ product }) => awaited.has(product)))
      report(['buyers', index, 'buys'], {
        what: 'buyers who buy only what waits for requirements',
        expected: 'at least one product that is sold without them (C-07)',
        hint: 'add a product without requirements',
      })
  })
}
