/** How many random cases the billing properties run, and the values they are made of. */
import fc from 'fast-check'
import type { OraclePlan } from './oracle.ts'

/** MARKETSIM_CASES is the total over all properties of this folder; CI and `npm run exact` run 100,000. */
const TOTAL = Number(process.env.MARKETSIM_CASES ?? 10_000)
const PROPERTIES = 25
export const runs = { numRuns: Math.ceil(TOTAL / PROPERTIES) }

/** Decimal text: whole units and up to `decimals` decimals. */
export const decimal = (most: number, decimals: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: decimals }), fc.bigInt(0n, 10n ** 12n))
    .map(([whole, places, digits]) =>
      places === 0 ? String(whole) : `${whole}.${String(digits % 10n ** BigInt(places)).padStart(places, '0')}`,
    )

export const unitPrice = decimal(10_000, 10)
export const money = decimal(1_000_000, 8)
export const quantity = fc.oneof(fc.integer({ min: 0, max: 1_000 }).map(String), decimal(1_000, 8))

/** Upper limits that grow, some of them fractions. */
const limits = fc
  .uniqueArray(
    fc.oneof(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 5000 }).map((tenth) => tenth / 10),
    ),
    {
      minLength: 0,
      maxLength: 4,
    },
  )
  .map((values) => values.toSorted((a, b) => a - b).map(String))

const bands = limits.chain((tops) =>
  fc
    .array(unitPrice, { minLength: tops.length + 1, maxLength: tops.length + 1 })
    .map((units) => units.map((unit, index) => ({ upTo: tops[index] ?? null, unit }))),
)

export const plan: fc.Arbitrary<OraclePlan> = fc.oneof(
  unitPrice.map((unit) => ({ model: 'linear' as const, unit })),
  bands.map((table) => ({ model: 'tiered' as const, bands: table })),
  bands.map((table) => ({ model: 'volume' as const, bands: table })),
)

/** A quantity that likes to be on a limit of the plan. */
export const quantityOf = (of: OraclePlan): fc.Arbitrary<string> => {
  const tops = of.model === 'linear' ? [] : of.bands.flatMap(({ upTo }) => (upTo === null ? [] : [upTo]))
  return tops.length === 0 ? quantity : fc.oneof(quantity, fc.constantFrom(...tops))
}

export const discount = fc.option(
  fc.oneof(
    fc.integer({ min: 0, max: 10_000 }).map((hundredths) => ({ percentOff: String(hundredths / 100) })),
    money.map((fixedPrice) => ({ fixedPrice })),
    money.map((amountOff) => ({ amountOff })),
  ),
  { nil: undefined },
)

export const factor = fc.oneof(
  decimal(36, 10),
  fc
    .tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 1, max: 4000 }))
    .map(([part, whole]) => `${part}/${whole}`),
)

/** A millisecond from 1990 to 2060. */
export const instant = fc.integer({ min: 631_152_000_000, max: 2_840_140_800_000 })
export const EAST_8 = 28_800_000
/** Offsets of real clocks. */
export const offset = fc.constantFrom(EAST_8, 0, -25_200_000, 20_700_000, -34_200_000)
