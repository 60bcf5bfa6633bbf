/**
 * Figures: named numbers that a record answers. One list of them (catalogue.ts) makes summary.json, the thresholds a
 * scenario may set, `marketsim figures` and the documentation.
 *
 * A source is a small table grouped by labels (month, pool, kind, …), made once per record; a figure is a measure over
 * a source, so it can be had in total, by any of its labels, or for one value of each.
 */
import type { Rational } from '#base/rational.ts'
import type { RunRecord } from '../record.ts'
import type { Times } from '../steps/times.ts'
import { type QuantileOf, quantilesBy } from './quantile.ts'

/** What a label says; filters such as `{pool=ap-1a/c6.large}` name them. */
export const labelTexts = {
  month: 'civil month, such as 2024-03',
  order: 'purpose of the order: purchase, renewal, upgrade, expansion; usage for metered use without an order',
  kind: 'kind of product: ecs, image, saas, license, …; in amounts, servers are always ecs, their metered cloud resources disk, elastic-ip, bandwidth or traffic (E-09), and tax on metered use has no kind',
  product: 'product id',
  segment: 'buyer segment',
  region: 'region id',
  pool: 'pool as zone/flavour',
  hosts: 'group of hosts as zone/id',
  supply: 'how capacity is paid for: owned, committed or leased (E-12)',
  channel: 'how the buyer found the product',
  code: 'reason of a refusal, of a declined card or of a rejection, or kind of a notice',
  rule: 'rule of the line, such as P-02',
  model: 'price model: hourly, linear, tiered, volume, fixed; empty when a line has none',
  version:
    "version of the change rules at the order's creation: until or since 2023-06-12, or the day of expansion.cutover (X-05)",
  category: 'category as family/subcategory, or the family alone',
  family: 'family of categories (C-02)',
  seller: 'seller as segment/number',
  ground: 'ground of an appeal: silence, request-rejections, product-rejections, at-will',
  side: 'buyer or seller',
  outcome:
    'outcome of an appeal (complete, cancel, resume, denied, lapsed, open) or of a wait (admit, renege, turn-away; waiting at the end of the run)',
  about: 'subject of a service ticket: credit, support or invoice-return',
} as const
export type Label = keyof typeof labelTexts

/** `scale`: decimals of an exact amount; figures of other units are plain numbers. */
export const unitTexts = {
  count: 'a whole number',
  money: "exact decimals of the run's currency",
  share: 'from 0 to 1',
  units: 'pool units, one per ECS instance',
  minutes: 'minutes',
  hours: 'hours',
  seconds: 'seconds',
} as const
export type FigureUnit = keyof typeof unitTexts

export interface Source {
  /** Name of the table it becomes in the reading connection. */
  readonly name: string
  readonly labels: readonly Label[]
  readonly sql: string
  /** Times (`ms`) with their labels, each counting once (`n`), where they are columns and no table; `sql` is not asked then. */
  readonly times?: (record: RunRecord) => Times
  /** What makes the tables that `sql` reads. */
  readonly needs?: readonly (Source | ((record: RunRecord) => void))[]
}

/**
 * `value` and `of` are SQL aggregates over the source's columns; the figure is their quotient (`of` is 1 when left out).
 * A quantile is the nearest-rank `percent`-th percentile of column `quantile`, each row counting `weight` times, divided
 * by `per`.
 */
export type Measure = { readonly value: string; readonly of?: string } | (QuantileOf & { readonly per: bigint })

export interface Figure {
  readonly name: string
  readonly unit: FigureUnit
  readonly text: string
  readonly source: Source
  readonly measure: Measure
  /** Labels by which summary.json breaks it down; filters may use any label of the source. */
  readonly by: readonly Label[]
}

/** `sum(column)`, 0 over nothing; `where` narrows the rows. */
export const sum = (column: string, where?: string): string =>
  `coalesce(sum(${column})${where === undefined ? '' : ` FILTER (WHERE ${where})`}, 0)`

