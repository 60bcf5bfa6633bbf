/**
 * The capacity that a target takes, by a loss model fitted to the requests of the run. Requests of several units are a
 * Kaufman-Roberts system, the busy period is the time-consistent busy hour (ITU-T E.600), and requests that come in bursts
 * are scaled by their peakedness (Hayward's approximation: a load a of peakedness z on n units is refused as a / z on
 * n / z; A. A. Fredericks, "Congestion in blocking systems", BSTJ 59, 1980).
 */
import { HOUR } from '#base/time.ts'
import { type RequestClass, refusalRates } from '#engine/queueing/loss-system.ts'
import { type Requests, replayedUnits } from './offered.ts'
import { offeredLoad } from './offered-load.ts'

export interface Need {
  /** Units requested together, on average and in the busy hour of the day. */
  readonly averageLoad: number
  readonly busyLoad: number
  /** Variance over mean of the requests under way, against that of random ones of the same sizes. */
  readonly peakedness: number | null
  readonly model: string
  /** Refused by the model at the capacity of the pool, in the busy hour. */
  readonly refusalRate: number | null
  readonly units: number | null
  /** By a replay of the requests themselves; null where they are too few or too many, or too many lives are guessed. */
  readonly replayed: number | null
  /** Why the units or the replay are missing; empty where neither is. */
  readonly why: string
}

export interface Situation {
  readonly requests: Requests
  /** From when figures count to the end, ms, and the offset of civil time. */
  readonly from: number
  readonly end: number
  readonly utcOffset: number
  readonly capacity: number
  /** Units requested together on average, as far as they were held. */
  readonly load: number
  /** Whether the pool held units when figures begin to count, so that what it held is not that of one filling up. */
  readonly isFilled?: boolean
  readonly target: number
  /** Whether orders wait for a full pool. */
  readonly queues: boolean
}

/** Fewer requests tell too little of how they come. */
const FEW = 100
/** A replay of more takes longer than a report should. */
const MANY = 300_000
/** Refused requests without which a replay says nothing of a target. */
const FEWEST_EXPECTED = 10
/** Random requests have a peakedness about 1; up to here they count as random. */
const RANDOM = 1.25
/** Standard errors by which the busiest hour of the day has to be out. */
const PEAK_SIGMAS = 3
const LARGEST = 4_000_000

export function capacityNeed(situation: Situation): Need {
  const { requests, capacity, target, queues } = situation
  const load = loadOf(situation)
  const none = { peakedness: null, model: '', refusalRate: null, units: null, replayed: null }
  const count = requests.at.length
  if (count < FEW) return { averageLoad: load, busyLoad: load, ...none, why: `fewer than ${FEW} requests` }
  const { busy, mean, variance, shape } = occupancy(situation)
  const busyLoad = mean === 0 ? load : (load * busy) / mean
  const classes = classesOf(requests, busyLoad)
  const ofSizes = sum(classes, ({ units, load: each }) => each * units * units) / busyLoad
  const peakedness = busy === 0 ? null : variance / busy / ofSizes
  // Requests of a size that was never admitted may live longer than the rest: a replay with borrowed lives would mislead.
  const unknown = requests.guessed > count * target
  const tells = count <= MANY && count * target >= FEWEST_EXPECTED && !requests.restarts && !unknown
  const replay = tells ? replayedUnits(requests, target) : null
  const found = { averageLoad: load, busyLoad, peakedness, replayed: replay }
  const nothing = { ...found, model: '', refusalRate: null, units: null }
  if (requests.restarts) return { ...nothing, why: 'servers release their units and request them again' }
  if (queues) return { ...nothing, why: 'orders wait for units, so this is not a loss system' }
  const scale = Math.max(1, peakedness !== null && peakedness > RANDOM ? peakedness : 1)
  const single = classes.every(({ units }) => units === 1)
  const model = `${single ? 'Erlang B' : 'Kaufman-Roberts'}${scale > 1 ? ', Hayward' : ''}`
  if (busyLoad / scale < 0.25)
    return { ...nothing, why: `too bursty: variance / mean is ${shown(scale)} times that of random requests` }
  const rates = ratesOf(classes, scale)
  const units = rates.units(target)
  const refusalRate = rates.at(capacity)
  if (units === null) return { ...nothing, model, refusalRate, why: 'no pool size meets the target' }
  const why = contradiction({ ...situation, units, replay, shape })
  if (why !== '') return { ...found, model, refusalRate, units: null, why }
  return { ...found, model, refusalRate, units, why: unknown ? noReplay(requests) : '' }
}

/**
 * The load of the requests by their lives, where the pool began empty: what it held on average is then less than what it was
 * asked to hold, the more so the longer servers live. Else, and where lives are not known, what it held.
 */
