/** E-12: the cheapest mix against numbers worked by hand, and against all mixes there are. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CapacityHours, cheapestMix, type MixPrices } from '#reports/capacity/cheapest-mix.ts'

/** One span an hour. */
const spansOf = (capacities: readonly number[]): CapacityHours[] =>
  capacities.map((capacity, from) => ({ from, hours: 1, capacity }))

const prices = (
  owned: number | null,
  leased: number,
  ...committed: readonly (readonly [hourly: number, hours: number])[]
) => ({
  owned: owned === null ? null : BigInt(owned),
  leased: BigInt(leased),
  committed: committed.map(([hourly, termHours]) => ({ hourly: BigInt(hourly), termHours })),
})

const cases: readonly (readonly [
  why: string,
  capacities: readonly number[],
  prices: MixPrices,
  mix: readonly [owned: number, committed: readonly string[], leasedHours: number, cost: number],
])[] = [
  // Level 1 is needed in 4 hours of 4, level 2 in 3, level 3 in 1. Owning costs 4 x 5 = 20: leasing 40, 30, 10.
  ['owns what is needed long enough', [1, 2, 3, 2], prices(5, 10), [2, [], 1, 50]],
  // Owning 28: level 1 (40) and level 2 (30).
  ['owns up to the break-even point', [1, 2, 3, 2], prices(7, 10), [2, [], 1, 66]],
  // Owning 30 costs as much as leasing level 2.
  ['leases where both cost the same', [1, 2, 3, 2], prices(8, 10), [1, [], 4, 72]],
  ['leases all where owning is dear', [1, 2, 3, 2], prices(11, 10), [0, [], 8, 80]],
  // Terms of 2 h at 6 an hour, 12: hours of levels are 2+2, 1+2, 0+1; leasing 20+20, 10+20, 0+10.
  ['commits term by term', [1, 2, 3, 2], prices(7, 10, [6, 2]), [0, ['0@0+2:1', '0@2+2:2'], 2, 56]],
  // Owning 16 for four hours beats 24 of terms at level 1 and 22 at level 2, not 10.
  ['owns where that is less than all terms', [1, 2, 3, 2], prices(4, 10, [6, 2]), [2, [], 1, 42]],
  // The last term is cut by the end: one hour of it counts.
  [
    'counts of the last term what is within the hours',
    [1, 1, 1],
    prices(9, 10, [6, 2]),
    [0, ['0@0+2:1', '0@2+1:1'], 0, 18],
  ],
  // 4 h at 5 = 20 are less than 2 + 2 h at 6 = 24 at level 1; level 2 only in its second half, at 12.
  [
    'takes the longer term where it is less than the shorter ones within it',
    [1, 1, 2, 2],
    prices(9, 10, [5, 4], [6, 2]),
    [0, ['0@0+4:1', '1@2+2:1'], 0, 32],
  ],
  [
    'leases and commits where units cannot be owned',
    [1, 2, 3, 2],
    prices(null, 10, [6, 2]),
    [0, ['0@0+2:1', '0@2+2:2'], 2, 56],
  ],
  ['has nothing to buy where there is no capacity', [0, 0], prices(1, 2, [1, 1]), [0, [], 0, 0]],
]

test.each(cases)('E-12: the cheapest mix %s', (_, capacities, asked, [owned, committed, leasedHours, cost]) => {
  const mix = cheapestMix(spansOf(capacities), asked, capacities.length)
  expect(mix.committed.map(({ offer, from, hours, units }) => `${offer}@${from}+${hours}:${units}`)).toEqual(committed)
  expect([mix.owned, mix.leasedHours, mix.cost]).toEqual([owned, BigInt(leasedHours), BigInt(cost)])
})

/** What a plan costs: units owned, and committed by offer and term; the rest of every hour is leased. */
function costOf(
  capacities: readonly number[],
  { owned, committed, leased }: MixPrices,
  units: number,
  terms: readonly (readonly number[])[],
): bigint {
  let cost = 0n
  for (const [hour, capacity] of capacities.entries()) {
    let have = units
    cost += (owned ?? 0n) * BigInt(units)
    for (const [offer, { hourly, termHours }] of committed.entries()) {
      const taken = terms[offer][Math.floor(hour / termHours)]
      have += taken
      cost += hourly * BigInt(taken)
    }
    cost += leased * BigInt(Math.max(0, capacity - have))
  }
  return cost
}

/** All lists of `length` whole numbers from 0 to `most`. */
const lists = (length: number, most: number): number[][] =>
  length === 0
    ? [[]]
    : lists(length - 1, most).flatMap((list) => Array.from({ length: most + 1 }, (_, each) => [...list, each]))

/** The least cost of all plans there are. */
function bruteForce(capacities: readonly number[], asked: MixPrices): bigint {
  const most = Math.max(0, ...capacities)
  const choices = asked.committed.map(({ termHours }) => lists(Math.ceil(capacities.length / termHours), most))
  const plans = choices.reduce<number[][][]>(
    (before, lists) => before.flatMap((plan) => lists.map((list) => [...plan, list])),
    [[]],
  )
  let least: bigint | undefined
  for (let units = 0; units <= (asked.owned === null ? 0 : most); units++)
    for (const plan of plans) {
      const cost = costOf(capacities, asked, units, plan)
      if (least === undefined || cost < least) least = cost
    }
  return least ?? 0n
}

const price = fc.bigInt({ min: 0n, max: 12n })
const market = fc.record({
  capacities: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 7 }),
  owned: fc.option(price),
  leased: price,
  committed: fc
    .constantFrom([], [3], [2], [4, 2], [6, 3])
    .chain((terms) => fc.tuple(...terms.map((termHours) => price.map((hourly) => ({ hourly, termHours }))))),
})

test('E-12: no mix of all that there are costs less, and the mix costs what it says', () => {
  fc.assert(
    fc.property(market, ({ capacities, ...asked }) => {
      const mix = cheapestMix(spansOf(capacities), asked, capacities.length)
      expect(mix.cost).toBe(bruteForce(capacities, asked))
      const terms = asked.committed.map(({ termHours }, offer) =>
        Array.from(
          { length: Math.ceil(capacities.length / termHours) },
          (_, term) => mix.committed.find((one) => one.offer === offer && one.from === term * termHours)?.units ?? 0,
        ),
      )
      expect(costOf(capacities, asked, mix.owned, terms)).toBe(mix.cost)
    }),
    { numRuns: 300 },
  )
})

test('E-12: equal hours count the same one by one and together', () => {
  fc.assert(
    fc.property(market, fc.integer({ min: 1, max: 5 }), ({ capacities, ...asked }, times) => {
      const together = capacities.map((capacity, index) => ({ from: index * times, hours: times, capacity }))
      const one = spansOf(capacities.flatMap((capacity) => Array<number>(times).fill(capacity)))
      const total = capacities.length * times
      expect(cheapestMix(together, asked, total)).toEqual(cheapestMix(one, asked, total))
    }),
  )
})
