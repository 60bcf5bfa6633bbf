/**
 * The rate of visits over time: counts of clock hours, whose mean is a weight of the hour of the day or week times an exponential
 * trend. Where counts vary more than Poisson counts do, they are taken as negative binomial: a profile is then better only if it
 * explains more than chance of such counts does (J. Lawless, Canadian Journal of Statistics 15, 1987).
 */
import { dispersedLogLikelihood, poissonLogLikelihood } from '#engine/fitting/dispersed.ts'
import { exp } from '#engine/mathematics/exponential.ts'
import { wilson } from '#engine/statistics/wilson.ts'

/** `workweek`: hours of the day from Monday to Friday, and those of Saturday and Sunday. */
export type ProfileName = 'flat' | 'day' | 'workweek' | 'week'

export interface ArrivalModel {
  readonly profile: ProfileName
  readonly hasTrend: boolean
  /** Akaike's criterion, the smallest is the best: of Poisson counts, or of negative binomial ones where that is less. */
  readonly aic: number
}

export interface ArrivalFit extends ArrivalModel {
  /** Akaike's criterion with the counts as Poisson counts, factorials included. */
  readonly poissonAic: number
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

const slots: Readonly<Record<ProfileName, number>> = { flat: 1, day: 24, workweek: 48, week: 168 }
/** Hours that a profile or a trend needs. */
const needed: Readonly<Record<ProfileName, number>> = { flat: 0, day: 72, workweek: 168, week: 336 }
const TREND_HOURS = 168
/** Saturday, 00:00. */
const FIRST_OF_WEEKEND = 120
/** A trend has to be this many standard errors from none. */
const CLEAR = 2.6

/** The hour of the week of an hour since the epoch of civil time: 1970-01-01 was a Thursday. */
const hourOfWeek = (civilHour: number): number => (((civilHour + 72) % 168) + 168) % 168

function slotOf(profile: ProfileName, civilHour: number): number {
  const hour = hourOfWeek(civilHour)
  return profile === 'workweek' ? (hour < FIRST_OF_WEEKEND ? 0 : 24) + (hour % 24) : hour % slots[profile]
}

interface Fitted {
  readonly rates: Float64Array
  /** Of each hour of the profile: visits, hours at the rate of the middle, and their sum weighted by the distance from it. */
  readonly visits: Float64Array
  readonly exposure: Float64Array
  readonly first: Float64Array
  readonly trend: number
  readonly trendError: number
  /** Expected visits of each hour. */
  readonly means: Float64Array
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
  const means = counts.map((_, hour) => rates[slot[hour]] * exp(trend * (hour - middle)))
  let pearson = 0
  for (const [hour, expected] of means.entries()) if (expected > 0) pearson += (counts[hour] - expected) ** 2 / expected
  const trendError = information > 0 ? 1 / Math.sqrt(information) : Number.POSITIVE_INFINITY
  const parameters = size + (hasTrend ? 1 : 0)
  return { rates, visits, exposure, first, trend, trendError, means, parameters, pearson }
}

/** Of each hour of a profile, how many of the 168 of a week it is. */
function hoursOfWeek(profile: ProfileName): Float64Array {
  const hours = new Float64Array(slots[profile])
  for (let hour = 0; hour < 168; hour++) hours[slotOf(profile, hour)]++
  return hours
}

/** Mean rate of a week. */
const meanOf = ({ rates }: Fitted, hours: Float64Array): number =>
  rates.reduce((sum, rate, each) => sum + rate * hours[each], 0) / 168

/** Standard error of the mean of the rates, by those of each and of the trend, for counts that vary as Poisson counts do. */
function meanRateError({ rates, exposure, first, trendError }: Fitted, hours: Float64Array, hasTrend: boolean): number {
  let [own, slope] = [0, 0]
  for (const [each, rate] of rates.entries()) {
    if (!(exposure[each] > 0)) continue
    own += (hours[each] ** 2 * rate) / exposure[each]
    slope -= (hours[each] * rate * first[each]) / exposure[each]
  }
  return Math.hypot(Math.sqrt(own), hasTrend ? slope * trendError : 0) / 168
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
    .filter(
      ({ hasTrend, fitted }) => !hasTrend || Math.abs(fitted.trend) > CLEAR * fitted.trendError * Math.sqrt(common),
    )
    .map((each) => ({ ...each, ...criteriaOf(counts, each.fitted) }))
    .sort((a, b) => a.aic - b.aic)
  const [{ profile, hasTrend, aic, poissonAic, fitted }] = models
  const dispersion = dispersionOf(fitted)
  const hours = hoursOfWeek(profile)
  const mean = meanOf(fitted, hours)
  const middle = (counts.length - 1) / 2
  /** Hours of a workweek are written as those of a week. */
  const written = <T>(values: readonly T[]): T[] =>
    profile === 'workweek' ? Array.from({ length: 168 }, (_, hour) => values[slotOf(profile, hour - 72)]) : [...values]
  return {
    ...{ profile, hasTrend, aic, poissonAic },
    weights: written([...fitted.rates].map((rate) => rate / mean)),
    weightIntervals: written(weightIntervals(fitted, mean, dispersion)),
    hourly: mean,
    hourlyError: total === 0 ? 0 : meanRateError(fitted, hours, hasTrend) * Math.sqrt(dispersion),
    trend: fitted.trend,
    trendError: hasTrend ? fitted.trendError * Math.sqrt(dispersion) : 0,
    dispersion,
    models: models.map(({ profile: name, hasTrend: grows, aic: value }) => ({
      ...{ profile: name, hasTrend: grows, aic: value },
    })),
    expected: (hour) => fitted.rates[slotOf(profile, firstHour + hour)] * exp(fitted.trend * (hour - middle)),
  }
}

/** Of a model with Poisson counts, and with counts that vary more, where the shape of that is one parameter more. */
function criteriaOf(counts: Float64Array, { means, parameters }: Fitted): Pick<ArrivalFit, 'aic' | 'poissonAic'> {
  const poissonAic = 2 * parameters - 2 * poissonLogLikelihood(counts, means)
  const dispersed = 2 * (parameters + 1) - 2 * dispersedLogLikelihood(counts, means)
  return { aic: Math.min(poissonAic, dispersed), poissonAic }
}
