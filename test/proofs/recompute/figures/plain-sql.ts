/**
 * Figures asked in plain SQL: one row for each thing that happened, with its labels next to it, and one aggregate over
 * them. Nothing of `reports` is used here, so that a figure and its question agree only if both are right.
 */

/** Rows of single facts, and how they make the figure. */
export interface PlainFigure {
  readonly facts: string
  /** Aggregates over the columns of `facts`; the figure is `value / per`. */
  readonly value: string
  readonly per: string
  /** A percentile is asked of the column `value`, by nearest rank, instead. */
  readonly percent?: number
  /** What it is of no rows at all: a sum is 0, a quotient or a percentile nothing. */
  readonly empty: 0 | null
}

export const count = (facts: string): PlainFigure => ({ facts, value: 'count(*)', per: '1', empty: 0 })
export const sum = (facts: string, column: string, per = '1'): PlainFigure => ({
  facts,
  value: `sum(${column})`,
  per,
  empty: 0,
})
export const share = (facts: string, part: string, whole: string): PlainFigure => ({
  facts,
  value: `sum(${part})`,
  per: `sum(${whole})`,
  empty: null,
})
export const mean = (facts: string, column: string, per: number): PlainFigure => ({
  facts,
  value: `sum(${column})`,
  per: `count(*) * ${per}`,
  empty: null,
})
export const greatest = (facts: string, column: string, per = 1): PlainFigure => ({
  facts,
  value: `max(${column})`,
  per: String(per),
  empty: null,
})
export const percentile = (facts: string, column: string, percent: number, per: number): PlainFigure => ({
  facts,
  value: column,
  per: String(per),
  percent,
  empty: null,
})

/** Names of what the facts number. All runs asked here have the civil time +08:00. */
const names = `
buyer AS (SELECT a.id, a.segment, r.region FROM accounts a JOIN regions r ON r.id = a.region_id),
good AS (SELECT s.id, p.kind, p.product, l.segment || '/' || l.number AS seller
  FROM specifications s JOIN products p ON p.id = s.product_id JOIN sellers l ON l.id = p.seller_id),
place AS (SELECT p.id, z.zone || '/' || p.flavour AS pool, r.region
  FROM pools p JOIN zones z ON z.id = p.zone_id JOIN regions r ON r.id = p.region_id),
era AS (SELECT (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'start') AS start,
  (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'end') AS finish)`

/** The civil month of ISO text, and of milliseconds. */
export const month = (text: string): string => `strftime('%Y-%m', ${text}, '+8 hours')`
export const monthOfMs = (instant: string): string => `strftime('%Y-%m', ${instant} / 1000, 'unixepoch', '+8 hours')`
/** The civil month of the clock hour in which an hour of use ends, and with which it is charged; the last one is the run's. */
export const monthOfHour = (first: string): string =>
  monthOfMs(`min((${first} + 3599999) / 3600000 * 3600000, (SELECT finish - 1 FROM era))`)
/** Milliseconds of ISO text. */
export const ms = (text: string): string => `(unixepoch(${text}) * 1000 + CAST(substr(${text}, 21, 3) AS INTEGER))`

/** Makes the table `name` of the facts, so that they are gathered once for every figure and label over them. */
export const gathering = (name: string, facts: string): string => `CREATE TEMP TABLE ${name} AS WITH ${names} ${facts}`

/** The figure over the table of its facts, by a combination of labels or in all. */
export function question({ value, per, percent }: PlainFigure, table: string, labels: readonly string[]): string {
  const keys = labels.length === 0 ? `''` : labels.map((label) => `"${label}"`).join(` || '\n' || `)
  if (percent === undefined) return `SELECT ${keys} AS label, ${value} AS value, ${per} AS per FROM ${table} GROUP BY 1`
  return `SELECT label, min(value) AS value, ${per} AS per FROM (
  SELECT ${keys} AS label, ${value} AS value, count(*) OVER (PARTITION BY ${keys}) AS n,
    row_number() OVER (PARTITION BY ${keys} ORDER BY ${value}) AS rank FROM ${table})
WHERE rank * 100 >= n * ${percent} GROUP BY 1`
}
