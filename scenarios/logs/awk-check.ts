/** The awk command that computes the totals of a log again, where one line of awk can. */
import type { AwkColumns, LogFormat } from './formats.ts'
import { type TimeUnit, timeUnits } from './log-times.ts'

type AwkRole = 'at' | 'end' | 'lifetime' | 'quantity' | 'hours' | 'unit'

export interface AwkInput {
  readonly format: LogFormat
  /** Fields from 0, as the log was read; none where a role has none, -1 where it is a part of a column, or several. */
  readonly field: (role: AwkRole) => readonly number[]
  /** A column of the log; -1 where there is none. */
  readonly column: (name: string) => number
  readonly delimiter: string
  readonly hasHeader: boolean
  /** Whether fields are in quotes: the program then splits the rows itself. */
  readonly isQuoted: boolean
  /** Fields of a row, where some rows have another number of them. */
  readonly fields: number | undefined
  /** Units of times and of lifetimes; undefined for civil times. */
  readonly unit: TimeUnit | undefined
  readonly lifetimeUnit: TimeUnit | undefined
}

/** A field in awk, from 0. */
type Field = (place: number) => string

/** Seconds of `2024-03-01T10:00:00Z`, from any day on. */
const CIVIL =
  'function t(x, y, m) { y = substr(x, 1, 4); m = substr(x, 6, 2) + 0; if (m < 3) { y--; m += 12 } return (365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m - 457) / 5) + substr(x, 9, 2)) * 86400 + substr(x, 12, 2) * 3600 + substr(x, 15, 2) * 60 + substr(x, 18, 6) } '

/** Splits a row into F. */
const splitting = (delimiter: string): string =>
  `function f(r, n, m) { split("", F); for (r = $0; ; r = substr(r, 2)) { if (match(r, /^"([^"]|"")*"/)) { F[++n] = substr(r, 2, RLENGTH - 2); r = substr(r, RLENGTH + 1) } else { m = index(r, "${delimiter}"); F[++n] = m ? substr(r, 1, m - 1) : r; r = m ? substr(r, m) : "" } if (r == "") return n } } `

/** The program and its options; null for times that awk would read otherwise, and for roles of several columns. */
export function awkOf(input: AwkInput): string | null {
  const { format, delimiter, hasHeader, isQuoted, fields, unit } = input
  const tab = delimiter === '\t'
  const field: Field = isQuoted ? (place) => `F[${place + 1}]` : (place) => `$${place + 1}`
  const program = format.events === undefined ? fromRows(input, field) : fromEvents(input, field)
  if (program === null) return null
  const count = isQuoted ? 'f()' : 'NF'
  const conditions = [
    ...(hasHeader ? ['NR > 1'] : []),
    ...(fields === undefined ? (isQuoted ? ['f()'] : []) : [`${count} == ${fields}`]),
  ]
  const civil = unit === undefined && program.includes('t(') ? CIVIL : ''
  const split = isQuoted ? splitting(tab ? '\\t' : delimiter) : ''
  const separator = isQuoted
    ? ''
    : ` -F${delimiter === ',' ? ',' : tab ? "'\\t'" : `'${delimiter.replace('|', '[|]')}'`}`
  return `awk${separator} '${civil}${split}${conditions.map((each) => `${each} && `).join('')}${program}'`
}

const summed = (unit: TimeUnit, before = ''): string =>
  `END { ${before}printf "%d %.3f\\n", n, s ${timeUnits[unit] >= 1000 ? `* ${timeUnits[unit] / 1000}` : `/ ${1000 / timeUnits[unit]}`} }`

const isNumeric = (word: string): boolean => /^-?\d+(\.\d+)?$/.test(word)

