/** What `calibrate` finds in uses that are drawn here: profiles, trends, accounts that come and go, lifetimes, and what is held out. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, WEEK } from '#base/time.ts'
import { fitBursts } from '#engine/fitting/bursts.ts'
import { type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'
import { heldOutFigures } from '#reports/calibration/hold-out.ts'
import { fitAccounts } from '#scenarios/calibration/accounts.ts'
import { fitArrivals } from '#scenarios/calibration/arrivals.ts'
import { calibrate } from '#scenarios/calibration/calibration.ts'
import { fitLives, rankCorrelation } from '#scenarios/calibration/lifetimes.ts'
import { type AccountVisits, Observed, type Window } from '#scenarios/calibration/observed.ts'
import { calibratedScenario } from '#scenarios/calibration/scenario-text.ts'
import { countsText, distributionText, durationText } from '#scenarios/calibration/scenario-words.ts'
import { countRenewals, fitRenewals, JoinedTerms } from '#scenarios/calibration/terms.ts'
import type { Usage } from '#scenarios/logs/usage.ts'
import { parseScenario } from '#scenarios/reader.ts'

/** Monday 2024-03-04, 00:00 UTC. */
const start = Date.UTC(2024, 2, 4)

/** The same error of everything that is fitted. */
const errorsOf = (error: number) => {
  const each = { fit: error, own: 1, variance: 1 }
  return { orders: each, servers: each, accounts: each, work: each }
}

/** Poisson counts of hours. */
function counts(hours: number, rate: (hour: number) => number, seed = 'counts'): Float64Array {
  const stream = new Streams(seed).stream('counts')
  return Float64Array.from({ length: hours }, (_, hour) =>
    distribution({ poisson: { mean: rate(hour) } }).sample(stream),
  )
}

const firstHour = start / HOUR
const isWeekend = (hour: number): boolean => Math.floor((hour % 168) / 24) >= 5

describe('arrivals', () => {
  test.each([
    ['flat', false, () => 6],
    ['day', false, (hour: number) => (hour % 24 < 8 ? 2 : 8)],
    ['workweek', false, (hour: number) => (isWeekend(hour) ? 2 : hour % 24 < 8 ? 4 : 12)],
    ['week', false, (hour: number) => (hour % 168 < 72 ? 3 : isWeekend(hour) ? 1 : 9) * (hour % 24 < 8 ? 0.4 : 1.4)],
    ['flat', true, (hour: number) => 5 * Math.exp(hour / 700)],
    ['day', true, (hour: number) => (hour % 24 < 8 ? 2 : 8) * Math.exp(-hour / 600)],
  ] as const)('%s, trend: %s', (profile, hasTrend, rate) => {
    const seen = counts(6 * 168, rate)
    const fit = fitArrivals(seen, firstHour)
    expect([fit.profile, fit.hasTrend]).toEqual([profile, hasTrend])
    expect(fit.dispersion).toBeLessThan(1.2)
    const expected = seen.reduce((sum, _, hour) => sum + rate(hour), 0)
    const fitted = seen.reduce((sum, _, hour) => sum + fit.expected(hour), 0)
    expect(fitted / expected).toBeCloseTo(1, 1)
    if (hasTrend) expect(Math.abs(fit.trend - Math.log(rate(1007) / rate(167)) / 840) / fit.trendError).toBeLessThan(3)
    for (const hour of [3, 12, 130, 900]) expect(Math.abs(fit.expected(hour) / rate(hour) - 1)).toBeLessThan(0.35)
  })

  test('bursts are no profile: counts that vary ten times as much need more evidence', () => {
    const stream = new Streams('bursts').stream('bursts')
    const bursts = Float64Array.from({ length: 4 * 168 }, () => (stream.next() < 0.1 ? 40 : 0))
    const fit = fitArrivals(bursts, firstHour)
    expect(fit.profile).toBe('flat')
    expect(fit.dispersion).toBeGreaterThan(10)
  })

  test.each([
    ['workweek', (hour: number) => (isWeekend(hour) ? 0.5 : 1.2) * (hour % 24 < 8 ? 1.6 : 5.2)],
    ['week', (hour: number) => (hour % 168 < 72 ? 1.5 : isWeekend(hour) ? 0.5 : 4) * (hour % 24 < 8 ? 0.5 : 3.2)],
  ] as const)('four weeks of a %s with 4 visits an hour are no bursts', (profile, rate) => {
    for (let log = 0; log < 6; log++) {
      const seen = counts(4 * 168, rate, `${profile} ${log}`)
      const fit = fitArrivals(seen, firstHour)
      expect(fit.profile).toBe(profile)
      expect(fit.weights).toHaveLength(168)
      expect(fitBursts(seen)?.aic ?? Infinity).toBeGreaterThan(fit.aic)
    }
  })

  test('a log of a day has no profile of the day', () => {
    expect(
      fitArrivals(
        counts(30, (hour) => (hour % 24 < 8 ? 2 : 30)),
        firstHour,
      ).profile,
    ).toBe('flat')
  })

  test('weights have a mean of 1, and all hours together expect what was seen', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 100, maxLength: 400 }), (hours) => {
        fc.pre(hours.some((count) => count > 0))
        const { weights, expected } = fitArrivals(Float64Array.from(hours), firstHour)
        expect(weights.reduce((sum, weight) => sum + weight, 0) / weights.length).toBeCloseTo(1, 9)
        const sum = hours.reduce((total, count) => total + count, 0)
        expect(hours.reduce((total, _, hour) => total + expected(hour), 0) / sum).toBeCloseTo(1, 1)
      }),
      { numRuns: 40 },
    )
  })
})

