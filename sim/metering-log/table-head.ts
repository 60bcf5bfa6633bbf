/** The first line of a CSV file: which column holds what, in any order; unneeded columns are ignored. */
import type { CsvRow } from '#base/csv-rows.ts'
import { InputError } from '#base/input-error.ts'

export type Head<N extends string> = Readonly<Record<N, number>>

/** The names of a first line. */
export const namesOf = (row: CsvRow): string[] =>
  Array.from({ length: row.fields }, (_, field) => row.text(field).toLowerCase())

/**
 * Where each column is; -1 for one of `optional` that is not there. Throws InputError for one of `needed` that is missing
 * and for a name that comes twice.
 */
export function headOf<N extends string>(
  file: string,
  row: CsvRow,
  needed: readonly N[],
  optional: readonly N[],
): Head<N> {
  const names = namesOf(row)
  const missing = needed.filter((name) => !names.includes(name))
  if (missing.length > 0)
    throw new InputError(
      `the first line lacks ${missing.join(', ')}; it reads ${names.slice(0, 12).join(',')}`,
      `name the columns in the first line: ${[...needed, ...optional].join(',')}`,
      `${file}, line ${row.line}`,
    )
  const known = [...needed, ...optional]
  const twice = known.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice !== undefined)
    throw new InputError(`two columns are called ${twice}`, 'rename one of them', `${file}, line ${row.line}`)
  return Object.fromEntries(known.map((name) => [name, names.indexOf(name)])) as Head<N>
}
