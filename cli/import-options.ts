/** The options of `import`, read into settings. */
import { basename } from 'node:path'
import { InputError } from '#base/input-error.ts'
import type { DecimalSign } from '#scenarios/logs/amount-text.ts'
import { type CivilZone, standardOf } from '#scenarios/logs/civil-zone.ts'
import { dateOrders } from '#scenarios/logs/conventions.ts'
import type { DateOrder } from '#scenarios/logs/date-text.ts'
import type { LogFormat } from '#scenarios/logs/formats.ts'
import { civilInstant, type TimeUnit, timeUnits } from '#scenarios/logs/log-times.ts'
import type { LogSettings } from '#scenarios/logs/read-log.ts'
import { zoneOf } from '#scenarios/logs/time-zones.ts'
import { type ColumnMap, fitRoles, type Role, roles } from '#scenarios/logs/usage.ts'
import { parseDuration } from '#scenarios/time-text.ts'
import type { Arguments } from './command.ts'
import { checkInputFile } from './input-file.ts'
import { type LogFile, STDIN } from './log-file.ts'
import { columnsOf, delimiterOf, encodingOf } from './text-options.ts'

/** The settings, and the options as comments of what is written. Throws InputError. */
export async function importSettings(
  format: LogFormat,
  { path, name, parts = [] }: LogFile,
  kind: 'scenario' | 'events' | 'fit',
  arguments_: Arguments,
): Promise<{ settings: LogSettings; words: readonly string[] }> {
  for (const each of [path, ...parts]) checkInputFile(each, `a log of the format ${format.name}`, true)
  const option = (name: string) => arguments_.filled(name, `write --${name} and a value`)
  const zone = zoneOf(option('time-zone') ?? '+00:00')
  const utcOffset = standardOf(zone)
  const instant = (name: string) => instantOf(name, option(name), zone)
  const begins = option('begins') ?? (kind === 'events' ? 'started' : 'requested')
  if (begins !== 'requested' && begins !== 'started')
    throw new InputError(`--begins ${begins} is neither requested nor started`, 'write --begins started')
  const key = option('pseudonym-key')
  const settings: LogSettings = {
    path,
    parts,
    file: name,
    format,
    map: mapOf(arguments_.texts('map'), kind === 'fit' ? { ...roles, ...fitRoles } : roles),
    header: !arguments_.flag('no-header'),
    delimiter: delimiterOf(option('delimiter')),
    decimal: decimalSign(arguments_),
    dates: dateOrder(arguments_),
    encoding: encodingOf(option('encoding')),
    unit: unitOf('unit', option('unit')),
    lifetimeUnit: unitOf('lifetime-unit', option('lifetime-unit')),
    origin: instant('origin'),
    utcOffset,
    zone,
    unitsPerServer: above0('units-per-server', option('units-per-server') ?? '1', 1e9),
    begins,
    mostBytes: arguments_.count('most-bytes', 1, Number.MAX_SAFE_INTEGER),
    strict: arguments_.flag('strict'),
    selection: {
      from: instant('from'),
      until: instant('until'),
      skip: arguments_.texts('skip'),
      scale: above0('scale', option('scale') ?? '1', 10_000),
      accounts: shareOf(option('accounts') ?? '100%'),
      shiftMs: shiftOf(option('shift') ?? '0s'),
      pseudonyms: arguments_.flag('pseudonyms') || key !== undefined ? (key ?? '') : undefined,
      seed: arguments_.count('seed', 0, 2 ** 31 - 1) ?? 1,
    },
  }
  const { surveyed } = await import('#scenarios/logs/decimal-survey.ts')
  const names = [name === STDIN ? '-' : name, ...parts.map((each) => basename(each))]
  return { settings: await surveyed(settings), words: wordsOf(format, names, arguments_) }
}

const repeated = ['map', 'skip']
const valued =
  'as segment-by delimiter encoding decimal dates unit lifetime-unit origin time-zone begins units-per-server from until scale accounts seed shift'.split(
    ' ',
  )
const flags = ['no-header', 'decimal-comma', 'pseudonyms', 'strict']

/** `--decimal`, or its older name. */
function decimalSign(arguments_: Arguments): DecimalSign | undefined {
  const asked = arguments_.filled('decimal', 'write --decimal comma')
  if (asked === undefined) return arguments_.flag('decimal-comma') ? 'comma' : undefined
  if (asked === 'point' || asked === 'comma') return asked
  throw new InputError(`--decimal ${asked} is none of its values`, 'write --decimal point or --decimal comma')
}

/** `--dates` */
function dateOrder(arguments_: Arguments): DateOrder | undefined {
  const asked = arguments_.filled('dates', 'write --dates dmy')
  const found = dateOrders.answers.find((answer) => answer === asked)
  if (asked === undefined || found !== undefined) return found
  throw new InputError(`--dates ${asked} is none of its values`, `write one of ${dateOrders.answers.join(', ')}`)
}

/** The command that makes the same files again, without the key of the pseudonyms. */
function wordsOf({ name }: LogFormat, files: readonly string[], arguments_: Arguments): string[] {
  const quoted = (text: string) => (/^[\w=,:.+%/-]+$/.test(text) ? text : JSON.stringify(text))
  const all = [
    ...repeated.flatMap((option) => arguments_.texts(option).map((text) => `--${option} ${quoted(text)}`)),
    ...valued.flatMap((option) => {
      const text = arguments_.text(option)
      return text === undefined ? [] : [`--${option} ${quoted(text)}`]
    }),
    ...flags.flatMap((option) => (arguments_.flag(option) ? [`--${option}`] : [])),
    ...(arguments_.text('pseudonym-key') === undefined ? [] : ['--pseudonym-key …']),
  ]
  return [`marketsim import ${name} ${files.map(quoted).join(' ')}`, ...all]
}

/** `at=StartTime,lifetime=Seconds`, in one option or several. */
export function mapOf(texts: readonly string[], of: Partial<Record<Role, string>> = roles): ColumnMap {
  const map: Partial<Record<Role, readonly string[]>> = {}
  for (const [role, column] of columnsOf('map', texts, Object.keys(of))) map[role as Role] = [column]
  return map
}

function instantOf(name: string, text: string | undefined, zone: CivilZone): number | undefined {
  if (text === undefined) return undefined
  const instant = civilInstant(text, zone)
  if (instant !== undefined) return instant
  throw new InputError(`--${name} ${text} is not a time`, `write --${name} 2024-02-01T00:00:00+08:00`)
}

function unitOf(name: string, text: string | undefined): TimeUnit | undefined {
  if (text === undefined) return undefined
  if (Object.hasOwn(timeUnits, text)) return text as TimeUnit
  throw new InputError(`--${name} ${text} is not a unit of time`, `write one of ${Object.keys(timeUnits).join(', ')}`)
}

function above0(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d*\.?\d+$/.test(text) && value > 0 && value <= most) return value
  throw new InputError(`--${name} must be a number above 0, at most ${most} (got '${text}')`, `write --${name} 2`)
}

/** `10%` or `0.1` */
function shareOf(text: string): number {
  const match = /^(\d*\.?\d+)(%?)$/.exec(text)
  const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (value > 0 && value <= 1) return value
  throw new InputError(`--accounts ${text} is not a share of the accounts`, 'write --accounts 10%')
}

function shiftOf(text: string): number {
  const size = parseDuration(text.replace(/^[+-]/, ''))
  if (size !== null) return text.startsWith('-') ? -size : size
  throw new InputError(`--shift ${text} is not a duration`, 'write --shift 7d or --shift=-7d')
}