describe('accounts', () => {
  const window: Window = { start, split: start + 10 * WEEK, end: start + 12 * WEEK }

  /** Visits of accounts that are there from one time to another. */
  function visits(count: number, perWeek: number, stay: (index: number) => readonly [number, number]): AccountVisits[] {
    const stream = new Streams('accounts').stream('visits')
    return Array.from({ length: count }, (_, index) => {
      const [from, until] = stay(index)
      const made = distribution({ poisson: { mean: (perWeek * (until - from)) / WEEK } }).sample(stream)
      const times = Array.from({ length: made }, () => from + stream.next() * (until - from))
      return { count: made, first: Math.min(...times), last: Math.max(...times) }
    }).filter((each) => each.count > 0)
  }

  test('who are all there neither come late nor leave', () => {
    const fit = fitAccounts(
      visits(200, 1, () => [window.start, window.split]),
      window,
    )
    expect([fit.churned, fit.joined, fit.stay]).toEqual([0, 0, undefined])
    expect(Math.abs(fit.size - 200)).toBeLessThan(4)
    expect(fit.mean).toBeCloseTo(10, 0)
  })

  test('a third that leaves after half of the time: churn, and how long they stay', () => {
    const fit = fitAccounts(
      visits(300, 3, (index) => [window.start, index % 3 === 0 ? start + 5 * WEEK : window.split]),
      window,
    )
    expect(fit.churned).toBeCloseTo(1 / 3, 1)
    expect(fit.joined).toBe(0)
    // 300 accounts of 10 weeks, of which 100 stay 5, by 100 departures.
    expect((fit.stay ?? 0) / WEEK).toBeCloseTo(25, -1)
  })

  test('a quarter that comes later, at any time', () => {
    const fit = fitAccounts(
      visits(200, 3, (index) => [index % 4 === 0 ? start + (index / 20) * WEEK : window.start, window.split]),
      window,
    )
    expect(fit.joined).toBeCloseTo(0.25, 1)
    expect(fit.churned).toBe(0)
  })

  test('exponential stays, most of them beyond the end, of accounts that came from the beginning or joined', () => {
    const stream = new Streams('accounts').stream('stays')
    const stay = distribution({ exponential: { mean: 20 * WEEK } })
    const fit = fitAccounts(
      visits(400, 2, (index) => {
        const from = start + (index % 5 === 0 ? stream.next() * 10 * WEEK : 0)
        return [from, Math.min(window.split, from + stay.sample(stream))]
      }),
      window,
    )
    // One in five joins; of those from the beginning 39 % leave within half of the mean stay, of all 36 %.
    expect(fit.joined).toBeCloseTo(0.2, 1)
    expect(fit.churned).toBeCloseTo(0.36, 1)
    expect(Math.abs((fit.stay ?? 0) / WEEK - 20)).toBeLessThan(5)
    expect(Math.abs(fit.size - 400)).toBeLessThan(20)
  })
})

const usage = (at: number, changed: Partial<Usage> = {}): Usage => ({
  ...{ line: 1, at, lifetimeMs: HOUR, quantity: 1, account: 'a', resource: '', flavour: 'c6', zone: '', product: '' },
  ...{ segment: '', months: 0 },
  ...changed,
})

