/** Rows of a log read into uses, by the columns of a format or of --map. */
import { monthsLater } from '#base/civil-time.ts'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { shown } from '#base/shown.ts'
import { LAST_INSTANT, LONGEST_MS } from '../time-text.ts'
import { amountText, atScale, type DecimalSign, decimalOf } from './amount-text.ts'
import type { CivilZone } from './civil-zone.ts'
import type { DateOrder } from './date-text.ts'
import type { LogFormat } from './formats.ts'
import { exactJson } from './json-objects.ts'
import type { LogColumns, LogRow } from './log-row.ts'
import {
  billionths,
  exactMs,
  instantOf,
  kindOfTime,
  numberOf,
  scaled,
  spanOf,
  type TimeUnit,
  timeUnits,
  unitOfEpoch,
} from './log-times.ts'
import { textAt } from './text-rows.ts'
import { isTotalWord } from './total-word.ts'
import type { ColumnMap, Role, Usage } from './usage.ts'

export interface ReaderSettings {
  readonly file: string
  readonly format: LogFormat
  /** What --map says, in place of the format's columns. */
  readonly map: ColumnMap
  readonly unit: TimeUnit | undefined
  readonly lifetimeUnit: TimeUnit | undefined
  readonly origin: number | undefined
  /** UTC offset of what is written, ms. */
  readonly utcOffset: number
  /** Of times without an offset; undefined: `utcOffset`. */
  readonly zone?: CivilZone | undefined
  /** How numbers are written; undefined: with a point and without separators, as programs write them. */
  readonly decimal: DecimalSign | undefined
  /** The order of dates in numbers; undefined: dates that are the same in each order are read. */
  readonly dates?: DateOrder | undefined
  /** Units of the column of quantities that make one server. */
  readonly unitsPerServer: number
  /** Whether a use begins when it was asked for, or after its wait. */
  readonly begins: 'requested' | 'started'
}

/** Why a row is skipped: `reason` is counted, `detail` says what was found. */
export interface Skipped {
  readonly reason: string
  readonly detail: string
  /** Not wrong, but another kind of row. */
  readonly isOther?: boolean
}

/** Costs are exact to 18 decimals. */
export const COST_DECIMALS = 18

/** What rows come to before anything is selected from them. */
export interface ReadFacts {
  /** Uses whose time or lifetime was rounded to the millisecond. */
  rounded: number
  /** Uses without a quantity of whole servers: rounded up. */
  raised: number
  /** Times without an offset in an hour that clocks show twice; the first is meant. */
  twice: number
  /** Times and lifetimes that other programs may read otherwise: dates in words, spans as a clock shows them. */
  written: number
  /** Times by how they are written: numbers, and `2024-03-01T10:00:00` with Z or without an offset. */
  numbers: number
  universal: number
  local: number
  /** Lifetimes whose unit is that of the times, which is known by their digits only, and is not the second. */
  guessed: number
  /** Costs that cannot be read. */
  unreadableCosts: number
  unit: TimeUnit | undefined
}

const MOST_SERVERS = 1_000_000
/** A time that says its own offset. */
const OFFSET = /:\S*\s*(Z|UTC|GMT|[+-]\d\d(:?\d\d)?)$/i
/** A number with less than whole units. */
const FRACTION = /[.,e]/i
const HOUR_MS = 3_600_000
const BILLION = 1_000_000_000n

/** A name made of one or several columns. */
type Fields = readonly (readonly number[])[]

/** A key of a column of objects: a map, a struct, or the JSON of one. */
interface Path {
  readonly field: number
  readonly path: string
}

/** Paths are fields from here on, in the order in which they are found. */
const FIRST_PATH = 1 << 20

