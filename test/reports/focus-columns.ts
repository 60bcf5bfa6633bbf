/** The column tables of FOCUS 1.4 as data, applied to every row of a dataset. */
import { readFileSync } from 'node:fs'
import type { FocusRow } from './focus-rules.ts'

interface Column {
  readonly level: 'Mandatory' | 'Conditional' | 'Recommended'
  readonly allowsNulls: boolean
  readonly type: 'String' | 'Decimal' | 'Date/Time' | 'JSON'
  readonly condition?: string
  readonly values?: readonly string[]
}

const model = JSON.parse(readFileSync(new URL('../data/focus/columns-1.4.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, Column>>>
>

/** What the marketplace has, in the words of the specification. */
const conditions = new Set([
  ...['usage measurement', 'payable invoices', 'list unit prices', 'multiple pricing categories', 'regions'],
  ...['provisioned resources', 'unit pricing'],
])

const formats: Readonly<Record<Column['type'], (text: string) => boolean>> = {
  String: (text) => text.trim() === text,
  Decimal: (text) => /^-?\d+(\.\d+)?$/.test(text),
  'Date/Time': (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text),
  JSON: (text) => typeof JSON.parse(text) === 'object',
}

/** Columns that are wrong, each with why and the first value. */
export function brokenColumns(dataset: string, rows: readonly FocusRow[]): string[] {
  const columns = model[dataset]
  const present = Object.keys(rows[0])
  const missing = Object.entries(columns)
    .filter(
      ([, { level, condition }]) => level === 'Mandatory' || (condition !== undefined && conditions.has(condition)),
    )
    .filter(([name]) => !present.includes(name))
    .map(([name]) => `${name}: missing`)
  const unknown = present
    .filter((name) => !Object.hasOwn(columns, name) && !name.startsWith('x_'))
    .map((name) => `${name}: unknown`)
  const wrong = present.flatMap((name) => {
    const column = columns[name]
    if (column === undefined) return []
    const row = rows.find(({ [name]: text }) =>
      text === '' ? !column.allowsNulls : !formats[column.type](text) || column.values?.includes(text) === false,
    )
    return row === undefined ? [] : [`${name}: '${row[name]}'`]
  })
  return [...missing, ...unknown, ...wrong]
}