/** The number of a word of the record; -1, which no fact has, when it knows none. */
export const word = (text: string): string => `coalesce((SELECT id FROM words WHERE word = '${text}'), -1)`

/** Whether an instant column is where figures count; needs the table `run` in the query. */
export const isMeasured = (instant: string): string => `${instant} >= run.measured_from`

/** Orders that people made; those of a warm start were there when the run began. */
export const isMade = (channel: string): string => `${channel} <> ${word('warm-start')}`

/** Orders of a warm start: not requested in the run. */
export const warmOrders = `(SELECT id FROM orders WHERE channel = ${word('warm-start')})`

/** The civil month of an instant column; needs the table `run` in the query. */
export const monthOf = (instant: string): string => `strftime('%Y-%m', (${instant} + utc_offset) / 1000, 'unixepoch')`

export type Filter = Readonly<Partial<Record<Label, string>>>

interface Answer extends Record<string, bigint | string | null> {
  label: string
  value: bigint | null
  of: bigint | null
}

/** What has no value of a label: in a sum it is a part of its own, so that the parts add up to the whole. */
export const NO_LABEL = '(none)'

function question({ name }: Source, value: string, of: string, label: Label | undefined, filter: Filter): string {
  const names = Object.keys(filter)
  const where = names.length === 0 ? '' : ` WHERE ${names.map((each) => `coalesce("${each}", '') = ?`).join(' AND ')}`
  const key = label === undefined ? `''` : `coalesce("${label}", '')`
  const group = label === undefined ? '' : ` GROUP BY 1 ORDER BY 1`
  return `SELECT ${key} AS label, ${value} AS value, ${of} AS of FROM ${name}${where}${group}`
}

const fraction = ({ value, of }: Answer): Rational | null =>
  value === null || of === null || of === 0n ? null : { numerator: BigInt(value), denominator: BigInt(of) }

/** Makes the source's table, and before it the tables it reads. */
export function prepare(record: RunRecord, source: Source): void {
  // What another thread has made needs nothing here.
  if (record.isMade(source.name)) return
  for (const needed of source.needs ?? [])
    if (typeof needed === 'function') needed(record)
    else prepare(record, needed)
  if (source.times === undefined) record.keep(source.name, source.sql)
}

function measured(record: RunRecord, figure: Figure, label: Label | undefined, filter: Filter) {
  const { source, measure: how } = figure
  prepare(record, source)
  if ('quantile' in how) {
    const found = [...quantilesBy(record, source, how, label, filter)]
    return new Map(found.map(([key, { numerator }]) => [key, { numerator, denominator: how.per }]))
  }
  const sql = question(source, how.value, how.of ?? '1', label, filter)
  const values = Object.values(filter).map((each) => (each === NO_LABEL ? '' : each))
  return new Map(record.rows<Answer>(sql, ...values).map((answer) => [answer.label, fraction(answer)]))
}

/** The figure over the whole run, or over the rows that a filter leaves; null when there was nothing to measure. */
export const measure = (record: RunRecord, figure: Figure, filter: Filter = {}): Rational | null =>
  measured(record, figure, undefined, filter).get('') ?? null

/** Whether the parts of a figure add up to it: it is a sum, in whole or in units that are the same everywhere. */
export const isSum = ({ measure: how }: Figure): boolean =>
  !('quantile' in how) && /^\d+$/.test(how.of ?? '1') && !/\bm(?:ax|in)\(/.test(how.value)

/**
 * The figure for each value of a label, in the order of the values. What has no such value is `(none)` in a sum, unless it comes
 * to 0, and left out of all else. A filter leaves some rows, as in `measure`.
 */
export function measureBy(
  record: RunRecord,
  figure: Figure,
  label: Label,
  filter: Filter = {},
): ReadonlyMap<string, Rational | null> {
  const found = [...measured(record, figure, label, filter)].flatMap(([key, value]): [string, Rational | null][] => {
    if (key !== '') return [[key, value]]
    return isSum(figure) && value !== null && value.numerator !== 0n ? [[NO_LABEL, value]] : []
  })
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}
