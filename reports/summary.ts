/** summary.json: what a run came to, for programs. Its shape is versioned and described by summary.schema.json. */
import { formatInstant, formatOffset } from '#base/civil-time.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { answerOf } from './answer.ts'
import { figures } from './figures/catalogue.ts'
import { type Figure, type FigureUnit, measure, measureBy } from './figures/figure.ts'
import { type FigureValue, figureValue } from './figures/show.ts'
import type { RunRecord } from './record.ts'
import { judge, type ThresholdResult } from './thresholds.ts'

/** Grows when a program that reads summary.json would have to change. */
export const SUMMARY_VERSION = 1

export interface SummaryFigure {
  readonly unit: FigureUnit
  readonly value: FigureValue
  /** By label, then by the label's value. */
  readonly by: Readonly<Record<string, Readonly<Record<string, FigureValue>>>>
}

export interface Summary {
  readonly version: typeof SUMMARY_VERSION
  readonly run: {
    readonly name: string
    readonly question: string
    /** What the run says to it; left out where the scenario has no answer. */
    readonly answer?: string
    readonly seed: string
    readonly start: string
    readonly end: string
    /** From when figures count; left out where that is the start. */
    readonly measureFrom?: string
    readonly utcOffset: string
    readonly currency: string
    /** The scenario sets money aside: every amount is 0; left out where it does not. */
    readonly money?: 'ignore'
    readonly digest: string
  }
  readonly thresholds: readonly ThresholdResult[]
  readonly figures: Readonly<Record<string, SummaryFigure>>
}

function summaryFigure(record: RunRecord, figure: Figure): SummaryFigure {
  const value = (fraction: Parameters<typeof figureValue>[1]) => figureValue(figure.unit, fraction)
  const parts = [...figure.by].sort().map((label) => {
    const values = [...measureBy(record, figure, label)].map(([key, part]) => [key, value(part)])
    return [label, Object.fromEntries(values)]
  })
  return { unit: figure.unit, value: value(measure(record, figure)), by: Object.fromEntries(parts) }
}

/** Every figure of the catalogue, in total and by its labels, and how the scenario's thresholds fared. */
export function summarise(record: RunRecord): Summary {
  const { meta } = record
  const answer = answerOf(record, meta.scenario as unknown as Scenario)
  return {
    version: SUMMARY_VERSION,
    run: {
      name: meta.name,
      question: meta.question,
      ...(answer === '' ? {} : { answer }),
      seed: meta.seed,
      start: formatInstant(meta.start, meta.utcOffset),
      end: formatInstant(meta.end, meta.utcOffset),
      ...(meta.since === meta.start ? {} : { measureFrom: formatInstant(meta.since, meta.utcOffset) }),
      utcOffset: formatOffset(meta.utcOffset),
      currency: meta.currency,
      ...((meta.scenario as unknown as Scenario).money === 'ignore' ? { money: 'ignore' as const } : {}),
      digest: meta.digest,
    },
    thresholds: judge(record, meta.scenario as unknown as Scenario),
    figures: Object.fromEntries(figures.map((figure) => [figure.name, summaryFigure(record, figure)])),
  }
}
