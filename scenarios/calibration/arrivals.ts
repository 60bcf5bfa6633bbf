/**
 * The rate of visits over time: Poisson counts by clock hour, whose mean is a weight of the hour of the day or week times an exponential
 * trend. Where counts vary more than Poisson counts do, the criterion is corrected by how much (K. Burnham and D. Anderson, Model
 * Selection and Multimodel Inference, 2002: QAIC).
 */
import { exp } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import { wilson } from '#engine/statistics/wilson.ts'

export type ProfileName = 'flat' | 'day' | 'week'

export interface ArrivalModel {
  readonly profile: ProfileName
  readonly hasTrend: boolean
  /** Of the criterion; the smallest is the best. */
  readonly qaic: number
}

export interface ArrivalFit extends ArrivalModel {
  /** 1, 24 or 168 weights of mean 1; hours of the week count from Monday 00:00. */
  readonly weights: readonly number[]
  /** The 95 % interval of each weight; none of a flat profile. */
  readonly weightIntervals: readonly (readonly [low: number, high: number])[]
  /** Visits an hour in the middle of the fitted part, over all hours of the profile. */
  readonly hourly: number
  /** Standard error of it. */
  readonly hourlyError: number
  /** Growth of the rate an hour, as a logarithm, and its standard error. */
  readonly trend: number
  readonly trendError: number
  /** Variance of hourly counts by that of Poisson counts, 1 at least. */
  readonly dispersion: number
  /** Every model that was tried, the best first. */
  readonly models: readonly ArrivalModel[]
  /** Expected visits of an hour, counted from the first. */
  expected(hour: number): number
}

const slots: Readonly<Record<ProfileName, number>> = { flat: 1, day: 24, week: 168 }
/** Hours that a profile or a trend needs. */
const needed: Readonly<Record<ProfileName, number>> = { flat: 0, day: 72, week: 336 }
const TREND_HOURS = 168
/** A trend has to be this many standard errors from none. */
const CLEAR = 2.6

/** The hour of the week of an hour since the epoch of civil time: 1970-01-01 was a Thursday. */
const hourOfWeek = (civilHour: number): number => (((civilHour + 72) % 168) + 168) % 168

const slotOf = (profile: ProfileName, civilHour: number): number => hourOfWeek(civilHour) % slots[profile]

interface Fitted {
  readonly rates: Float64Array
  /** Of each hour of the profile: visits, hours at the rate of the middle, and their sum weighted by the distance from it. */
  readonly visits: Float64Array
  readonly exposure: Float64Array
  readonly first: Float64Array
  readonly trend: number
  readonly trendError: number
  readonly logLikelihood: number
  readonly parameters: number
  /** Sum of squared deviations by their expected size. */
  readonly pearson: number
}

/** `firstHour`: the first hour since the epoch of civil time. */
function fitModel(counts: Float64Array, firstHour: number, profile: ProfileName, hasTrend: boolean): Fitted {
  const size = slots[profile]
  const middle = (counts.length - 1) / 2
  const slot = Int32Array.from(counts, (_, hour) => slotOf(profile, firstHour + hour))
  const rates = new Float64Array(size)
  let [trend, information] = [0, 0]
  let [visits, exposure, first, second] = [0, 1, 2, 3].map(() => new Float64Array(size))
  for (let turn = 0; turn < (hasTrend ? 25 : 1); turn++) {
    ;[visits, exposure, first, second] = [0, 1, 2, 3].map(() => new Float64Array(size))
    for (let hour = 0; hour < counts.length; hour++) {
      const x = hour - middle
      const growth = exp(trend * x)
      visits[slot[hour]] += counts[hour]
      exposure[slot[hour]] += growth
      first[slot[hour]] += growth * x
      second[slot[hour]] += growth * x * x
    }
    // A half of a visit in each hour of the profile, so that none is impossible because it was not seen.
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    for (let each = 0; each < size; each++)
      rates[each] = (visits[each] + (size > 1 ? 0.5 * mean : 0)) / (exposure[each] + (size > 1 ? 0.5 : 0))
    if (!hasTrend) break
    let score = 0
    for (let hour = 0; hour < counts.length; hour++) {
      const x = hour - middle
      score += (counts[hour] - rates[slot[hour]] * exp(trend * x)) * x
    }
    information = 0
    for (let each = 0; each < size; each++)
      if (exposure[each] > 0) information += rates[each] * (second[each] - (first[each] * first[each]) / exposure[each])
    if (!(information > 0)) break
    const step = score / information
    trend += Math.max(-2 / counts.length, Math.min(2 / counts.length, step))
    if (Math.abs(step) * counts.length < 1e-9) break
  }
  let [logLikelihood, pearson] = [0, 0]
  for (let hour = 0; hour < counts.length; hour++) {
    const expected = rates[slot[hour]] * exp(trend * (hour - middle))
    if (expected <= 0) continue
    logLikelihood += counts[hour] * log(expected) - expected
    pearson += (counts[hour] - expected) ** 2 / expected
  }
  const trendError = information > 0 ? 1 / Math.sqrt(information) : Number.POSITIVE_INFINITY
  const parameters = size + (hasTrend ? 1 : 0)
  return { rates, visits, exposure, first, trend, trendError, logLikelihood, parameters, pearson }
}

