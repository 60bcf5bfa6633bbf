/** Thresholds of a scenario: bounds on figures, judged exactly (no float decides whether a run passes). */
import { compare, type Rational } from '#base/rational.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Comparison, Threshold } from '#scenarios/sections/thresholds.ts'
import { knownFigure } from './figures/catalogue.ts'
import { type Figure, type FigureUnit, isSum, type Label, measure, measureBy } from './figures/figure.ts'
import { type FigureValue, figureValue, shownFigure, shownSeconds } from './figures/show.ts'
import type { RunRecord } from './record.ts'

export interface ThresholdResult {
  /** As the scenario wrote it. */
  readonly text: string
  readonly figure: string
  readonly severity: 'fail' | 'warn'
  readonly passed: boolean
  readonly value: FigureValue
  /** The value for the eye. */
  readonly shown: string
  /** The first civil month, such as 2024-05, in which the bound is missed; left out where none is. */
  readonly firstMissed?: string
}

/** Milliseconds in one unit of a figure that measures time. */
export const milliseconds: Partial<Record<FigureUnit, bigint>> = {
  seconds: 1_000n,
  minutes: 60_000n,
  hours: 3_600_000n,
}

/** Every pool of a scenario as zone/flavour. */
export const poolsOf = (scenario: Scenario): readonly string[] =>
  scenario.regions.flatMap(({ zones }) =>
    zones.flatMap((zone) => zone.pools.map((pool) => `${zone.id}/${pool.flavour}`)),
  )

/** A zone's id means its pool when it has only one: `{pool=ap-1a}`. */
function wholePool(scenario: Scenario, value: string): string {
  const inZone = poolsOf(scenario).filter((pool) => pool.startsWith(`${value}/`))
  return inZone.length === 1 ? inZone[0] : value
}

export const filterOf = (scenario: Scenario, { filter }: Threshold): Partial<Record<Label, string>> =>
  Object.fromEntries(
    Object.entries(filter).map(([label, value]) => [label, label === 'pool' ? wholePool(scenario, value) : value]),
  )

export const holds: Readonly<Record<Comparison, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

/** Decimal text as an exact fraction. */
function fractionOf(text: string): Rational {
  const [whole, fraction = ''] = text.split('.')
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length) }
}

/** The bound in the figure's own unit; money in whole 1e-8 units. */
export function boundOf(figure: Figure, { value, unit }: Threshold): Rational {
  const { numerator, denominator } = fractionOf(value)
  if (figure.unit === 'money') return { numerator: numerator * 100_000_000n, denominator }
  if (unit === 'percent') return { numerator, denominator: denominator * 100n }
  if (unit === 'ms') return { numerator, denominator: denominator * (milliseconds[figure.unit] ?? 1n) }
  return { numerator, denominator }
}

/** Units that a figure for the eye does not name. */
const unitWords: Partial<Record<FigureUnit, string>> = { hours: ' h', minutes: ' min' }

/** What a threshold compares, in the unit of its figure; null where there was nothing to measure. */
export const thresholdValue = (record: RunRecord, scenario: Scenario, threshold: Threshold): Rational | null =>
  measure(record, knownFigure(threshold.figure), filterOf(scenario, threshold))

/**
 * What a threshold compares, month by month (`2024-03`), null in months with nothing to measure. Null where a month's value is no
 * smaller version of the whole: the count of a month says nothing of a bound on the count of a run.
 */
export function monthlyValues(
  record: RunRecord,
  scenario: Scenario,
  threshold: Threshold,
): ReadonlyMap<string, Rational | null> | null {
  const figure = knownFigure(threshold.figure)
  if (!figure.source.labels.includes('month') || isSum(figure) || threshold.filter.month !== undefined) return null
  return measureBy(record, figure, 'month', filterOf(scenario, threshold))
}

/** The first civil month whose value is beyond the bound. */
function firstMissed(record: RunRecord, scenario: Scenario, threshold: Threshold): { readonly firstMissed?: string } {
  const bound = boundOf(knownFigure(threshold.figure), threshold)
  const values = [...(monthlyValues(record, scenario, threshold) ?? [])]
  // Of a single month the bound on the whole says as much.
  const first =
    values.length < 2
      ? undefined
      : values.find(([, value]) => value !== null && !holds[threshold.op](compare(value, bound)))
  return first === undefined ? {} : { firstMissed: first[0] }
}

/** A value with its unit, for the eye. */
const shownInUnit = (unit: FigureUnit, value: Rational): string => `${shownFigure(unit, value)}${unitWords[unit] ?? ''}`

/** A value in a sentence: a time in days, hours and minutes. */
export function shownInWords(unit: FigureUnit, value: Rational): string {
  const perUnit = milliseconds[unit]
  if (perUnit === undefined) return shownFigure(unit, value)
  return shownSeconds({ numerator: value.numerator * perUnit, denominator: value.denominator * 1000n })
}

/** A value in the unit of its bound: a time next to `10d` is in days and hours. */
function shownLike(unit: FigureUnit, value: Rational, threshold: Threshold): string {
  return threshold.unit === 'ms' ? shownInWords(unit, value) : shownInUnit(unit, value)
}

/** Judges every threshold. One whose figure has nothing to measure is missed: an untested bound is not met. */
export function judge(record: RunRecord, scenario: Scenario): ThresholdResult[] {
  return scenario.thresholds.map((threshold) => {
    const figure = knownFigure(threshold.figure)
    const value = thresholdValue(record, scenario, threshold)
    return {
      text: threshold.text,
      figure: figure.name,
      severity: threshold.severity,
      passed: value !== null && holds[threshold.op](compare(value, boundOf(figure, threshold))),
      value: figureValue(figure.unit, value),
      shown: value === null ? shownFigure(figure.unit, value) : shownLike(figure.unit, value, threshold),
      ...firstMissed(record, scenario, threshold),
    }
  })
}

/** Whether one that must not be missed is. */
export const anyMissed = (results: readonly Pick<ThresholdResult, 'passed' | 'severity'>[]): boolean =>
  results.some(({ passed, severity }) => !passed && severity === 'fail')
