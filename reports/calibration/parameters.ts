/** Every parameter that was fitted, with its standard error and its 95 % interval. */
import { DAY, HOUR } from '#base/time.ts'
import type { FittedParameter } from '#engine/fitting/families.ts'
import { quantileOf } from '#engine/fitting/kaplan-meier.ts'
import { exp } from '#engine/mathematics/exponential.ts'
import type { Calibration } from '#scenarios/calibration/calibration.ts'
import { nameOfKind } from '#scenarios/calibration/groups.ts'
import type { LifetimeFit } from '#scenarios/calibration/lifetimes.ts'
import { column, type ReportTable } from '../report-table.ts'

export interface ParameterFit {
  readonly segment: string
  /** Of a kind of servers; else what it is of. */
  readonly of: string
  readonly name: string
  readonly unit: string
  readonly value: number
  /** Undefined where it has none: a bound of the values, or a likelihood that does not bend down. */
  readonly standardError: number | undefined
  readonly low: number | undefined
  readonly high: number | undefined
}

const Z = 1.959964
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const quarters = [
  ['shortest quarter', 0.25],
  ['median', 0.5],
  ['longest quarter', 0.75],
] as const
const timeParameters: ReadonlySet<string> = new Set(['value', 'mean', 'scale', 'min', 'max', 'fast mean', 'slow mean'])

/** By the normal distribution of the estimate itself, or of its logarithm where it cannot be below 0. */
function interval(
  value: number,
  error: number | undefined,
  isPositive: boolean,
): [number | undefined, number | undefined] {
  if (error === undefined || error === 0) return [undefined, undefined]
  if (isPositive && value > 0) return [value * exp((-Z * error) / value), value * exp((Z * error) / value)]
  return [value - Z * error, value + Z * error]
}

/** In the order in which they are written into the scenario. */
export function parametersOf(calibration: Calibration): ParameterFit[] {
  const { name: segment, window, arrivals, bursts, accounts, batches, renewals, groups } = calibration
  const found: ParameterFit[] = []
  const add = (of: string, name: string, unit: string, value: number, error: number | undefined, isPositive = true) => {
    const [low, high] = interval(value, error, isPositive)
    found.push({ segment, of, name, unit, value, standardError: error === 0 ? undefined : error, low, high })
  }
  if (bursts === undefined) add('arrivals', 'visits', 'an hour', arrivals.hourly, arrivals.hourlyError)
  else
    for (const [phase, what] of ['lull', 'burst'].entries()) {
      const at = (value: number, error: number | undefined) => (error === undefined ? undefined : value * error)
      add(
        'arrivals',
        `visits in a ${what}`,
        'an hour',
        bursts.rates[phase],
        at(bursts.rates[phase], bursts.errors[phase]),
      )
      add(
        'arrivals',
        `length of a ${what}`,
        'h',
        bursts.stays[phase],
        at(bursts.stays[phase], bursts.errors[phase + 2]),
      )
    }
  if (bursts === undefined)
    for (const [hour, [low, high]] of arrivals.weightIntervals.entries())
      found.push({
        ...{ segment, of: 'arrivals', name: `weight of ${hourName(hour, arrivals.weights.length)}`, unit: '' },
        ...{ value: arrivals.weights[hour], standardError: undefined, low, high },
      })
  if (arrivals.hasTrend)
    add('arrivals', 'trend of the logarithm', 'a week', arrivals.trend * 168, arrivals.trendError * 168, false)
  const visits = [...batches.values()].reduce((sum, often) => sum + often, 0)
  if (batches.size > 1)
    for (const [size, often] of [...batches].sort(([a], [b]) => a - b))
      found.push(share(segment, 'batches', `share of visits of ${size}`, often, visits))
  const { errors } = accounts
  const span = window.split - window.start
  found.push({ segment, of: 'accounts', name: 'accounts', unit: '', value: accounts.size, ...sizeInterval(accounts) })
  if (accounts.seen > 1)
    add(
      'accounts',
      'visits of an account',
      'a week',
      (accounts.mean / accounts.active) * 7 * DAY,
      (errors.mean / accounts.active) * 7 * DAY,
    )
  if (Number.isFinite(accounts.shape)) add('accounts', 'shape of rates', '', accounts.shape, errors.shape)
  if (accounts.stay !== undefined)
    add('accounts', 'mean stay', 'd', accounts.stay / DAY, (accounts.stay * errors.stay) / DAY)
  if (accounts.joined > 0) {
    const odds = accounts.joined / (1 - accounts.joined)
    const at = (by: number) => (odds * exp(by)) / (1 + odds * exp(by))
    found.push({
      ...{
        segment,
        of: 'accounts',
        name: `share that joined in ${(span / DAY).toFixed(1)} d`,
        unit: '',
        value: accounts.joined,
      },
      standardError: errors.joined * accounts.joined * (1 - accounts.joined),
      ...{ low: at(-Z * errors.joined), high: at(Z * errors.joined) },
    })
  }
  if (renewals !== undefined)
    found.push({
      ...{ segment, of: 'terms', name: 'share renewed', unit: '', value: renewals.probability },
      ...{ standardError: renewals.standardError, low: renewals.low, high: renewals.high },
    })
  const orders = groups.reduce((sum, group) => sum + group.orders, calibration.leftOut)
  for (const group of groups) {
    const of = nameOfKind(group)
    if (groups.length > 1) found.push(share(segment, of, 'share of orders', group.orders, orders))
    if (group.quantities.size > 1) {
      const { mean, error } = meanOfCounts(group.quantities)
      add(of, 'servers of an order', '', mean, error)
    }
    if (group.lifetime === undefined || group.isPooled) continue
    if (group.lifetime.isEmpirical) found.push(...quantiles(segment, of, group.lifetime))
    else
      for (const parameter of group.lifetime.fits[0].parameters)
        found.push(ofLifetime(segment, of, group.lifetime, parameter))
  }
  return found
}

