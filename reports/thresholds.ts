/** Thresholds of a scenario: bounds on figures, judged exactly (no float decides whether a run passes). */
import { nearestNames } from '#base/did-you-mean.ts'
import { compare, type Rational } from '#base/rational.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Comparison, Threshold } from '#scenarios/sections/thresholds.ts'
import { figureNamed, figures, knownFigure } from './figures/catalogue.ts'
import { type Figure, type FigureUnit, type Label, measure, NO_LABEL } from './figures/figure.ts'
import { type FigureValue, figureValue, shownFigure } from './figures/show.ts'
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
}

export interface ThresholdFault {
  readonly threshold: Threshold
  readonly what: string
  readonly hint: string
}

/** Milliseconds in one unit of a figure that measures time. */
const milliseconds: Partial<Record<FigureUnit, bigint>> = { seconds: 1_000n, minutes: 60_000n, hours: 3_600_000n }

/** The values a label can have in this scenario; undefined where anything may come up. */
function labelValues(scenario: Scenario, label: Label): readonly string[] | undefined {
  switch (label) {
    case 'region':
      return scenario.regions.map(({ id }) => id)
    case 'pool':
      return scenario.regions.flatMap(({ zones }) =>
        zones.flatMap((zone) => zone.pools.map((pool) => `${zone.id}/${pool.flavour}`)),
      )
    case 'product':
      return scenario.catalog.map(({ id }) => id)
    case 'segment':
      return scenario.buyers.map(({ segment }) => segment)
    default:
      return undefined
  }
}

/** A zone's id means its pool when it has only one: `{pool=ap-1a}`. */
function wholePool(scenario: Scenario, value: string): string {
  const inZone = labelValues(scenario, 'pool')?.filter((pool) => pool.startsWith(`${value}/`)) ?? []
  return inZone.length === 1 ? inZone[0] : value
}

export const filterOf = (scenario: Scenario, { filter }: Threshold): Partial<Record<Label, string>> =>
  Object.fromEntries(
    Object.entries(filter).map(([label, value]) => [label, label === 'pool' ? wholePool(scenario, value) : value]),
  )

function unitFault(figure: Figure, { unit }: Threshold): string | undefined {
  if (unit === 'ms' && milliseconds[figure.unit] === undefined) return `${figure.name} is not a time`
  if (unit === 'percent' && figure.unit !== 'share')
    return `${figure.name} is not a share, so it cannot be compared with a percentage`
  return undefined
}

/** Every threshold that names no figure, label or thing there is, or compares a figure with another unit. */
export function thresholdFaults(scenario: Scenario): ThresholdFault[] {
  const faults: ThresholdFault[] = []
  for (const threshold of scenario.thresholds) {
    const add = (what: string, hint: string) => faults.push({ threshold, what, hint })
    const figure = figureNamed(threshold.figure)
    if (figure === undefined) {
      const near = nearestNames(
        threshold.figure,
        figures.map(({ name }) => name),
      )
      add(
        `there is no figure '${threshold.figure}'`,
        `did you mean ${near.join(', ')}? \`marketsim figures\` lists all`,
      )
      continue
    }
    const wrongUnit = unitFault(figure, threshold)
    if (wrongUnit !== undefined)
      add(wrongUnit, `compare it with ${figure.unit === 'money' ? 'an amount' : figure.unit}`)
    for (const [label, value] of Object.entries(filterOf(scenario, threshold))) {
      if (!(figure.source.labels as readonly string[]).includes(label)) {
        add(`${figure.name} has no label '${label}'`, `its labels are ${figure.source.labels.join(', ')}`)
        continue
      }
      const values = labelValues(scenario, label as Label)
      if (values !== undefined && value !== NO_LABEL && !values.includes(value))
        add(`there is no ${label} '${value}'`, `did you mean ${nearestNames(value, values).join(', ')}?`)
    }
  }
  return faults
}

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
      shown:
        value === null
          ? shownFigure(figure.unit, value)
          : `${shownFigure(figure.unit, value)}${unitWords[figure.unit] ?? ''}`,
    }
  })
}

/** Whether one that must not be missed is. */
export const anyMissed = (results: readonly Pick<ThresholdResult, 'passed' | 'severity'>[]): boolean =>
  results.some(({ passed, severity }) => !passed && severity === 'fail')