describe('what is observed', () => {
  const window: Window = { start, split: start + 2 * DAY, end: start + 3 * DAY }

  test('visits, batches, use by the hour, and the two parts', () => {
    const observed = new Observed(window)
    observed.add(usage(start))
    observed.add(usage(start, { quantity: 2, lifetimeMs: 90 * 60_000 }))
    observed.add(usage(start, { account: 'b' }))
    observed.add(usage(start + 50 * HOUR, { quantity: 5, lifetimeMs: -1 }))
    observed.finish()
    expect([observed.visits[0], observed.orders[0], observed.visits[50]]).toEqual([2, 3, 1])
    expect([...observed.batches]).toEqual([
      [2, 1],
      [1, 1],
    ])
    expect([...observed.use().slice(0, 3)]).toEqual([4, 1, 0])
    expect(observed.totals()).toEqual({
      fitted: { orders: 3, servers: 4, accounts: 2, serverHours: 5, peak: 4 },
      heldOut: { orders: 1, servers: 5, accounts: 1, serverHours: 5 * 22, peak: 5 },
    })
  })

  test('orders of a visit are found wherever they are in a log of events', () => {
    const observed = new Observed(window, false)
    for (const account of ['a', 'b', 'a', 'a']) observed.add(usage(start, { account }))
    observed.finish()
    expect(observed.visits[0]).toBe(2)
    expect([...observed.batches].sort()).toEqual([
      [1, 1],
      [3, 1],
    ])
  })

  test('what runs when the fitted part ends is cut off there, whenever it ends', () => {
    const observed = new Observed(window)
    for (const lifetimeMs of [HOUR, 10 * DAY, -1]) observed.add(usage(window.split - 2 * HOUR, { lifetimeMs }))
    const [group] = observed.groups.values()
    expect(group.lives.map(({ time, ended }) => [time / HOUR, ended])).toEqual([
      [1, true],
      [2, false],
      [2, false],
    ])
  })

  test('server-hours in use are those of all uses within the log', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            at: fc.integer({ min: 0, max: 3 * DAY - 1 }),
            life: fc.integer({ min: 0, max: 4 * DAY }),
            quantity: fc.integer({ min: 1, max: 9 }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        (uses) => {
          const observed = new Observed(window)
          for (const { at, life, quantity } of uses) observed.add(usage(start + at, { lifetimeMs: life, quantity }))
          const expected = uses.reduce(
            (sum, { at, life, quantity }) => sum + quantity * Math.min(life, 3 * DAY - at),
            0,
          )
          const found = observed
            .finish()
            .use()
            .reduce((sum, each) => sum + each, 0)
          expect(found).toBeCloseTo(expected / HOUR, 6)
        },
      ),
      { numRuns: 60 },
    )
  })
})

const lives = (spec: DistributionSpec, size = 1000) => {
  const stream = new Streams('lives').stream('lives')
  const drawn = distribution(spec)
  return Array.from({ length: size }, () => ({ time: drawn.sample(stream), ended: true, quantity: 1 }))
}

describe('lifetimes', () => {
  test('a family that is near is written, and what no family is like is empirical', () => {
    expect(fitLives(lives({ weibull: { shape: 0.8, scale: HOUR } }))).toMatchObject({ isEmpirical: false })
    const two = [...lives({ constant: HOUR }, 500), ...lives({ uniform: { min: 20 * HOUR, max: 21 * HOUR } }, 500)]
    const fit = fitLives(two)
    expect(fit?.isEmpirical).toBe(true)
    expect(distribution(fit?.spec ?? { constant: 0 }).mean / HOUR).toBeCloseTo((1 + 20.5) / 2, 0)
  })

  test('too few say nothing of their own', () => {
    expect(fitLives(lives({ exponential: { mean: HOUR } }, 30))).toBeUndefined()
  })

  test('the rank correlation with the quantity', () => {
    const stream = new Streams('pairs').stream('pairs')
    const pairs = (link: number) =>
      Array.from({ length: 800 }, () => {
        const quantity = 1 + Math.floor(stream.next() * 8)
        return { quantity, ended: true, time: 1 + link * quantity + 8 * stream.next() }
      })
    expect(rankCorrelation(pairs(0))).toBe(0)
    expect(rankCorrelation(pairs(2))).toBeGreaterThan(0.85)
    expect(rankCorrelation(pairs(-1).map((pair) => ({ ...pair, time: pair.time + 10 })))).toBeLessThan(-0.5)
  })
})

