/** Logs that are drawn from known parameters, for proofs of what `calibrate` says of them. */
import { monthsLater } from '#base/civil-time.ts'
import { DAY, HOUR, MINUTE, WEEK } from '#base/time.ts'
import { exp } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import { MarkovModulatedArrivals } from '#engine/random/arrivals/markov-modulated.ts'
import { type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import type { Streams } from '#engine/random/streams.ts'
import { type Calibration, calibrate } from '#scenarios/calibration/calibration.ts'
import type { LifetimeFit } from '#scenarios/calibration/lifetimes.ts'
import { Observed, type Window } from '#scenarios/calibration/observed.ts'
import type { Usage } from '#scenarios/logs/usage.ts'

/** Monday 2024-03-04, 00:00 UTC. */
const start = Date.UTC(2024, 2, 4)

type Streamed = (name: string) => ReturnType<Streams['stream']>

/** Values of parameters by `OF: NAME`; of several with one figure, such as the hours of a profile, each with its own. */
type Known = Record<string, number>

export interface DrawnLog {
  readonly uses: Usage[]
  /** What this log was drawn from, where it differs from log to log: the rate of the accounts that were drawn. */
  readonly known?: Known
}

export interface KnownLogs {
  readonly window: Window
  draw(stream: Streamed, window: Window): DrawnLog
  readonly known: Readonly<Known>
}

const use = (at: number, account: string, changed: Partial<Usage> = {}): Usage => ({
  ...{ line: 1, at: Math.floor(at), lifetimeMs: HOUR, quantity: 1, account, resource: '', flavour: 'f', zone: 'z' },
  ...{ product: 'p', segment: '', months: 0 },
  ...changed,
})

const sorted = (uses: Usage[]): Usage[] => uses.sort((a, b) => a.at - b.at)

/** Accounts of gamma distributed rates, each with stays, lifetimes and batches of one or two. */
function accounts(
  stream: Streamed,
  { start: from, split, end }: Window,
  about: {
    readonly count: number
    readonly perWeek: number
    readonly shape: number
    readonly stay?: number
    /** Share of the accounts of the whole log that join within it. */
    readonly joins?: number
    readonly life: DistributionSpec
  },
): DrawnLog {
  const [rates, times, stays, lives, sizes] = ['rates', 'times', 'stays', 'lives', 'sizes'].map(stream)
  const rate = distribution({ gamma: { shape: about.shape, mean: about.perWeek } })
  const stay = distribution({ exponential: { mean: about.stay ?? 1 } })
  const life = distribution(about.life)
  const uses: Usage[] = []
  let hourly = 0
  for (let account = 0; account < about.count; account++) {
    const joined = stays.next() < (about.joins ?? 0) ? from + stays.next() * (end - from) : from
    const until = about.stay === undefined ? end : Math.min(end, joined + stay.sample(stays))
    const own = rate.sample(rates)
    hourly += (own / 168) * (Math.max(0, Math.min(until, split) - joined) / (split - from))
    const pause = distribution({ exponential: { mean: WEEK / own } })
    for (let at = joined + pause.sample(times); at < until; at += pause.sample(times)) {
      const size = sizes.next() < 0.7 ? 1 : 2
      for (let order = 0; order < size; order++)
        uses.push(use(at, `account ${account}`, { lifetimeMs: Math.ceil(life.sample(lives)) }))
    }
  }
  return { uses: sorted(uses), known: { 'arrivals: visits': hourly } }
}

/** Poisson visits at a rate that varies by the hour, of seven accounts. */
function visits(
  stream: Streamed,
  { start: from, end }: Window,
  hourly: (hour: number) => number,
  made: (at: number, index: number) => Partial<Usage>,
): Usage[] {
  const times = stream('times')
  const uses: Usage[] = []
  for (let hour = 0; hour < (end - from) / HOUR; hour++) {
    const count = distribution({ poisson: { mean: hourly(hour) } }).sample(times)
    for (let each = 0; each < count; each++) {
      const at = from + (hour + times.next()) * HOUR
      uses.push(use(at, `a${Math.floor(times.next() * 7)}`, made(at, uses.length)))
    }
  }
  return sorted(uses)
}

const hours = (window: Window): number => (window.split - window.start) / HOUR

const still: Window = { start, split: start + 14 * DAY, end: start + 18 * DAY }
const weeks = (fitted: number, heldOut: number): Window => ({
  start,
  split: start + fitted * WEEK,
  end: start + (fitted + heldOut) * WEEK,
})

/** Kinds of servers by the family of their lifetimes, each with how often it is ordered. */
const kinds: readonly { family: string; share: number; life: DistributionSpec; known: Known }[] = [
  {
    ...{ family: 'weibull', share: 0.2, life: { weibull: { shape: 1.5, scale: 9 * HOUR } } },
    known: { 'weibull shape': 1.5, 'weibull scale': 9 },
  },
  {
    ...{ family: 'gamma', share: 0.2, life: { gamma: { shape: 0.6, mean: 7 * HOUR } } },
    known: { 'gamma shape': 0.6, 'gamma mean': 7 },
  },
  {
    ...{ family: 'lognormal', share: 0.15, life: { lognormal: { mu: 15, sigma: 1.4 } } },
    known: { 'lognormal mu': 15, 'lognormal sigma': 1.4 },
  },
  {
    ...{ family: 'exponential', share: 0.05, life: { exponential: { mean: 11 * HOUR } } },
    known: { 'exponential mean': 11 },
  },
  {
    family: 'hyperexponential',
    share: 0.25,
    life: { hyperexponential: { means: [0.5 * HOUR, 10 * HOUR], weights: [0.6, 0.4] } },
    known: { 'hyperexponential fast mean': 0.5, 'hyperexponential slow mean': 10, 'hyperexponential fast weight': 0.6 },
  },
  {
    ...{ family: 'uniform', share: 0.05, life: { uniform: { min: 10 * MINUTE, max: 40 * MINUTE } } },
    known: { 'uniform min': 1 / 6, 'uniform max': 2 / 3 },
  },
  {
    ...{ family: 'pareto', share: 0.1, life: { pareto: { shape: 1.6, min: HOUR } } },
    known: { 'pareto shape': 1.6, 'pareto min': 1 },
  },
]

const families = kinds.map(({ family }) => family)

function kindsOf(stream: Streamed): (at: number) => Partial<Usage> {
  const [which, lives] = [stream('kinds'), stream('lives')]
  const laws = kinds.map(({ life }) => distribution(life))
  return () => {
    let draw = which.next()
    const found = kinds.findIndex(({ share }) => {
      draw -= share
      return draw < 0
    })
    const kind = found < 0 ? 0 : found
    return { flavour: kinds[kind].family, lifetimeMs: Math.ceil(laws[kind].sample(lives)) }
  }
}

/** Lifetimes of a kind each, of which a third to a half had not ended. */
const cutOff = {
  weibull: { weibull: { shape: 0.7, scale: 20 * DAY } },
  gamma: { gamma: { shape: 2, mean: 15 * DAY } },
  lognormal: { lognormal: { mu: log(10 * DAY), sigma: 1.5 } },
  exponential: { exponential: { mean: 14 * DAY } },
} as const satisfies Record<string, DistributionSpec>

const day = Array.from({ length: 24 }, (_, hour) => (hour < 8 ? 0.4 : hour < 20 ? 1.5 : 0.7))
const week = Array.from({ length: 168 }, (_, hour) => (hour >= 120 ? 0.5 : 1.2) * (hour % 24 < 8 ? 0.4 : 1.3))
const meanOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length
const weights = (values: readonly number[], names: (hour: number) => string): Known =>
  Object.fromEntries(values.map((value, hour) => [`arrivals: weight of ${names(hour)}`, value / meanOf(values)]))
const clock = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

const lifetime = (of: string, known: Known): Known =>
  Object.fromEntries(Object.entries(known).map(([name, value]) => [`${of}, p, z: ${name}`, value]))

/** Growth of the rate an hour, as a logarithm, and the rate in the middle of the fitted part. */
const TREND = 0.12 / 168
const trended = (window: Window, rate: number, shape: (hour: number) => number) => (hour: number) =>
  rate * shape(hour) * exp(TREND * (hour - (hours(window) - 1) / 2))

export const knownLogs: Readonly<Record<string, KnownLogs>> = {
  'accounts of unlike rates': {
    window: still,
    draw: (stream, window) =>
      accounts(stream, window, {
        ...{ count: 60, perWeek: 3, shape: 2 },
        life: { weibull: { shape: 0.8, scale: 9 * HOUR } },
      }),
    known: {
      ...{ 'accounts: accounts': 60, 'accounts: visits of an account': 3, 'accounts: shape of rates': 2 },
      ...{ 'batches: share of visits of 1': 0.7, 'batches: share of visits of 2': 0.3 },
      ...lifetime('f', { 'weibull shape': 0.8, 'weibull scale': 9 }),
    },
  },
  'accounts that leave and join': {
    window: weeks(10, 2),
    draw: (stream, window) =>
      accounts(stream, window, {
        ...{ count: 150, perWeek: 2, shape: 3, stay: 15 * WEEK, joins: (0.3 * 1.2) / (0.7 + 0.36) },
        life: { lognormal: { mu: 16, sigma: 1.2 } },
      }),
    known: {
      ...{ 'accounts: visits of an account': 2, 'accounts: shape of rates': 3, 'accounts: mean stay': 15 * 7 },
      'accounts: share that joined in 70.0 d': 0.3,
      ...lifetime('f', { 'lognormal mu': 16, 'lognormal sigma': 1.2 }),
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
      const uses: Usage[] = []
      // Begins in the middle of a history, not with a lull.
      const before = 300 * HOUR
      for (let at = arrivals.next(0); at < before + window.end - window.start; at = arrivals.next(at))
        if (at >= before) uses.push(use(window.start + at - before, `a${uses.length % 7}`))
      return { uses }
    },
    known: {
      ...{ 'arrivals: visits in a lull': 0.5, 'arrivals: visits in a burst': 6 },
      ...{ 'arrivals: length of a lull': 30, 'arrivals: length of a burst': 5 },
    },
  },
  terms: {
    window: { start: Date.UTC(2024, 0, 1), split: Date.UTC(2024, 6, 1), end: Date.UTC(2024, 8, 1) },
    draw(stream, window) {
      const draws = stream('renewals')
      const uses = Array.from({ length: 90 }, (_, index) => {
        const at = Math.floor(window.start + draws.next() * (window.end - window.start))
        let terms = 1
        while (draws.next() < 0.8) terms++
        return use(at, `a${index % 25}`, { months: 1, lifetimeMs: monthsLater(at, terms, 0) - at })
      })
      return { uses: sorted(uses) }
    },
    known: { 'terms: share renewed': 0.8 },
  },
  'kinds of servers and families of lifetimes': {
    window: weeks(3, 1),
    draw: (stream, window) => ({ uses: visits(stream, window, () => 3, kindsOf(stream)) }),
    known: {
      'arrivals: visits': 3,
      ...Object.assign({}, ...kinds.map(({ family, known }) => lifetime(family, known))),
      ...Object.assign({}, ...kinds.map(({ family, share }) => lifetime(family, { 'share of orders': share }))),
    },
  },
  'lifetimes that are cut off': {
    window: weeks(3, 1),
    draw(stream, window) {
      const lives = stream('lives')
      const laws = Object.entries(cutOff).map(([family, life]) => ({ family, law: distribution(life) }))
      const uses = visits(
        stream,
        window,
        () => 1.6,
        (_, index) => {
          const { family, law } = laws[index % laws.length]
          return { flavour: family, lifetimeMs: Math.ceil(law.sample(lives)) }
        },
      )
      return { uses }
    },
    known: {
      ...lifetime('weibull', { 'weibull shape': 0.7, 'weibull scale': 20 * 24 }),
      ...lifetime('gamma', { 'gamma shape': 2, 'gamma mean': 15 * 24 }),
      ...lifetime('lognormal', { 'lognormal mu': log(10 * DAY), 'lognormal sigma': 1.5 }),
      ...lifetime('exponential', { 'exponential mean': 14 * 24 }),
    },
  },
  'lifetimes that no family is like': {
    window: weeks(1, 1),
    draw(stream, window) {
      const lives = stream('lives')
      const uses = visits(
        stream,
        window,
        () => 3,
        () => ({
          lifetimeMs: Math.ceil(lives.next() < 0.45 ? (1 + lives.next()) * HOUR : (60 + 80 * lives.next()) * HOUR),
          quantity: lives.next() < 0.8 ? 1 : 4,
        }),
      )
      return { uses }
    },
    known: {
      ...lifetime('f', { 'servers of an order': 1.6 }),
      ...lifetime('f', { 'shortest quarter': 1 + 0.25 / 0.45, median: 60 + (80 * 0.05) / 0.55 }),
      ...lifetime('f', { 'longest quarter': 60 + (80 * 0.3) / 0.55 }),
    },
  },
  'a day and a trend': {
    window: weeks(5, 1),
    draw: (stream, window) => ({
      uses: visits(
        stream,
        window,
        trended(window, 3, (hour) => day[hour % 24] / meanOf(day)),
        () => ({}),
      ),
    }),
    known: {
      ...{ 'arrivals: visits': 3, 'arrivals: trend of the logarithm': TREND * 168 },
      ...weights(day, clock),
    },
  },
  'a week': {
    window: weeks(6, 1),
    draw: (stream, window) => ({
      uses: visits(
        stream,
        window,
        (hour) => (12 * week[hour % 168]) / meanOf(week),
        () => ({}),
      ),
    }),
    known: {
      'arrivals: visits': 12,
      ...weights(week, (hour) => `${weekdays[Math.floor(hour / 24)]} ${clock(hour)}`),
    },
  },
}

/** The family that a kind was drawn from first, whether or not it has the smallest AIC. */
function drawnFirst(lifetime: LifetimeFit, family: string): LifetimeFit {
  return { ...lifetime, fits: lifetime.fits.toSorted((a, b) => Number(b.name === family) - Number(a.name === family)) }
}

/** What is fitted to a log, with the intervals of the families that it was drawn from. */
export function fittedTo({ uses }: DrawnLog, { window, known }: KnownLogs): Calibration {
  const observed = new Observed(window)
  for (const each of uses) observed.add(each)
  const calibration = calibrate(observed.finish(), 0)
  return {
    ...calibration,
    groups: calibration.groups.map((group) => {
      const { flavour, lifetime } = group
      const own = families.find(
        (family) =>
          flavour === family || (flavour === 'f' && Object.keys(known).some((name) => name.includes(`: ${family} `))),
      )
      return own === undefined || lifetime === undefined || group.isPooled
        ? group
        : { ...group, lifetime: { ...drawnFirst(lifetime, own), isEmpirical: false } }
    }),
  }
}
