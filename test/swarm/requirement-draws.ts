/** Random requirements (C-07): a product that its seller lists only once buyers have asked for its category. */
import fc from 'fast-check'
import type { Doc } from './read-doc.ts'

/** What the seller waits for; null for nothing. */
export const requirements = fc.option(
  fc.record({ count: fc.integer({ min: 1, max: 6 }), after: fc.constantFrom('0s', '7h', '5d') }),
  { freq: 2 },
)

interface Drawn {
  readonly catalog: readonly Doc[]
  readonly buyers: readonly Doc[]
  readonly events: readonly Doc[]
}

/**
 * The last product waits for requirements, and the first segment mails them; where there is one product, or a segment buys
 * nothing else, all stays as it is. No event lists or delists such a product: nothing did before it is there.
 */
export function withRequirements({ catalog, buyers, events }: Drawn, wanted: Doc | null): Drawn {
  const product = catalog[catalog.length - 1]
  const isSoldAlone = buyers.some(({ buys }) => (buys as Doc[]).every((buy) => buy.product === product.id))
  if (wanted === null || catalog.length < 2 || isSoldAlone) return { catalog, buyers, events }
  const unmet = { probability: 0.6, categories: { [product.category as string]: 1 }, mails: 0.8 }
  return {
    catalog: [...catalog.slice(0, -1), { ...product, requirements: wanted }],
    buyers: buyers.map((segment, index) => (index === 0 ? { ...segment, unmet } : segment)),
    events: events.filter(({ list, delist }) => ((list ?? delist) as Doc | undefined)?.product !== product.id),
  }
}
