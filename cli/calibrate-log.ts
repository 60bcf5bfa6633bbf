/** The log of `calibrate`: its format, its span, and what it says. */
import { dayOf, formatInstant, startOfDay, startOfHour } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { DAY, HOUR } from '#base/time.ts'
import { LEAST_VISITS } from '#scenarios/calibration/calibration.ts'
import { Observed, type PartTotals, type Window } from '#scenarios/calibration/observed.ts'
import { JoinedTerms } from '#scenarios/calibration/terms.ts'
import { type LogFormat, logFormats } from '#scenarios/logs/formats.ts'
import { firstOf } from '#scenarios/logs/log-bytes.ts'
import { type LogSettings, type LogTotals, readLog } from '#scenarios/logs/read-log.ts'
import { ENDLESS, type Usage } from '#scenarios/logs/usage.ts'

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
    unknown: [ENDLESS],
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

/** Segments of buyers that are fitted apart. */
const MOST_SEGMENTS = 100
/** The segment of what is too little for one of its own. */
const OTHER = 'other'

/** A segment of the log with what it says. */
export interface ObservedSegment {
  /** Empty where the log is one. */
  readonly name: string
  readonly observed: Observed
  /** Values of the column that it has; several where each was too little. */
  readonly values: readonly string[]
}

export interface ObservedLog {
  /** Those with the most visits first. */
  readonly segments: readonly ObservedSegment[]
  /** All segments together; an account of several counts in each. */
  readonly whole: { readonly fitted: PartTotals; readonly heldOut: PartTotals }
  readonly totals: LogTotals
  /** Rows that were not taken: a line, why, and what was found. */
  readonly skipped: readonly (readonly [line: number, reason: string, detail: string])[]
}

/** Rows not taken that are listed. */
const MOST_SKIPPED = 100_000

/** Reads the log twice: for its span, then for what it says. Throws InputError. */
export async function observe(settings: LogSettings, heldOut: number): Promise<ObservedLog> {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let hasTerms = false
  const skipped: [number, string, string][] = []
  const totals = await readLog(settings, {
    use({ at, months }) {
      if (at < first) first = at
      if (at > last) last = at
      if (months > 0) hasTerms = true
    },
    skipped(line, reason, detail) {
      if (skipped.length < MOST_SKIPPED) skipped.push([line, reason, detail])
    },
  })
  if (!(last > first))
    throw new InputError(
      'no two uses of the log begin at different times',
      'check format, --map and options',
      settings.file,
    )
  const window = windowOf(first, last, settings.utcOffset, heldOut, settings.file)
  const found = new Map<string, Observed>()
  const take = (usage: Usage): void => {
    let observed = found.get(usage.segment)
    if (observed === undefined) {
      // The orders of a visit follow each other in a log of requests; not so in one of events, or where terms are joined.
      observed = new Observed(window, settings.format.events === undefined && !hasTerms, settings.utcOffset)
      found.set(usage.segment, observed)
      if (found.size > MOST_SEGMENTS)
        throw new InputError(
          `the column of segments has more than ${MOST_SEGMENTS} values`,
          'segment by a column with fewer',
          settings.file,
        )
    }
    observed.add(usage)
  }
  const joined = new JoinedTerms(take)
  await readLog(settings, {
    use: (usage, copies) =>
      each(usage, copies, (use) => {
        if (use.months > 0) joined.add(use)
        else take(use)
      }),
    skipped: () => {},
  })
  joined.end()
  for (const observed of found.values()) observed.finish()
  const segments = segmentsOf(found)
  return { segments, whole: wholeOf(segments, window), totals, skipped }
}

/** Segments that are too small for a fit are one; if that is too small as well, it is part of the smallest of the others. */
function segmentsOf(found: ReadonlyMap<string, Observed>): ObservedSegment[] {
  const all = [...found]
    .map(([name, observed]) => ({ name: name === '' && found.size > 1 ? 'none' : name, observed, values: [name] }))
    .sort((a, b) => b.observed.fittedVisits - a.observed.fittedVisits)
  const isEnough = ({ observed }: { observed: Observed }): boolean => observed.fittedVisits >= LEAST_VISITS
  const large = all.filter(isEnough)
  const small = all.filter((segment) => !isEnough(segment))
  if (small.length === 0 || all.length === 1) return all
  const other = {
    name: small.length === 1 ? small[0].name : OTHER,
    observed: small.slice(1).reduce((sum, { observed }) => sum.merge(observed), small[0].observed),
    values: small.flatMap(({ values }) => values),
  }
  if (large.length === 0 || isEnough(other)) return [...large, other]
  const last = large[large.length - 1]
  return [
    ...large.slice(0, -1),
    { ...last, observed: last.observed.merge(other.observed), values: [...last.values, ...other.values] },
  ]
}

function wholeOf(segments: readonly ObservedSegment[], window: Window): ObservedLog['whole'] {
  const totals = segments.map(({ observed }) => observed.totals())
  const use = segments.map(({ observed }) => observed.use())
  const split = Math.round((window.split - window.start) / HOUR)
  const partOf = (part: 'fitted' | 'heldOut', from: number, until: number): PartTotals => {
    const sumOf = (of: (totals: PartTotals) => number) => totals.reduce((sum, each) => sum + of(each[part]), 0)
    let peak = 0
    for (let hour = from; hour < until; hour++)
      peak = Math.max(
        peak,
        use.reduce((sum, each) => sum + each[hour], 0),
      )
    return {
      ...{ orders: sumOf(({ orders }) => orders), servers: sumOf(({ servers }) => servers) },
      ...{ accounts: sumOf(({ accounts }) => accounts), serverHours: sumOf(({ serverHours }) => serverHours), peak },
    }
  }
  const [first] = use
  return { fitted: partOf('fitted', 0, split), heldOut: partOf('heldOut', split, first.length) }
}