describe('what is written', () => {
  test.each([
    [{ constant: 5 * HOUR }, '18000s'],
    [{ exponential: { mean: 1500 } }, '{ exponential: { mean: 1500ms } }'],
    [{ gamma: { shape: 2.123456, mean: 3_600_000 } }, '{ gamma: { shape: 2.1235, mean: 3600s } }'],
    [{ pareto: { shape: 1.5, min: 60_000 } }, '{ pareto: { shape: 1.5, min: 60000ms } }'],
    [{ lognormal: { mu: Math.log(HOUR), sigma: 1 } }, '{ lognormal: { mean: 5935s, sd: 7780s } }'],
    [
      { hyperexponential: { means: [HOUR, DAY], weights: [0.25, 0.75] } },
      '{ hyperexponential: { means: [3600s, 86400s], weights: [0.25, 0.75] } }',
    ],
  ] as const)('%o', (spec, text) => {
    expect(distributionText(spec)).toBe(text)
  })

  test('durations and counts', () => {
    expect([durationText(0.4), durationText(99_999), durationText(100_400)]).toEqual(['1ms', '99999ms', '100s'])
    expect(countsText(new Map([[3, 2]]))).toBe('3')
    expect(
      countsText(
        new Map([
          [4, 1],
          [1, 9],
        ]),
      ),
    ).toBe('{ discrete: { values: [1, 4], weights: [9, 1] } }')
  })

  test('any log gives a scenario that is valid, whatever its names, with a trend, batches, churn and kinds of servers', () => {
    const names = ['', 'no', '12', 'größe 3', '-x', 'a/b']
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            hour: fc.integer({ min: 0, max: 9 * 24 - 1 }),
            life: fc.integer({ min: 0, max: 9 * DAY }),
            quantity: fc.integer({ min: 1, max: 300 }),
            account: fc.integer({ min: 0, max: 20 }),
            flavour: fc.constantFrom(...names),
            zone: fc.constantFrom(...names),
            product: fc.constantFrom(...names),
          }),
          { minLength: 120, maxLength: 200 },
        ),
        (uses) => {
          const observed = new Observed({ start, split: start + 8 * DAY, end: start + 9 * DAY })
          for (const { hour, life, account, ...rest } of uses.toSorted((a, b) => a.hour - b.hour))
            observed.add(usage(start + hour * HOUR, { ...rest, account: `account ${account}`, lifetimeMs: life }))
          fc.pre(uses.filter(({ hour }) => hour < 8 * 24).length > 80)
          const text = calibratedScenario('any', [calibrate(observed.finish(), 0)], ['From a test.'])
          const scenario = parseScenario(text, 'scenario.yaml')
          expect(scenario.buyers[0].buys.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 3 },
    )
  })

  test('a trend is steps of surges whose factors grow', () => {
    const observed = new Observed({ start, split: start + 14 * DAY, end: start + 20 * DAY })
    const grown = counts(20 * 24, (hour) => 2 * Math.exp(hour / 400), 'grown')
    for (const [hour, count] of grown.entries())
      for (let each = 0; each < count; each++)
        observed.add(usage(start + hour * HOUR + each * 1000, { account: `account ${each % 7}` }))
    const text = calibratedScenario('grown', [calibrate(observed.finish(), 0)], [])
    const { events } = parseScenario(text, 'scenario.yaml')
    const factors = events.flatMap((event) => (event.kind === 'demandSurge' ? [event.factor] : []))
    expect(factors).toHaveLength(20)
    expect(factors.every((factor, index) => index === 0 || factor > factors[index - 1])).toBe(true)
    expect(Math.log(factors[19] / factors[0]) / (19 * 24)).toBeCloseTo(1 / 400, 3)
  })

  test('a log that is too short says what it lacks', () => {
    const observed = new Observed({ start, split: start + 2 * DAY, end: start + 3 * DAY })
    for (let each = 0; each < 10; each++) observed.add(usage(start + each * HOUR))
    expect(() => calibrate(observed.finish(), 0)).toThrow('has 10 visits in 48 hours')
  })
})

