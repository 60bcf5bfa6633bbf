/**
 * How often the intervals of fitted parameters hold the truth: small logs are drawn from known parameters, fitted, and each interval
 * of `parameters.csv` is compared with what it was drawn from. Nothing is simulated by a scenario.
 */
import { expect, test } from 'vitest'
import { monthsLater } from '#base/civil-time.ts'
import { DAY, HOUR, WEEK } from '#base/time.ts'
import { betaQuantile } from '#engine/mathematics/beta-quantile.ts'
import { MarkovModulatedArrivals } from '#engine/random/arrivals/markov-modulated.ts'
import { type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'
import { type ParameterFit, parametersOf } from '#reports/calibration/parameters.ts'
import { calibrate } from '#scenarios/calibration/calibration.ts'
import type { LifetimeFit } from '#scenarios/calibration/lifetimes.ts'
import { Observed, type Window } from '#scenarios/calibration/observed.ts'
import type { Usage } from '#scenarios/logs/usage.ts'
import { isShort } from '../effort.ts'

const LOGS = Number(process.env.MARKETSIM_LOGS ?? (isShort ? 12 : 400))
const start = Date.UTC(2024, 2, 4)

type Streamed = (name: string) => ReturnType<Streams['stream']>
interface Truth {
  readonly window: Window
  draw(stream: Streamed, window: Window): Usage[]
  /** Of each parameter, by its name. */
  readonly known: Readonly<Record<string, number>>
}

const use = (at: number, account: string, changed: Partial<Usage> = {}): Usage => ({
  ...{ line: 1, at: Math.floor(at), lifetimeMs: HOUR, quantity: 1, account, resource: '', flavour: 'f', zone: 'z' },
  ...{ product: 'p', segment: '', months: 0 },
  ...changed,
})

/** Accounts of gamma distributed rates with stays, each with lifetimes and batches. */
function accounts(
  stream: Streamed,
  { start: from, end }: Window,
  about: {
    count: number
    perWeek: number
    shape: number
    stay: number
    joins: number
    joinSpan: number
    life: DistributionSpec
  },
): Usage[] {
  const [rates, times, stays, lives, sizes] = ['rates', 'times', 'stays', 'lives', 'sizes'].map(stream)
  const rate = distribution({ gamma: { shape: about.shape, mean: about.perWeek } })
  const stay = distribution({ exponential: { mean: Math.min(about.stay, 1e15) } })
  const life = distribution(about.life)
  const uses: Usage[] = []
  for (let account = 0; account < about.count; account++) {
    const joined = stays.next() < about.joins ? from + stays.next() * about.joinSpan : from
    const until = about.stay === Number.POSITIVE_INFINITY ? end : Math.min(end, joined + stay.sample(stays))
    const pause = distribution({ exponential: { mean: WEEK / rate.sample(rates) } })
    for (let at = joined + pause.sample(times); at < until; at += pause.sample(times)) {
      const size = sizes.next() < 0.7 ? 1 : 2
      for (let order = 0; order < size; order++)
        uses.push(use(at, `account ${account}`, { lifetimeMs: Math.ceil(life.sample(lives)) }))
    }
  }
  return uses.sort((a, b) => a.at - b.at)
}

const still: Window = { start, split: start + 14 * DAY, end: start + 18 * DAY }
const long: Window = { start, split: start + 10 * WEEK, end: start + 12 * WEEK }

const truths: Readonly<Record<string, Truth>> = {
  'accounts of unlike rates, Weibull lifetimes, batches': {
    window: still,
    draw: (stream, window) =>
      accounts(stream, window, {
        ...{ count: 60, perWeek: 3, shape: 2, stay: Number.POSITIVE_INFINITY, joins: 0, joinSpan: 0 },
        life: { weibull: { shape: 0.8, scale: 9 * HOUR } },
      }),
    known: { accounts: 60, 'share of visits of 1': 0.7, 'weibull shape': 0.8, 'weibull scale': 9 },
  },
  'accounts that leave and join, lognormal lifetimes': {
    window: long,
    draw: (stream, window) =>
      accounts(stream, window, {
        ...{
          count: 150,
          perWeek: 2,
          shape: 3,
          stay: 15 * WEEK,
          joins: (0.3 * 1.2) / (0.7 + 0.36),
          joinSpan: 12 * WEEK,
        },
        life: { lognormal: { mu: 16, sigma: 1.2 } },
      }),
    known: {
      'mean stay': 15 * 7,
      'share that joined in 70.0 d': 0.3,
      'share of visits of 1': 0.7,
      'lognormal mu': 16,
      'lognormal sigma': 1.2,
    },
  },
  bursts: {
    window: { start, split: start + 40 * DAY, end: start + 50 * DAY },
    draw(stream, window) {
      const phases = [
        { rate: 0.5 / HOUR, stay: 30 * HOUR },
        { rate: 6 / HOUR, stay: 5 * HOUR },
      ]
      const arrivals = new MarkovModulatedArrivals(phases, 0, stream('arrivals'), stream('phases'))
      const lives = stream('lives')
      const life = distribution({ exponential: { mean: 4 * HOUR } })
      const uses: Usage[] = []
      // Begins in the middle of a history, not with a lull.
      const before = 300 * HOUR
      for (let at = arrivals.next(0); at < before + window.end - start; at = arrivals.next(at))
        if (at >= before)
          uses.push(use(start + at - before, `a${uses.length % 7}`, { lifetimeMs: Math.ceil(life.sample(lives)) }))
      return uses
    },
    known: {
      'visits in a lull': 0.5,
      'visits in a burst': 6,
      'length of a lull': 30,
      'length of a burst': 5,
      'exponential mean': 4,
    },
  },
  terms: {
    window: { start: Date.UTC(2024, 0, 1), split: Date.UTC(2024, 6, 1), end: Date.UTC(2024, 8, 1) },
    draw(stream, window) {
      const draws = stream('renewals')
      return Array.from({ length: 90 }, (_, index) => {
        const at = Math.floor(window.start + draws.next() * (window.end - window.start))
        let terms = 1
        while (draws.next() < 0.8) terms++
        return use(at, `a${index % 25}`, { months: 1, lifetimeMs: monthsLater(at, terms, 0) - at })
      }).sort((a, b) => a.at - b.at)
    },
    known: { 'share renewed': 0.8 },
  },
}

const families = ['weibull', 'lognormal', 'exponential']

function drawnFirst(lifetime: LifetimeFit, name: string): LifetimeFit {
  const family = families.find((each) => name.toLowerCase().includes(each)) ?? 'exponential'
  return { ...lifetime, fits: lifetime.fits.toSorted((a, b) => Number(b.name === family) - Number(a.name === family)) }
}

test.each(Object.entries(truths))('%s', (name, { window, draw, known }) => {
  const held = new Map(Object.keys(known).map((each) => [each, { held: 0, found: 0 }]))
  for (let log = 0; log < LOGS; log++) {
    const streams = new Streams(`parameters ${name}`, log)
    const observed = new Observed(window)
    for (const each of draw((purpose) => streams.stream(purpose), window)) observed.add(each)
    const calibration = calibrate(observed.finish(), 0)
    // The intervals of the family that is drawn from, whether or not it has the smallest AIC.
    const groups = calibration.groups.map((group) => ({
      ...group,
      lifetime: group.lifetime && drawnFirst(group.lifetime, name),
    }))
    const parameters = new Map(parametersOf({ ...calibration, groups }).map((each) => [each.name, each]))
    for (const [parameter, count] of held) {
      const { low, high } = parameters.get(parameter) ?? ({} as Partial<ParameterFit>)
      if (low === undefined || high === undefined) continue
      count.found++
      if (low <= known[parameter] && known[parameter] <= high) count.held++
    }
  }
  const shares = [...held].map(([parameter, count]) => ({ parameter, ...count, share: count.held / count.found }))
  for (const { parameter, held: inside, found, share } of shares)
    console.log(`${name}: ${parameter}: ${(share * 100).toFixed(1)} % (${inside} of ${found} intervals, ${LOGS} logs)`)
  for (const { parameter, held: inside, found } of shares) {
    expect(found, parameter).toBeGreaterThan(LOGS * 0.5)
    // The most that the share can be (Clopper and Pearson, 99.5 %), of 95 % less two points. Few logs have no normal shares.
    const most = inside === found ? 1 : betaQuantile(inside + 1, found - inside, 0.995)
    expect(most, parameter).toBeGreaterThanOrEqual(0.93)
  }
})
