/** Random products: every kind, billing and flag. */
import fc from 'fast-check'
import { productKinds } from '#scenarios/product-kinds.ts'
import { amount } from './laws.ts'
import { soldMonths } from './market-draws.ts'
import type { Doc } from './read-doc.ts'

interface Shape {
  readonly kind: string
  readonly billing: string
  readonly supervised: boolean
  readonly trial: boolean
  readonly discounted: boolean
}

const billingModes = (kind: string): readonly string[] => {
  if (kind === 'image') return ['pay-per-use', 'monthly', 'yearly']
  return ['content', 'hardware', 'consulting'].includes(kind) ? ['one-off'] : ['monthly', 'yearly', 'one-off']
}

const flags = [false, true]
const everyShape: readonly Shape[] = productKinds.flatMap((kind) =>
  billingModes(kind).flatMap((billing) =>
    flags.flatMap((supervised) =>
      flags.flatMap((trial) => flags.map((discounted) => ({ kind, billing, supervised, trial, discounted }))),
    ),
  ),
)

const isTerm = (billing: string) => billing === 'monthly' || billing === 'yearly'

/** What the reader refuses: flags on what cannot bear them, and consulting, which cannot be bought. */
const makesSense = ({ kind, billing, supervised, trial }: Shape) =>
  kind !== 'consulting' && (!supervised || kind === 'saas') && (!trial || (isTerm(billing) && kind !== 'image'))

const shapes = everyShape.filter(makesSense)

const banded = fc
  .tuple(fc.constantFrom('tiered', 'volume'), fc.integer({ min: 1, max: 4 }), amount(9, 10), amount(9, 10))
  .map(([model, upTo, first, rest]) => ({
    model,
    bands: [
      { upTo, unit: first },
      { upTo: null, unit: rest },
    ],
  }))

export const price = fc.oneof(amount(90, 10), banded)
export const discount = fc.oneof(
  fc.constantFrom('0', '10', '33.33', '100').map((percentOff) => ({ percentOff })),
  amount(30).map((fixedPrice) => ({ fixedPrice })),
  amount(30).map((amountOff) => ({ amountOff })),
)

/** M-06 on an hour leaves a price of ten decimals. */
const hourlyDiscount = fc.oneof(
  fc.constantFrom('0', '100').map((percentOff) => ({ percentOff })),
  amount(1).map((fixedPrice) => ({ fixedPrice })),
  amount(1).map((amountOff) => ({ amountOff })),
)

const attribute = fc
  .record({ min: fc.integer({ min: 1, max: 3 }), steps: fc.integer({ min: 0, max: 4 }), step: fc.constantFrom(1, 2) })
  .map(({ min, steps, step }) => ({ attribute: 'users', min, max: min + steps * step, step }))

/** What a specification says when its billing has a place for it. */
const words = fc.record({
  hourly: amount(1, 10),
  prices: fc.tuple(price, price),
  price,
  discount,
  hourlyDiscount,
  quantity: fc.option(attribute, { nil: undefined }),
  autoRenew: fc.boolean(),
})

type Words = typeof words extends fc.Arbitrary<infer T> ? T : never

function specificationOf(shape: Shape, drawn: Words, index: number): Doc {
  const { billing, trial, discounted } = shape
  const months = billing === 'yearly' ? [12] : soldMonths
  const counted = drawn.quantity && shape.kind !== 'image' ? { quantity: drawn.quantity } : {}
  return {
    id: `s${index + 1}`,
    billing,
    ...(discounted ? { discount: billing === 'pay-per-use' ? drawn.hourlyDiscount : drawn.discount } : {}),
    ...(billing === 'pay-per-use' ? { hourly: drawn.hourly } : {}),
    ...(billing === 'one-off' ? { price: drawn.price, ...counted } : {}),
    ...(isTerm(billing)
      ? {
          plans: months.map((bought, i) => ({ months: bought, price: drawn.prices[i] })),
          ...counted,
          autoRenew: drawn.autoRenew,
          ...(trial ? { trial } : {}),
        }
      : {}),
  }
}

const productOf = (drawn: readonly Shape[]) =>
  fc.tuple(
    fc.constantFrom(...drawn),
    fc.array(words, { minLength: 1, maxLength: 2 }),
    fc.nat(),
    fc.record({ needsAuthorisation: fc.boolean(), popular: fc.boolean() }),
  )

const isImage = ({ kind }: Shape) => kind === 'image'
const images = shapes.filter(isImage)
/** Supervised products are a few of many shapes, and their flows the longest. */
const drawnShapes = [...shapes, ...shapes.filter(({ kind, supervised }) => kind === 'license' || supervised), ...images]

/** An image, without which nothing runs, and up to four other products of the sellers; `sellers` as drawn. */
export const catalogOf = (sellers: readonly Doc[]): fc.Arbitrary<Doc[]> =>
  fc.tuple(productOf(images), fc.array(productOf(drawnShapes), { minLength: 0, maxLength: 4 })).map(([image, list]) =>
    [image, ...list].map(([shape, specifications, owner, said], index) => {
      const seller = sellers[owner % sellers.length]
      return {
        id: `p${index + 1}`,
        kind: shape.kind,
        seller: `${seller.segment}/${1 + (owner % ((seller.count as number | undefined) ?? 1))}`,
        category: `c${(owner % 2) + 1}`,
        ...said,
        ...(shape.supervised ? { supervised: true } : {}),
        specifications: specifications.map((drawn, s) => specificationOf(shape, drawn, s)),
      }
    }),
  )