function loadOf({ requests, from, end, load, queues, isFilled = false }: Situation): number {
  if (isFilled || queues || requests.restarts || requests.lives === undefined) return load
  return offeredLoad(requests.units, requests.lives, end - from) ?? load
}

const noReplay = ({ guessed, at }: Requests): string =>
  `no replay: ${shown((100 * guessed) / at.length)} % of the requests have a size that was never admitted, so their lifetimes are unknown`

/** The model's answer has to agree with what the run itself tells. */
function contradiction(
  the: Situation & { readonly units: number; readonly replay: number | null; readonly shape: string },
) {
  const { requests, capacity, target, units, replay } = the
  const refused = requests.refused / requests.at.length
  if (units <= capacity && requests.refused >= FEWEST_EXPECTED && refused > 1.5 * target)
    return `the model gives ${units} enough, but ${capacity} refused ${shown(100 * refused)} %`
  if (replay !== null && (units > 1.5 * replay + 2 || units < replay / 1.5 - 2))
    return `the model gives ${units}, a replay of the requests ${replay}${the.shape}`
  return ''
}

const shown = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)))
const sum = <T>(list: readonly T[], value: (item: T) => number): number =>
  list.reduce((total, each) => total + value(each), 0)

/** Classes by units, scaled so that they make up the load. */
function classesOf({ units, life }: Requests, load: number): RequestClass[] {
  const known = new Map<number, { load: number; rate: number }>()
  let whole = 0
  for (let request = 0; request < units.length; request++) {
    const each = known.get(units[request]) ?? { load: 0, rate: 0 }
    each.load += life[request]
    each.rate += 1
    whole += life[request] * units[request]
    known.set(units[request], each)
  }
  return [...known]
    .sort(([a], [b]) => a - b)
    .map(([size, each]) => ({ units: size, load: whole === 0 ? 0 : (each.load * load) / whole, rate: each.rate }))
}

/** Refusal rates of a system scaled by its peakedness, as functions of the units. */
function ratesOf(classes: readonly RequestClass[], scale: number) {
  const scaled = classes.map(({ load, ...rest }) => ({ ...rest, load: load / scale }))
  let rates = refusalRates(scaled, 64)
  /** Between whole units of the scaled system evenly. */
  const at = (units: number): number => {
    const place = units / scale
    const below = Math.floor(place)
    while (below + 1 >= rates.length) rates = refusalRates(scaled, 2 * rates.length)
    return rates[below] + (place - below) * (rates[below + 1] - rates[below])
  }
  const units = (target: number): number | null => {
    let [low, high] = [0, 1]
    while (at(high) > target) {
      if (high > LARGEST) return null
      ;[low, high] = [high, 2 * high]
    }
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (at(middle) > target) low = middle
      else high = middle
    }
    return high
  }
  return { at, units }
}

/** Units asked for at full clock hours, and in the busiest hour of the day if one is out. */
function occupancy({ requests, from, end, utcOffset }: Situation) {
  const first = Math.ceil((from + utcOffset) / HOUR)
  const hours = Math.max(0, Math.floor((end + utcOffset) / HOUR) - first)
  const level = new Float64Array(hours + 1)
  const { at, units, life } = requests
  for (let request = 0; request < at.length; request++) {
    const enters = Math.max(0, Math.ceil((at[request] + utcOffset) / HOUR) - first)
    const leaves = Math.ceil((at[request] + life[request] + utcOffset) / HOUR) - first
    if (enters >= hours || leaves <= enters) continue
    level[enters] += units[request]
    level[Math.min(hours, leaves)] -= units[request]
  }
  for (let hour = 1; hour <= hours; hour++) level[hour] += level[hour - 1]
  const all = moments(level.subarray(0, hours))
  const days = Array.from({ length: 24 }, (_, hour) =>
    moments(level.subarray(0, hours).filter((_, index) => (first + index) % 24 === hour)),
  )
  const busiest = days.reduce((most, day) => (day.mean > most.mean ? day : most), days[0])
  const error = Math.sqrt(busiest.variance / Math.max(1, busiest.count))
  if (busiest.count < 5 || busiest.mean - all.mean <= PEAK_SIGMAS * error)
    return { busy: all.mean, mean: all.mean, variance: all.variance, shape: '' }
  return {
    busy: busiest.mean,
    mean: all.mean,
    variance: busiest.variance,
    shape: ', which have a daily peak',
  }
}

function moments(values: ArrayLike<number>) {
  const list = Array.from(values)
  const mean = list.length === 0 ? 0 : sum(list, (value) => value) / list.length
  const variance = list.length < 2 ? 0 : sum(list, (value) => (value - mean) ** 2) / (list.length - 1)
  return { mean, variance, count: list.length }
}
