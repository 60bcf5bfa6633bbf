/** The awk command that computes the totals of a log again, where one line of awk can. */
import type { LogFormat } from './formats.ts'
import { type TimeUnit, timeUnits } from './log-times.ts'

export interface AwkInput {
  readonly format: LogFormat
  /** Fields from 0, as the log was read; undefined where a role has several columns or none. */
  readonly field: (role: 'at' | 'end' | 'lifetime' | 'quantity') => readonly number[]
  /** A column of the log; -1 where there is none. */
  readonly column: (name: string) => number
  readonly delimiter: string
  readonly hasHeader: boolean
  /** Units of times and of lifetimes; undefined for civil times. */
  readonly unit: TimeUnit | undefined
  readonly lifetimeUnit: TimeUnit | undefined
}

/** The program and its options; null for logs with quotes, civil times or roles of several columns. */
export function awkOf(input: AwkInput): string | null {
  const { format, delimiter, hasHeader } = input
  const separator = delimiter === ',' ? ',' : delimiter === '\t' ? "'\\t'" : `'${delimiter.replace('|', '[|]')}'`
  const program = format.events === undefined ? fromRows(input) : fromEvents(input)
  if (program === null) return null
  return `awk -F${separator} '${hasHeader ? 'NR > 1 && ' : ''}${program}'`
}

const summed = (unit: TimeUnit): string =>
  `END { printf "%d %.3f\\n", n, s ${timeUnits[unit] >= 1000 ? `* ${timeUnits[unit] / 1000}` : `/ ${1000 / timeUnits[unit]}`} }`

function fromRows({ format, field, unit, lifetimeUnit }: AwkInput): string | null {
  const [at, end, lifetime, quantity] = [field('at'), field('end'), field('lifetime'), field('quantity')]
  if (format.reject !== undefined || at.length !== 1 || quantity.length > 2 || unit === undefined) return null
  const isTimed = lifetime.length === 1
  if (!isTimed && end.length !== 1) return null
  const known = (place: number) => [
    `$${place + 1} !~ /^ *$/`,
    ...format.unknown.map((word) => `$${place + 1} != ${isNumeric(word) ? word : `"${word}"`}`),
  ]
  const span = isTimed ? `$${lifetime[0] + 1}` : `($${end[0] + 1} - $${at[0] + 1})`
  const conditions = [...known(at[0]), ...known(isTimed ? lifetime[0] : end[0]), `${span} >= 0`]
  const [first, second] = quantity
  const units =
    first === undefined
      ? '1'
      : second === undefined
        ? `$${first + 1}`
        : `(${known(first).join(' && ')} ? $${first + 1} : $${second + 1})`
  if (first !== undefined) conditions.push(`${units} > 0`)
  return `${conditions.join(' && ')} { n++; s += ${span} * ${units} } ${summed((isTimed ? lifetimeUnit : unit) ?? unit)}`
}

function fromEvents({ format, column, unit }: AwkInput): string | null {
  const kinds = format.events?.find((each) => column(each.column) >= 0)
  const resource = format.columns.resource
    ?.map((name) => name.split('+').map(column))
    .find((fields) => fields.every((each) => each >= 0))
  const at = column(format.columns.at?.[0] ?? '')
  if (kinds === undefined || resource === undefined || at < 0 || unit === undefined) return null
  const kind = `$${column(kinds.column) + 1}`
  const is = (words: readonly string[]) =>
    `(${words.map((word) => `${kind} == ${isNumeric(word) ? word : `"${word}"`}`).join(' || ')})`
  const key = resource.map((each) => `$${each + 1}`).join(',')
  const time = `$${at + 1}`
  return `1 { if (${is(kinds.begin)}) { if (!((${key}) in b)) b[${key}] = ${time} } else if (${is(kinds.end)} && ((${key}) in b)) { n++; s += ${time} - b[${key}]; delete b[${key}] } } ${summed(unit)}`
}

const isNumeric = (word: string): boolean => /^-?\d+(\.\d+)?$/.test(word)