describe('terms', () => {
  const day = (text: string): number => Date.parse(`${text}T00:00:00Z`)
  const counted = (from: string, until: string | undefined, months: number, seen: string) => {
    const into = { renewed: 0, notRenewed: 0 }
    const lifetimeMs = until === undefined ? -1 : day(until) - day(from)
    countRenewals(usage(day(from), { months, lifetimeMs }), day(seen), 0, into)
    return [into.renewed, into.notRenewed]
  }

  test.each([
    ['one that was not renewed', '2024-01-10', '2024-02-10', 1, '2024-06-01', [0, 1]],
    ['its end by T-05, the midnight after its last day', '2024-01-10', '2024-02-11', 1, '2024-06-01', [0, 1]],
    ['two renewals, then none', '2024-01-31', '2024-04-30', 1, '2024-06-01', [2, 1]],
    ['one that still runs', '2024-01-10', undefined, 1, '2024-03-20', [2, 0]],
    ['one that ends after what was seen', '2024-01-10', '2024-12-10', 1, '2024-03-20', [2, 0]],
    ['a term that has not ended for long enough to be given up', '2024-01-10', '2024-02-10', 1, '2024-02-11', [0, 0]],
    ['a year that was given up within its term', '2023-01-10', '2023-03-10', 12, '2024-06-01', [0, 1]],
  ] as const)('%s', (_, from, until, months, seen, expected) => {
    expect(counted(from, until, months, seen)).toEqual(expected)
  })

  test('rows of one resource that follow each other are one use; a gap ends it', () => {
    const joined: number[][] = []
    const terms = new JoinedTerms(({ at, lifetimeMs }) => joined.push([at, lifetimeMs]))
    const month = (from: string, until: string, resource: string) =>
      terms.add(usage(day(from), { months: 1, lifetimeMs: day(until) - day(from), resource }))
    month('2024-01-10', '2024-02-10', 'a')
    month('2024-01-12', '2024-02-12', 'b')
    month('2024-02-11', '2024-03-11', 'a')
    month('2024-05-10', '2024-06-10', 'a')
    terms.end()
    expect(joined).toEqual([
      [day('2024-01-10'), day('2024-03-11') - day('2024-01-10')],
      [day('2024-05-10'), day('2024-06-10') - day('2024-05-10')],
      [day('2024-01-12'), day('2024-02-12') - day('2024-01-12')],
    ])
  })

  test('the interval of a share is that of Wilson', () => {
    const { probability, low, high } = fitRenewals({ renewed: 8, notRenewed: 2 }) ?? {}
    expect([probability, low?.toFixed(4), high?.toFixed(4)]).toEqual([0.8, '0.4902', '0.9433'])
    expect(fitRenewals({ renewed: 0, notRenewed: 0 })).toBeUndefined()
  })
})

describe('segments', () => {
  test('two that are added are one: visits, use, accounts, kinds, renewals', () => {
    const window: Window = { start, split: start + 2 * DAY, end: start + 3 * DAY }
    const uses = Array.from({ length: 60 }, (_, index) =>
      usage(start + index * 4_000_000, {
        account: `account ${index % 5}`,
        quantity: 1 + (index % 3),
        flavour: `f${index % 2}`,
      }),
    )
    const of = (chosen: readonly Usage[]) => {
      const observed = new Observed(window)
      for (const each of chosen) observed.add(each)
      return observed.finish()
    }
    const parts = [0, 1].map((part) => of(uses.filter((_, index) => index % 5 < 2 === (part === 0))))
    const [merged, whole] = [parts[0].merge(parts[1]), of(uses)]
    const facts = (each: Observed) => [
      ...[
        [...each.visits],
        [...each.use()].map((hour) => hour.toFixed(9)),
        each.totals().heldOut.orders,
        each.fittedVisits,
      ],
      [...each.accounts].sort(([a], [b]) => (a < b ? -1 : 1)),
      [...each.groups.values()].map(({ flavour, orders, lives }) => [flavour, orders, lives.length]).sort(),
    ]
    expect(facts(merged)).toEqual(facts(whole))
  })
})

describe('the part that is held out', () => {
  const part = (orders: number) => ({ orders, servers: 2 * orders, accounts: 10, serverHours: 0, peak: 5 })
  const runs = [90, 100, 110].map((orders, seed) => ({
    seed: String(seed),
    totals: part(orders),
    segments: new Map(),
    ordersByDay: [],
  }))
  const bounds = (rateError: number) => {
    const [{ low, high }] = heldOutFigures(part(100), runs, errorsOf(rateError))
    return [low, high].map((bound) => Math.round(bound * 10) / 10)
  }

  test('the interval is that of one more run: t of two degrees of freedom, 4.303 x 10 x sqrt(4 / 3)', () => {
    expect(bounds(0)).toEqual([50.3, 149.7])
  })

  test('the error of the rate is common to all runs, and widens it', () => {
    expect(bounds(0.2)).toEqual([36.7, 163.3])
  })

  test('distance, and whether the log is within', () => {
    const [orders, , accounts, hours] = heldOutFigures({ ...part(160), serverHours: 0 }, runs, errorsOf(0))
    expect([orders.distance, orders.isWithin]).toEqual([-0.375, false])
    expect([accounts.low, accounts.high, accounts.isWithin]).toEqual([10, 10, true])
    expect(hours.distance).toBeNull()
  })
})
