/**
 * C-07: requirements that buyers mailed for a category (C-06) are counted where the seller of a product that waits for them is at
 * home. When enough have come in, the seller takes a while and lists the product everywhere.
 */
import type { Instant } from '#base/time.ts'
import { categoryName } from '#scenarios/category-tree.ts'
import { categoriesOf } from '../../world/categories.ts'
import type { Sellers } from './sellers.ts'

/** Products whose sellers wait for requirements of a category, by number of the category: numbers of the products. */
export function awaitedByCategory({ world }: Sellers): ReadonlyMap<number, readonly number[]> {
  const { scenario } = world
  const categories = categoriesOf(scenario)
  const awaited = scenario.catalog.flatMap((product, index) => {
    if (product.requirements === null) return []
    const category = categories.indexOf(categoryName(product)) + 1
    return [{ category, product: index + 1 }]
  })
  return new Map(
    [...Map.groupBy(awaited, ({ category }) => category)].map(([category, products]) => [
      category,
      products.map(({ product }) => product),
    ]),
  )
}

/** Where the seller of a product is at home. */
export const homeOf = ({ world }: Sellers, product: number): number =>
  world.catalog.offers.find(({ productId }) => productId === product)?.seller.cell ?? 0

/** A requirement of a category has come in, at home of sellers of these products. */
export function countRequirement(market: Sellers, product: number): void {
  const { requirements, world, now } = market
  const wanted = world.scenario.catalog[product - 1].requirements
  if (wanted === null || requirements[product - 1] === wanted.count) return
  requirements[product - 1]++
  if (requirements[product - 1] < wanted.count) return
  // All other cells have heard of it by then.
  const listed = now + Math.max(wanted.after, world.scenario.messageDelay)
  market.facts.requirement_listings({
    product,
    at: now,
    requirements: wanted.count,
    listed,
    rule: market.word('C-07'),
  })
  listAnswer(market, product, listed)
  market.productAnswered.emit(product, listed)
}

/** A product will be listed from an instant on. */
export function listAnswer(market: Sellers, product: number, listed: Instant): void {
  market.at.answeredAt[product - 1] = listed
}