/** `14:00`, `Mon 14:00`. */
function hourName(hour: number, hours: number): string {
  const clock = `${String(hour % 24).padStart(2, '0')}:00`
  return hours === 168 ? `${weekdays[Math.floor(hour / 24)]} ${clock}` : clock
}

function meanOfCounts(counts: ReadonlyMap<number, number>): { readonly mean: number; readonly error: number } {
  let [all, sum, squares] = [0, 0, 0]
  for (const [value, often] of counts) {
    all += often
    sum += often * value
    squares += often * value * value
  }
  const mean = sum / all
  return { mean, error: Math.sqrt(Math.max(0, squares / all - mean * mean) / Math.max(1, all - 1)) }
}

/** Of a distribution that no family is like: three of its quantiles, by Kaplan and Meier. */
function quantiles(segment: string, of: string, { steps }: LifetimeFit): ParameterFit[] {
  const hours = (time: number | undefined) => (time === undefined ? undefined : time / HOUR)
  return quarters.flatMap(([name, at]) => {
    const { time, low, high } = quantileOf(steps, at)
    if (time === undefined) return []
    const value = time / HOUR
    return [{ segment, of, name, unit: 'h', value, standardError: undefined, low: hours(low), high: hours(high) }]
  })
}

function ofLifetime(
  segment: string,
  of: string,
  { fits: [best] }: LifetimeFit,
  { name, value, standardError, interval: bounds }: FittedParameter,
): ParameterFit {
  const isTime = timeParameters.has(name)
  const by = isTime ? HOUR : 1
  const error = standardError === undefined ? undefined : standardError / by
  const isPositive = name !== 'mu' && name !== 'fast weight'
  const [low, high] = bounds?.map((bound) => bound / by) ?? interval(value / by, error, isPositive)
  const unit = isTime ? 'h' : name === 'mu' ? 'ln ms' : ''
  return { segment, of, name: `${best.name} ${name}`, unit, value: value / by, standardError: error, low, high }
}

/** There are as many as came at least; the logarithm of how many did not come is about normal. */
function sizeInterval({
  size,
  seen,
  errors,
}: Calibration['accounts']): Pick<ParameterFit, 'standardError' | 'low' | 'high'> {
  const unseen = size - seen
  if (errors.size === 0) return { standardError: undefined, low: undefined, high: undefined }
  const factor = exp((Z * errors.size) / Math.max(unseen, 0.5))
  const high = seen + Math.min(Math.max(unseen, 0.5) * factor, unseen + 2 * Z * errors.size)
  return { standardError: errors.size, low: Math.floor(seen + unseen / factor), high: Math.ceil(high) }
}

/** A share of independent draws, by E. B. Wilson's interval. */
function share(segment: string, of: string, name: string, often: number, all: number): ParameterFit {
  const value = often / all
  const middle = (often + (Z * Z) / 2) / (all + Z * Z)
  const half = (Z / (all + Z * Z)) * Math.sqrt((often * (all - often)) / all + (Z * Z) / 4)
  return {
    ...{ segment, of, name, unit: '', value, standardError: Math.sqrt((value * (1 - value)) / all) },
    ...{ low: middle - half, high: middle + half },
  }
}

export const parameterTable = (calibrations: readonly Calibration[]): ReportTable => ({
  name: 'parameters',
  title: 'Fitted parameters',
  text: 'By maximum likelihood, with 95 % intervals from its curvature: of the logarithm where a parameter cannot be below 0, of the logit or by Wilson for shares.',
  columns: [
    ...(calibrations.length > 1 ? [column('segment', 'segment')] : []),
    ...[column('of', 'of'), column('parameter', 'parameter'), column('unit', 'unit')],
    ...[column('value', 'value', 'number'), column('error', 'standard error', 'number')],
    ...[column('low', 'from', 'number'), column('high', 'to', 'number')],
  ],
  rows: calibrations
    .flatMap(parametersOf)
    .map(({ segment, of, name, unit, value, standardError, low, high }) => [
      ...(calibrations.length > 1 ? [segment] : []),
      ...[of, name, unit, value, standardError ?? '', low ?? '', high ?? ''],
    ]),
})