export class UsageReader {
  readonly facts: ReadFacts = {
    ...{ rounded: 0, raised: 0, twice: 0, written: 0, guessed: 0, unreadableCosts: 0 },
    ...{ numbers: 0, universal: 0, local: 0 },
    unit: undefined,
  }
  /** Units of the log times whole ms of the use, in billionths: exact, before they are made whole servers. */
  unitMs = 0n
  /** When it begins, in billionths of a ms. */
  exactAt = 0n
  cost = 0n
  currency = ''
  readonly usage: Usage = {
    line: 0,
    at: 0,
    lifetimeMs: 0,
    quantity: 1,
    account: '',
    resource: '',
    flavour: '',
    zone: '',
    product: '',
    segment: '',
    months: 0,
  }
  readonly #settings: ReaderSettings
  readonly #columns: LogColumns
  readonly #fields: Readonly<Partial<Record<Role, Fields>>>
  readonly #paths: Path[] = []
  readonly #unknown: ReadonlySet<string>
  readonly #times: {
    unit: TimeUnit | undefined
    origin: number
    zone: CivilZone
    decimal: DecimalSign | undefined
    dates: DateOrder | undefined
  }
  readonly #isUnitGuessed: boolean
  readonly #lifetimeUnit: TimeUnit | undefined
  readonly #reject: LogFormat['reject']
  /** A bill says hours in every row; an event may say a lifetime instead. */
  readonly #isStrictHours: boolean
  #exactLifetime = 0n
  /** Whether the beginning is a number, and may have less than whole ms. */
  #isNumber = false
  #isFine = false
  #row: LogRow | undefined
  readonly #get: (column: string) => string

  /** Throws InputError for a column that the log lacks. */
  constructor(settings: ReaderSettings, columns: LogColumns) {
    const { format, map } = settings
    this.#settings = settings
    this.#columns = columns
    this.#fields = fieldsOf(settings, columns, this.#paths)
    this.#unknown = new Set(['', ...format.unknown])
    const unit = settings.unit ?? format.unit
    this.#times = {
      unit,
      origin: settings.origin ?? 0,
      zone: settings.zone ?? settings.utcOffset,
      decimal: settings.decimal,
      dates: settings.dates,
    }
    this.#isUnitGuessed = unit === undefined && (settings.lifetimeUnit ?? format.lifetimeUnit) === undefined
    this.#lifetimeUnit = settings.lifetimeUnit ?? format.lifetimeUnit ?? unit
    this.facts.unit = unit
    this.#isStrictHours = format.container !== 'json'
    // A file of columns reads those that are asked for before the first row.
    format.reject?.((column) => {
      columns.find(column)
      return ''
    })
    // What a format rejects goes by its own columns: others, which --map names, are taken as they are.
    this.#reject = Object.keys(map).length > 0 && format.name === 'csv' ? undefined : format.reject
    this.#get = (column) => {
      const field = this.#columns.find(column)
      return field < 0 ? '' : (this.#row?.text(field) ?? '')
    }
  }

  /** Why a row is no use of servers, by the format; null where it is one. */
  rejected(row: LogRow): string | null {
    this.#row = row
    return this.#reject?.(this.#get) ?? null
  }

  /** Reads a row into `usage`, or says why not; `line`: its number in the log, which may have several files. */
  read(row: LogRow, line = row.line): Skipped | null {
    const { usage } = this
    usage.line = line
    this.#readNames(row)
    return this.#readTimes(row)
  }

  /** The text of the first column of a role in which the row says something. */
  #text(row: LogRow, role: Role): string {
    const choices = this.#fields[role]
    if (choices === undefined) return ''
    for (const fields of choices) {
      if (fields.length === 1) {
        const text = this.#field(row, fields[0])
        if (this.#unknown.has(text)) continue
        return text
      }
      const texts = fields.map((field) => this.#field(row, field)).filter((text) => !this.#unknown.has(text))
      if (texts.length > 0) return texts.join('-')
    }
    return ''
  }

  #field(row: LogRow, field: number): string {
    if (field < FIRST_PATH) return row.text(field)
    const { field: column, path } = this.#paths[field - FIRST_PATH]
    return textOfKey(row.text(column), path)
  }

  #readTimes(row: LogRow): Skipped | null {
    const { usage } = this
    const text = this.#text(row, 'at')
    if (text === '') return { reason: 'no time', detail: '' }
    this.#times.unit ??= this.facts.unit = epochUnit(text, this.#settings)
    const at = this.#instant(text)
    if (at === undefined) return { reason: 'unreadable time', detail: text }
    const wait = this.#settings.begins === 'started' ? this.#duration(row, 'wait') : 0
    if (typeof wait !== 'number') return wait
    usage.at = at + Math.max(0, wait)
    if (usage.at < 0 || usage.at > LAST_INSTANT) return { reason: 'time before 1970 or after 9999', detail: text }
    const unit = this.#times.unit ?? 's'
    const exact = exactMs(text, unit, this.#settings.decimal)
    this.exactAt = exact ?? BigInt(at) * BILLION
    this.#isNumber = exact !== undefined
    this.#isFine = timeUnits[unit] < 1 || FRACTION.test(text)
    const isMetered = this.#fields.hours !== undefined && (this.#isStrictHours || this.#text(row, 'hours') !== '')
    return isMetered ? this.#readHours(row) : this.#readLifetime(row, at)
  }

  #instant(text: string): number | undefined {
    const instant = instantOf(text, this.#times)
    const { zone, decimal } = this.#times
    if (instant !== undefined) {
      const kind = kindOfTime(text)
      this.facts[kind]++
    }
    if (instant === undefined || typeof zone === 'number' || OFFSET.test(text)) return instant
    if (numberOf(text, decimal) === undefined && zone.isTwice(instant)) this.facts.twice++
    return instant
  }

  /** From lifetime, or from begin to end; -1 where the row has neither. */
  #readLifetime(row: LogRow, requested: number): Skipped | null {
    const { usage } = this
    const units = this.#units(row, 'quantity')
    if (typeof units !== 'bigint') return units
    const isTimed = this.#fields.lifetime !== undefined
    let lifetime = isTimed ? this.#duration(row, 'lifetime') : -1
    if (typeof lifetime !== 'number') return lifetime
    let exact = lifetime < 0 ? 0n : this.#exactLifetime
    if (lifetime < 0) {
      const end = this.#text(row, 'end')
      if (end === '' && isTimed) return { reason: 'no lifetime', detail: '' }
      const until = end === '' ? -1 : this.#instant(end)
      if (until === undefined) return { reason: 'unreadable end', detail: end }
      if (until >= 0 && until < requested) return { reason: 'ends before it begins', detail: end }
      lifetime = until < 0 ? -1 : Math.max(0, until - usage.at)
      exact = (usage.at === requested ? this.#exactSpan(end) : undefined) ?? BigInt(lifetime) * BILLION
    }
    if (lifetime > LONGEST_MS) return { reason: 'lifetime beyond 10,000 years', detail: '' }
    if (this.#fields.term !== undefined) {
      const skipped = this.#readTerm(row)
      if (skipped !== null) return skipped
      if (lifetime < 0 && usage.months > 0) {
        const until = this.#termEnd(row)
        if (typeof until !== 'number') return until
        lifetime = until < 0 ? -1 : Math.max(0, until - usage.at)
        exact = BigInt(lifetime) * BILLION
      }
    }
    usage.lifetimeMs = lifetime
    return this.#setUnits(units, lifetime < 0 ? 0n : exact)
  }

  /** From the beginning to an end, billionths of a ms; undefined where both are whole ms, or civil times. */
  #exactSpan(end: string): bigint | undefined {
    if (!this.#isFine && !FRACTION.test(end)) return undefined
    const exact = this.#isNumber ? exactMs(end, this.#times.unit ?? 's', this.#settings.decimal) : undefined
    return exact === undefined || exact < this.exactAt ? undefined : exact - this.exactAt
  }

  /** The length of the term that is bought; a row that says none has none. */
  #readTerm(row: LogRow): Skipped | null {
    const text = this.#text(row, 'term')
    const months = text === '' ? 0 : monthsOf(text)
    if (months === undefined) return { reason: 'unreadable term', detail: text }
    this.usage.months = months
    return null
  }

  /** When the last term of a row ends, ms; -1: it runs, as there is a column of ends that says nothing. */
  #termEnd(row: LogRow): number | Skipped {
    const { usage } = this
    const text = this.#text(row, 'renewed')
    if (text === '' && (this.#fields.end !== undefined || this.#fields.lifetime !== undefined)) return -1
    const began = text === '' ? usage.at : this.#instant(text)
    if (began === undefined) return { reason: 'unreadable time of a renewal', detail: text }
    if (began < usage.at) return { reason: 'renewed before it begins', detail: text }
    return monthsLater(began, usage.months, this.#settings.utcOffset)
  }

  /** So many unit-hours in the time from begin to end: the fewest units that can have used them, for equal times. */
  #readHours(row: LogRow): Skipped | null {
    const { usage } = this
    const unit = this.#text(row, 'unit')
    const unitMs = unit === '' ? HOUR_MS : unitOfUse(unit)
    if (unitMs === undefined) return { reason: 'measured in other units than hours', detail: unit, isOther: true }
    const text = this.#text(row, 'hours')
    const hours = numberOf(text, this.#settings.decimal)
    const exact = billionths(text, this.#settings.decimal)
    if (hours === undefined || exact === undefined) return { reason: 'unreadable quantity', detail: text }
    if (hours <= 0) return { reason: 'nothing used', detail: text, isOther: true }
    const end = this.#text(row, 'end')
    const until = this.#instant(end)
    if (until === undefined) return { reason: 'unreadable end', detail: end }
    if (until <= usage.at) return { reason: 'ends before it begins', detail: end }
    const units = Math.max(1, Math.ceil((hours * unitMs) / (until - usage.at) - 1e-9))
    if (units > MOST_SERVERS) return { reason: 'more than 1,000,000 servers', detail: text }
    const lifetime = Math.round((hours * unitMs) / units)
    if (Math.abs(lifetime * units - hours * unitMs) > 1e-6) this.facts.rounded++
    usage.lifetimeMs = lifetime
    usage.quantity = units
    this.unitMs = exact * BigInt(unitMs)
    return null
  }

  /** Units of the log in billionths; 1 where it names none. */
  #units(row: LogRow, role: Role): bigint | Skipped {
    if (this.#fields[role] === undefined) return BILLION
    const text = this.#text(row, role)
    if (text === '' && this.#settings.format.container === 'json') return BILLION
    if (text === '') return { reason: 'no quantity', detail: '' }
    const units = billionths(text, this.#settings.decimal)
    if (units === undefined) return { reason: 'unreadable quantity', detail: text }
    return units > 0n ? units : { reason: 'quantity of 0 or less', detail: text }
  }

  #setUnits(units: bigint, exactLifetime: bigint): Skipped | null {
    const servers = Number(units) / 1e9 / this.#settings.unitsPerServer
    const whole = Math.max(1, Math.ceil(servers - 1e-9))
    if (whole > MOST_SERVERS) return { reason: 'more than 1,000,000 servers', detail: String(servers) }
    if (Math.abs(whole - servers) > 1e-9) this.facts.raised++
    this.usage.quantity = whole
    this.unitMs = (units * exactLifetime) / BILLION
    return null
  }

  /** Whole ms; -1 where the row does not say. */
  #duration(row: LogRow, role: 'lifetime' | 'wait'): number | Skipped {
    const text = this.#text(row, role)
    if (text === '') return -1
    const value = numberOf(text, this.#settings.decimal)
    if (value === undefined) return this.#span(text, role)
    if (value < 0) return { reason: `negative ${role}`, detail: text }
    const unit = this.#lifetimeUnit ?? this.#times.unit ?? this.#settings.format.smallUnit ?? 's'
    if (this.#isUnitGuessed && this.#times.unit !== undefined && unit !== 's' && role === 'lifetime')
      this.facts.guessed++
    const exact = value * timeUnits[unit]
    const whole = Math.round(exact)
    if (Math.abs(exact - whole) > 1e-6) this.facts.rounded++
    if (role === 'lifetime') this.#exactLifetime = exactMs(text, unit, this.#settings.decimal) ?? 0n
    return whole
  }

  /** A duration as a clock shows it. */
  #span(text: string, role: 'lifetime' | 'wait'): number | Skipped {
    const exact = spanOf(text)
    if (exact === undefined) return { reason: `unreadable ${role}`, detail: text }
    this.facts.written++
    if (exact % BILLION !== 0n) this.facts.rounded++
    if (role === 'lifetime') this.#exactLifetime = exact
    return Math.round(Number(exact) / 1e9)
  }

  #readNames(row: LogRow): void {
    const { usage } = this
    usage.account = this.#text(row, 'account') || '1'
    usage.resource = this.#text(row, 'resource')
    usage.flavour = this.#text(row, 'flavour')
    usage.zone = this.#text(row, 'zone')
    usage.product = this.#text(row, 'product')
    usage.segment = this.#text(row, 'segment')
  }

  /** A row that is no use: a total below the others, a remark. */
  isNote(row: LogRow): boolean {
    const at = this.#text(row, 'at')
    if (isTotalWord(at)) return true
    if (row.fields === 0 || at !== '') return false
    const texts = Array.from({ length: row.fields }, (_, field) => row.text(field)).filter((text) => text !== '')
    return texts.some(isTotalWord) || (texts.length < 2 && row.fields > 2)
  }

  /** Reads what a row costs, of whatever kind it is. */
  readCost(row: LogRow): void {
    const text = this.#fields.cost === undefined ? '' : this.#text(row, 'cost')
    const cost = scaled(text, this.#settings.decimal, COST_DECIMALS) ?? this.#writtenCost(text)
    if (cost === undefined && !this.#unknown.has(text)) this.facts.unreadableCosts++
    this.cost = cost ?? 0n
    this.currency = this.cost === 0n ? '' : this.#text(row, 'currency')
  }

  /** `$0.50`, `(12.00)`. */
  #writtenCost(text: string): bigint | undefined {
    const parts = text.length > 40 ? undefined : amountText(text)
    const found = parts === undefined ? undefined : decimalOf(parts, this.#settings.decimal ?? 'point')
    return found === undefined ? undefined : atScale(found, COST_DECIMALS, 'truncate')
  }

  /** The fields of a role, in the order in which they are read; -1 where a name joins several columns, or is a key of one. */
  fieldsOf(role: Role): readonly number[] {
    return (this.#fields[role] ?? []).flatMap((fields) =>
      fields.length === 1 && fields[0] < FIRST_PATH ? fields : [-1],
    )
  }
}

/** `12`, `1 month`, `3 months`, `P1Y`, `1 year`, `monthly`, `annual`: whole months of a term. */
function monthsOf(text: string): number | undefined {
  if (/^(monthly|month)$/i.test(text)) return 1
  if (/^(yearly|annual|annually|year)$/i.test(text)) return 12
  const [, iso, isoUnit, plain, unit] =
    /^(?:P(\d{1,3})([YM])|(\d{1,3})[ -]?(m|mo|months?|y|yr|years?)?)$/i.exec(text) ?? []
  const months = Number(iso ?? plain) * (/^y/i.test(isoUnit ?? unit ?? '') ? 12 : 1)
  return months >= 1 && months <= 1200 ? months : undefined
}

/** Milliseconds of a unit of use: instance-hours, or the seconds of our own FOCUS. */
function unitOfUse(unit: string): number | undefined {
  const [, hours, minutes, seconds] =
    /^(?:1 )?(?:instance[- ]?|vm[- ]?|server[- ]?)?(?:(hours?|hrs?|h)|(minutes?|mins?)|(seconds?|secs?|s))$/i.exec(
      unit,
    ) ?? []
  return hours !== undefined ? HOUR_MS : minutes !== undefined ? 60_000 : seconds !== undefined ? 1000 : undefined
}

/** Numbers of 9 digits and more count from the epoch: their length says in what. */
function epochUnit(text: string, { decimal, format }: ReaderSettings): TimeUnit | undefined {
  const value = numberOf(text, decimal)
  return value === undefined ? undefined : (unitOfEpoch(value) ?? format.smallUnit ?? 's')
}

/** `product.operating_system`, where there is a column `product`. */
function pathOf(columns: LogColumns, name: string): Path | undefined {
  const dot = name.indexOf('.')
  if (dot <= 0 || dot === name.length - 1 || name.includes('+')) return undefined
  const field = columns.find(name.slice(0, dot))
  return field < 0 ? undefined : { field, path: name.slice(dot + 1) }
}

/** What the JSON of an object has at a path; empty where it has nothing, or is no object. */
function textOfKey(text: string, path: string): string {
  if (!text.startsWith('{')) return ''
  try {
    return textAt(exactJson(text) as Readonly<Record<string, unknown>>, path)
  } catch {
    return ''
  }
}

/** Whether a header has all columns without which nothing can be read. */
export function hasNeeds({ format, map }: Pick<ReaderSettings, 'format' | 'map'>, columns: LogColumns): boolean {
  const isThere = (name: string): boolean =>
    columns.find(name) >= 0 ||
    pathOf(columns, name) !== undefined ||
    (name.includes('+') && name.split('+').every((part) => columns.find(part) >= 0))
  const isMapped = Object.values(map).every((names) => names.some(isThere))
  return (
    isMapped &&
    format.needs.every((need) =>
      need.some((role) => map[role] !== undefined || (format.columns[role] ?? []).some(isThere)),
    )
  )
}

/** Finds the fields of every role. Throws InputError. */
function fieldsOf(
  { file, format, map }: ReaderSettings,
  columns: LogColumns,
  paths: Path[],
): Partial<Record<Role, Fields>> {
  const found: Partial<Record<Role, Fields>> = {}
  for (const [role, names] of Object.entries({ ...format.columns, ...map }) as [Role, readonly string[]][]) {
    const fields = names.flatMap((name) => {
      const single = columns.find(name)
      if (single >= 0) {
        refuseTwins(file, columns, name, single)
        return [[single]]
      }
      const path = pathOf(columns, name)
      if (path !== undefined) return [[FIRST_PATH + paths.push(path) - 1]]
      const parts = name.split('+').map((part) => columns.find(part))
      return parts.length > 1 && parts.every((field) => field >= 0) ? [parts] : []
    })
    if (fields.length > 0) found[role] = fields
    else if (map[role] !== undefined) throw noColumn(file, `--map ${role}`, names, columns)
  }
  // A lifetime that --map names takes the place of the format's own end, and the other way round.
  if (map.lifetime !== undefined && map.end === undefined) delete found.end
  if (map.end !== undefined && map.lifetime === undefined) delete found.lifetime
  const hasOwnTimes = map.lifetime !== undefined || map.quantity !== undefined
  if (hasOwnTimes && map.hours === undefined) delete found.hours
  for (const need of format.needs) {
    if (need.some((role) => found[role] !== undefined)) continue
    const names = need.flatMap((role) => format.columns[role] ?? [])
    if (names.length > 0) throw noColumn(file, format.name, names, columns)
    throw new InputError(
      `no column of the log is named for ${need.join(' or ')}`,
      `write --map ${need[0]}=COLUMN; the columns are ${listed(columns)}`,
      file,
    )
  }
  return found
}

/** Of two columns with one name, which is meant is for the caller to say. */
function refuseTwins(file: string, { names }: LogColumns, name: string, field: number): void {
  const twins = names.flatMap((each, place) => (each === names[field] ? [place + 1] : []))
  if (twins.length < 2 || /^\d+$/.test(name)) return
  throw new InputError(
    `the log has the column ${shown(names[field])} ${twins.length} times`,
    `write its number in --map: ${twins.join(' or ')}`,
    file,
  )
}

const listed = ({ names }: LogColumns): string =>
  names.length === 0 ? 'those of its objects' : names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '')

function noColumn(file: string, where: string, names: readonly string[], columns: LogColumns): InputError {
  const near = didYouMean(names[0], columns.names)
  const hint = near === undefined ? `its columns are ${listed(columns)}` : `did you mean ${near}?`
  return new InputError(`${where}: the log has no column ${names.map(shown).join(' or ')}`, hint, file)
}
