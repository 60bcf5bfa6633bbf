import { own } from '#base/own.ts'
import type { PoolDay } from '../capacity/pool-hours.ts'
import { NO_LABEL } from '../figures/figure.ts'
import { type FigureValue, shownMinutesValue, shownValue } from '../figures/show.ts'
import type { Reconciliation } from '../reconciliation.ts'
import type { RunRecord } from '../record.ts'
import type { Summary, SummaryFigure } from '../summary.ts'
import type { ReportTables } from '../tables.ts'
import type { Chart } from './chart.ts'
import type { Markup } from './markup.ts'
import type { Column } from './table.ts'

/** What a section of the page is made from. */
export interface PageData {
  readonly record: RunRecord
  readonly summary: Summary
  readonly reconciliation: Reconciliation
  readonly tables: ReportTables
  readonly days: readonly PoolDay[]
}

/** One section: its charts are above its body. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly charts: readonly Chart[]
  readonly body: Markup
}

/** A figure of the summary; it is an internal error if there is none. */
export function figureIn({ summary }: PageData, name: string): SummaryFigure {
  const figure = summary.figures[name]
  if (figure === undefined) throw new Error(`summary.json has no figure '${name}'`)
  return figure
}

/** A figure in total, for the eye. */
export function shown(data: PageData, name: string): string {
  const { unit, value } = figureIn(data, name)
  return shownValue(unit, value)
}

/** A figure for one value of a label, for the eye: nothing to measure there is a dash. */
export function shownBy(data: PageData, name: string, label: string, key: string): string {
  const { unit, by } = figureIn(data, name)
  const value: FigureValue | undefined = own(by[label], key)
  return value === undefined || value === null ? '–' : shownValue(unit, value)
}

/** The values that a label has in any of the figures, sorted; none where nothing has one. */
export function keysOf(data: PageData, label: string, ...names: readonly string[]): string[] {
  const keys = [...new Set(names.flatMap((name) => Object.keys(figureIn(data, name).by[label] ?? {})))].sort()
  return keys.every((key) => key === NO_LABEL) ? [] : keys
}

/** Whether a figure is above zero. */
export const isSome = (data: PageData, name: string): boolean => Number(figureIn(data, name).value ?? 0) > 0

/** A figure in minutes, in days, hours and minutes. */
export const shownMinutes = (data: PageData, name: string): string => shownMinutesValue(figureIn(data, name).value)

/** A column of a table by the values of `label`: the figure of each, and in the row `total` that of the whole run. */
export const figureColumn = (data: PageData, title: string, name: string, label: string): Column<string> => ({
  title,
  number: true,
  cell: (key) => (key === 'total' ? shown(data, name) : shownBy(data, name, label, key)),
  sort: (key) => {
    const { value, by } = figureIn(data, name)
    return (key === 'total' ? value : own(by[label], key)) ?? -1e300
  },
})
