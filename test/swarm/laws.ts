/** Distributions for the swarm's scenarios: short ones, none that lets a flow turn forever within an instant. */
import fc from 'fast-check'

export const minutes = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((value) => `${value}min`)

/** The longest duration that a scenario may say: 10,000 years. */
const FOREVER = '3652500d'

/** A duration or a law of one, of means from `least` to `most` minutes; now and then one that never ends. */
export const lasting = (least: number, most: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(FOREVER, { discrete: { values: [`${least}min`, FOREVER] } }) },
    { weight: 24, arbitrary: ordinary(least, most) },
  )

const ordinary = (least: number, most: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    minutes(least, most),
    minutes(Math.max(1, least), most).map((mean) => ({ exponential: { mean } })),
    fc.tuple(minutes(Math.max(1, least), most), minutes(1, most)).map(([mean, sd]) => ({ lognormal: { mean, sd } })),
    minutes(least, most).map((value) => ({ discrete: { values: [`${least}min`, value] } })),
    minutes(Math.max(1, least), most).map((mean) => ({ hyperexponential: { mean, scv: 4 } })),
    minutes(least, most).map((max) => ({ pert: { min: '0s', mode: '1s', max: max === '0min' ? '2s' : max } })),
    minutes(Math.max(1, least), most).map((min) => ({ pareto: { shape: 1.5, min } })),
    minutes(Math.max(1, least), most).map((mean) => ({
      mixture: [
        { weight: 1, of: { constant: `${least}min` } },
        { weight: 2, of: { exponential: { mean } } },
      ],
    })),
  )

export const share = fc.constantFrom(0, 0.1, 0.3, 0.7, 1)
/** A probability of what keeps everything else from happening. */
export const seldom = fc.constantFrom(0, 0, 0, 0.1, 0.3, 1)
/** A probability of what most people have. */
export const mostly = fc.constantFrom(1, 1, 0.8)
/** A probability of something that may come again and again at one instant. */
export const often = fc.constantFrom(0, 0.2, 0.5)

/** Currencies with 0, 2, 3 and 4 minor units (M-08). */
export const currencies: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, USD: 2, EUR: 2, KWD: 3, BHD: 3, CLF: 4 }

/** Amounts with few and with all decimals. */
export const amount = (most: number, decimals = 8): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(most), fc.constantFrom('', '.5', '.25', '.99999999', '.00000001', '.3333333333'))
    .map(([whole, fraction]) => (decimals === 0 ? String(whole) : whole + fraction.slice(0, decimals + 1)))

const DAY = 86_400_000

/** An instant of the run, on a round minute most of the time. */
export const instantIn = (start: number, days: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.nat(days * 24 - 1).map((hour) => hour * 3_600_000),
      fc.nat(days * 1440 - 1).map((minute) => minute * 60_000),
      fc.nat(days * DAY - 1),
    )
    .map((after) => new Date(start + after).toISOString())

export const hours = fc.constantFrom(
  { from: '09:00', to: '18:00' },
  { days: ['mon', 'wed', 'sat'], from: '00:00', to: '24:00' },
  { days: ['tue', 'sun'], from: '22:30', to: '24:00' },
)

/** Part of an object: each key there or not, which shrinks by leaving keys out. */
export const some = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>

/** Nothing where there is nothing to choose from. */
export const oneOf = <T>(values: readonly T[], otherwise: T): fc.Arbitrary<T> =>
  values.length === 0 ? fc.constant(otherwise) : fc.constantFrom(...values)
