/** The log of `calibrate`: its format, its span, and what it says. */
import { dayOf, formatInstant, startOfDay, startOfHour } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { DAY, HOUR } from '#base/time.ts'
import { Observed, type Window } from '#scenarios/calibration/observed.ts'
import { type LogFormat, logFormats } from '#scenarios/logs/formats.ts'
import { firstOf } from '#scenarios/logs/log-bytes.ts'
import { type LogSettings, type LogTotals, readLog } from '#scenarios/logs/read-log.ts'
import type { Usage } from '#scenarios/logs/usage.ts'

/** What `import` and `meter` write: a trace, and a log of events. */
const own: Readonly<Record<'trace' | 'events', LogFormat>> = {
  trace: {
    name: 'trace',
    text: 'trace.csv of import',
    container: 'csv',
    columns: {
      at: ['at'],
      lifetime: ['lifetime'],
      quantity: ['quantity'],
      account: ['buyer'],
      flavour: ['flavour'],
      zone: ['zone'],
      product: ['product'],
      resource: ['resource'],
    },
    needs: [['at']],
    unit: 'ms',
    isRelative: false,
    unknown: ['999999999999999'],
  },
  events: {
    name: 'events',
    text: 'events.csv as meter reads it',
    container: 'csv',
    columns: {
      at: ['at'],
      account: ['account'],
      resource: ['account+resource'],
      flavour: ['flavour'],
      product: ['product'],
    },
    needs: [['at']],
    isRelative: false,
    unknown: [],
    events: [{ column: 'do', begin: ['start'], end: ['stop', 'suspend', 'delete'] }],
  },
}

export const calibrateFormats: readonly string[] = [...Object.keys(own), ...Object.keys(logFormats)]

const firstLine = (path: string): string => Buffer.from(firstOf(path)).toString('utf8').split(/\r?\n/, 1)[0]

/** The format by its name, or by the file. Throws InputError where neither says it. */
export function formatOfLog(path: string, asked: string | undefined): LogFormat {
  if (asked !== undefined) return own[asked as keyof typeof own] ?? logFormats[asked]
  const [, ending] = /\.(\w+)(?:\.gz|\.zst|\.zip)?$/.exec(path) ?? []
  if (ending === 'swf' || ending === 'gwf') return logFormats[ending]
  if (ending === 'parquet') return logFormats.opendc
  const head = firstLine(path)
  if (head.startsWith('at,lifetime,quantity,buyer')) return own.trace
  const columns = head.split(/[,;\t]/)
  if (['at', 'account', 'resource', 'do'].every((name) => columns.includes(name))) return own.events
  throw new InputError(
    'neither the name nor the first line of this file says its format',
    `write --format and one of ${calibrateFormats.join(', ')}; csv needs --map at=COLUMN,lifetime=COLUMN,…`,
    path,
  )
}

const each = (usage: Usage, copies: number, take: (usage: Usage) => void): void => {
  for (let copy = 0; copy < copies; copy++) take(usage)
}

/** The whole hours from the first use to the last, with a share of them held out; whole days where there are some. */
function windowOf(first: number, last: number, utcOffset: number, heldOut: number, file: string): Window {
  const start = startOfHour(first, utcOffset)
  const end = startOfHour(last, utcOffset) + HOUR
  const exact = end - Math.max(HOUR, Math.round(((end - start) * heldOut) / HOUR) * HOUR)
  const split = end - exact >= 2 * DAY ? startOfDay(dayOf(exact, utcOffset), utcOffset) : exact
  if (split - start >= DAY) return { start, split, end }
  throw new InputError(
    `the log is from ${formatInstant(first, utcOffset)} to ${formatInstant(last, utcOffset)}: less than a day is left to fit`,
    'take a longer log, or a smaller --hold-out',
    file,
  )
}

/** Reads the log twice: for its span, then for what it says. Throws InputError. */
export async function observe(
  settings: LogSettings,
  heldOut: number,
): Promise<{ observed: Observed; totals: LogTotals }> {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const totals = await readLog(settings, {
    use({ at }) {
      if (at < first) first = at
      if (at > last) last = at
    },
    skipped: () => {},
  })
  if (!(last > first))
    throw new InputError(
      'no two uses of the log begin at different times',
      'check format, --map and options',
      settings.file,
    )
  const window = windowOf(first, last, settings.utcOffset, heldOut, settings.file)
  const observed = new Observed(window, settings.format.events === undefined)
  await readLog(settings, {
    use: (usage, copies) => each(usage, copies, (use) => observed.add(use)),
    skipped: () => {},
  })
  return { observed: observed.finish(), totals }
}
