/**
 * Percentiles by nearest rank, exact: the rows of a source are read once, sorted by SQLite, and kept as columns, so that
 * every percentile by every label is a pass over arrays.
 */
import type { Rational } from '#base/rational.ts'
import type { RunRecord } from '../record.ts'
import type { Times } from '../steps/times.ts'

type Label = string

/** What is read: a table of the reading connection and the columns that name its rows. */
interface Source {
  readonly name: string
  readonly labels: readonly Label[]
  readonly times?: (record: RunRecord) => Times
}

interface SortedColumns {
  readonly values: Float64Array
  readonly weights: Float64Array
  /** For each label the number of its value in each row. */
  readonly codes: Readonly<Partial<Record<Label, Int32Array>>>
  readonly names: Readonly<Partial<Record<Label, readonly string[]>>>
}

const kept = new WeakMap<RunRecord, Map<string, SortedColumns>>()

function read(record: RunRecord, source: Source, value: string, weight: string): SortedColumns {
  const labels = source.labels.map((label) => `"${label}"`).join(', ')
  const { count } = record.rows<{ count: bigint }>(`SELECT count(*) AS count FROM ${source.name}`)[0]
  const columns = {
    values: new Float64Array(Number(count)),
    weights: new Float64Array(Number(count)),
    codes: Object.fromEntries(source.labels.map((label) => [label, new Int32Array(Number(count))])),
    names: Object.fromEntries(source.labels.map((label): [Label, string[]] => [label, []])),
  }
  const numbers = source.labels.map(() => new Map<string, number>())
  let row = 0
  for (const cells of record.cursor(`SELECT ${value}, ${weight}, ${labels} FROM ${source.name} ORDER BY 1`).rows) {
    columns.values[row] = Number(cells[0])
    columns.weights[row] = Number(cells[1])
    source.labels.forEach((label, index) => {
      const name = String(cells[index + 2])
      let code = numbers[index].get(name)
      if (code === undefined) {
        code = columns.names[label].push(name) - 1
        numbers[index].set(name, code)
      }
      columns.codes[label][row] = code
    })
    row++
  }
  return columns
}

/** Times that are columns. */
function sortedOf({ values, weights, labels }: Times): SortedColumns {
  const named = Object.entries(labels)
  return {
    values,
    weights: weights ?? new Float64Array(values.length).fill(1),
    codes: Object.fromEntries(named.map(([label, { codes }]) => [label, codes])),
    names: Object.fromEntries(named.map(([label, { names }]) => [label, names])),
  }
}

function columnsOf(record: RunRecord, source: Source, value: string, weight: string): SortedColumns {
  const tables = kept.get(record) ?? new Map<string, SortedColumns>()
  kept.set(record, tables)
  const key = `${source.name} ${value} ${weight}`
  const times = source.times?.(record)
  const columns = tables.get(key) ?? (times === undefined ? read(record, source, value, weight) : sortedOf(times))
  tables.set(key, columns)
  return columns
}

/** The rows of a source in the order of `value`: the value of `label`, the number and its weight. */
export function* eachRow(
  record: RunRecord,
  source: Source,
  value: string,
  weight: string,
  label: Label,
): Generator<readonly [key: string, value: number, weight: number]> {
  const { values, weights, codes, names } = columnsOf(record, source, value, weight)
  const code = codes[label] ?? new Int32Array(0)
  const name = names[label] ?? []
  for (let row = 0; row < values.length; row++) yield [name[code[row]], values[row], weights[row]]
}

/** Which rows a filter leaves; undefined for all. A value that no row has leaves none. */
function chosen({ codes, names, values }: SortedColumns, filter: Readonly<Partial<Record<Label, string>>>) {
  const wanted = Object.entries(filter) as [Label, string][]
  if (wanted.length === 0) return undefined
  const keep = new Uint8Array(values.length).fill(1)
  for (const [label, name] of wanted) {
    const column = codes[label] ?? new Int32Array(values.length)
    const code = names[label]?.indexOf(name) ?? -1
    for (let row = 0; row < keep.length; row++) if (column[row] !== code) keep[row] = 0
  }
  return keep
}

export interface QuantileOf {
  readonly quantile: string
  readonly weight: string
  readonly percent: number
}

/**
 * The percentile for each value of `label`, or under the one key '' without a label: the least value that `percent` of
 * 100 rows do not exceed, each row counting `weight` times.
 */
export function quantilesBy(
  record: RunRecord,
  source: Source,
  { quantile, weight, percent }: QuantileOf,
  label: Label | undefined,
  filter: Readonly<Partial<Record<Label, string>>>,
): Map<string, Rational> {
  const columns = columnsOf(record, source, quantile, weight)
  const { values, weights } = columns
  const groups = label === undefined ? undefined : columns.codes[label]
  const names = label === undefined ? [''] : (columns.names[label] ?? [])
  const keep = chosen(columns, filter)
  const whole = new Float64Array(names.length)
  for (let row = 0; row < values.length; row++)
    if (keep === undefined || keep[row] === 1) whole[groups === undefined ? 0 : groups[row]] += weights[row]
  const reached = new Float64Array(names.length)
  const found = new Map<string, Rational>()
  for (let row = 0; row < values.length; row++) {
    if (keep !== undefined && keep[row] === 0) continue
    const group = groups === undefined ? 0 : groups[row]
    const before = reached[group]
    reached[group] += weights[row]
    const limit = whole[group] * percent
    if (before * 100 < limit && reached[group] * 100 >= limit)
      found.set(names[group], { numerator: BigInt(values[row]), denominator: 1n })
  }
  return found
}