/** Standard error of the mean of the rates, by those of each and of the trend, for counts that vary as Poisson counts do. */
function meanRateError({ rates, exposure, first, trendError }: Fitted, hasTrend: boolean): number {
  let [own, slope] = [0, 0]
  for (const [each, rate] of rates.entries()) {
    if (!(exposure[each] > 0)) continue
    own += rate / exposure[each]
    slope -= (rate * first[each]) / exposure[each]
  }
  return Math.hypot(Math.sqrt(own), hasTrend ? slope * trendError : 0) / rates.length
}

/** By Wilson's interval of the share of the visits that an hour of the profile has, of counts that vary so much more than by chance. */
function weightIntervals({ rates, visits, exposure }: Fitted, mean: number, dispersion: number): [number, number][] {
  if (rates.length === 1) return []
  const all = visits.reduce((sum, count) => sum + count, 0)
  return [...visits].map((count, each) => {
    const { low, high } = wilson(count / dispersion, all / dispersion)
    const by = all / (exposure[each] * mean)
    return [low * by, high * by]
  })
}

/**
 * `counts`: visits of each hour; `firstHour`: the first of them, hours since the epoch of civil time; `mayGrow`: false where the number of
 * accounts explains growth.
 */
export function fitArrivals(counts: Float64Array, firstHour: number, mayGrow = true): ArrivalFit {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const profiles = (Object.keys(slots) as ProfileName[]).filter((profile) => counts.length >= needed[profile])
  const trends = mayGrow && counts.length >= TREND_HOURS ? [false, true] : [false]
  const tried = profiles.flatMap((profile) =>
    trends.map((hasTrend) => ({ profile, hasTrend, fitted: fitModel(counts, firstHour, profile, hasTrend) })),
  )
  const dispersionOf = ({ pearson, parameters }: Fitted): number =>
    Math.max(1, pearson / Math.max(1, counts.length - parameters))
  // Of the simplest model: a profile that follows single bursts would make them look like no more than chance.
  const common = dispersionOf(tried[0].fitted)
  const models = tried
    .map((each) => ({ ...each, qaic: 2 * each.fitted.parameters - (2 * each.fitted.logLikelihood) / common }))
    .filter(
      ({ hasTrend, fitted }) => !hasTrend || Math.abs(fitted.trend) > CLEAR * fitted.trendError * Math.sqrt(common),
    )
    .sort((a, b) => a.qaic - b.qaic)
  const [{ profile, hasTrend, qaic, fitted }] = models
  const dispersion = dispersionOf(fitted)
  const mean = fitted.rates.reduce((sum, rate) => sum + rate, 0) / fitted.rates.length
  const middle = (counts.length - 1) / 2
  return {
    profile,
    hasTrend,
    qaic,
    weights: [...fitted.rates].map((rate) => rate / mean),
    weightIntervals: weightIntervals(fitted, mean, dispersion),
    hourly: mean,
    hourlyError: total === 0 ? 0 : meanRateError(fitted, hasTrend) * Math.sqrt(dispersion),
    trend: fitted.trend,
    trendError: hasTrend ? fitted.trendError * Math.sqrt(dispersion) : 0,
    dispersion,
    models: models.map(({ profile: name, hasTrend: grows, qaic: value }) => ({
      profile: name,
      hasTrend: grows,
      qaic: value,
    })),
    expected: (hour) => fitted.rates[slotOf(profile, firstHour + hour)] * exp(fitted.trend * (hour - middle)),
  }
}