function fromRows({ format, field, column, unit, lifetimeUnit }: AwkInput, of: Field): string | null {
  const [at, end, lifetime, quantity, hours] = (['at', 'end', 'lifetime', 'quantity', 'hours'] as const).map(field)
  if ([at, end, lifetime, quantity, hours, field('unit')].flat().includes(-1)) return null
  const takes =
    format.reject === undefined ? [] : format.takes === undefined ? undefined : [format.takes(named(column, of))]
  if (takes === undefined || at.length !== 1 || quantity.length > 2) return null
  const known = (place: number) => [
    `${of(place)} ~ /^ *[-+.0-9]/`,
    ...format.unknown.filter(isNumeric).map((word) => `${of(place)} != ${word}`),
  ]
  const time = (place: number) => (unit === undefined ? `t(${of(place)})` : of(place))
  const conditions = [...takes, ...known(at[0])]
  if (hours.length > 0) {
    const unitOfUse = field('unit')
    if (hours.length > 1 || end.length !== 1 || unitOfUse.length > 1 || unit !== undefined) return null
    const [word] = unitOfUse.map((place) => `tolower(${of(place)})`)
    conditions.push(`${of(hours[0])} > 0`, ...known(end[0]), `${time(end[0])} > ${time(at[0])}`)
    if (word !== undefined)
      conditions.push(
        `(${word} == "" || ${word} == "null" || ${word} ~ /^(1 )?((instance|vm|server)[- ]?)?(h|hrs?|hours?|min(ute)?s?|s|sec(ond)?s?)$/)`,
      )
    const size =
      word === undefined ? '3600' : `(${word} ~ /min/ ? 60 : ${word} ~ /s$|sec|second/ && ${word} !~ /h/ ? 1 : 3600)`
    return `${conditions.join(' && ')} { n++; s += ${of(hours[0])} * ${size} } ${summed('s')}`
  }
  if (lifetime.length > 1 || end.length > 1 || lifetime.length + end.length > 1) return null
  const isTimed = lifetime.length === 1
  const [first, second] = quantity
  const units =
    first === undefined
      ? '1'
      : second === undefined
        ? of(first)
        : `(${known(first).join(' && ')} ? ${of(first)} : ${of(second)})`
  if (first !== undefined) conditions.push(...(second === undefined ? known(first) : []), `${units} > 0`)
  const sized = first === undefined ? '' : ` * ${units}`
  if (isTimed) {
    conditions.push(...known(lifetime[0]), `${of(lifetime[0])} >= 0`)
    return `${conditions.join(' && ')} { n++; s += ${of(lifetime[0])}${sized} } ${summed(lifetimeUnit ?? unit ?? 's')}`
  }
  if (end.length === 0) return `${conditions.join(' && ')} { n++ } ${summed('s')}`
  // What has no end is counted, and has no time.
  const span = `${time(end[0])} - ${time(at[0])}`
  return `${conditions.join(' && ')} { d = ${known(end[0]).join(' && ')} ? ${span} : 0; if (d >= 0) { n++; s += d${sized} } } ${summed(unit ?? 's')}`
}

/** Columns by name, for what a format takes; an empty text where the log has none. */
const named =
  (column: AwkInput['column'], of: Field): AwkColumns =>
  (name) =>
    column(name) < 0 ? '""' : of(column(name))

function fromEvents({ format, column, unit }: AwkInput, of: Field): string | null {
  const kinds = format.events?.find((each) => column(each.column) >= 0)
  const resource = format.columns.resource
    ?.map((name) => name.split('+').map(column))
    .find((fields) => fields.every((each) => each >= 0))
  const at = column(format.columns.at?.[0] ?? '')
  if (kinds === undefined || resource === undefined || at < 0 || unit === undefined) return null
  const kind = of(column(kinds.column))
  const is = (words: readonly string[]) =>
    `(${words.map((word) => `${kind} == ${isNumeric(word) ? word : `"${word}"`}`).join(' || ')})`
  const key = resource.map(of).join(',')
  const time = of(at)
  return `1 { if (${is(kinds.begin)}) { if (!((${key}) in b)) b[${key}] = ${time} } else if (${is(kinds.end)} && ((${key}) in b)) { n++; s += ${time} - b[${key}]; delete b[${key}] } } ${summed(unit, 'for (k in b) n++; ')}`
}
