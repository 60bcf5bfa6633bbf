/** Logs of the formats of `import` as traces: read as the command reads them, without files in between. */
import { createHash } from 'node:crypto'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { shown } from '#base/shown.ts'
import type { Fault } from './errors.ts'
import type { Words } from './explain.ts'
import type { CivilZone } from './logs/civil-zone.ts'
import { surveyed } from './logs/decimal-survey.ts'
import { logFormats } from './logs/formats.ts'
import type { Ids } from './logs/ids.ts'
import { flavourIds, productIds, zoneIds } from './logs/log-ids.ts'
import { type LogSettings, type LogTotals, readLog } from './logs/read-log.ts'
import { zoneOf } from './logs/time-zones.ts'
import type { TraceLoad } from './sections/load.ts'
import type { TraceLog } from './sections/trace-log.ts'
import { isoOf, LAST_INSTANT, LONGEST_MS } from './time-text.ts'
import type { Period, Trace, TraceProblem, TraceReading } from './trace.ts'
import { tracePath } from './trace-path.ts'
import type { Warning } from './warnings.ts'

/** Orders that a run can hold in memory. */
const MOST_ORDERS = 20_000_000
const MOST_FAULTS = 20

/** What `where` may ask of an order: what `import` writes into the columns of its trace. */
const asked = { buyer: 'account', flavour: 'flavour', zone: 'zone', product: 'product' } as const
type Asked = keyof typeof asked

/** A log as read, before segments take their part. */
interface ReadUses {
  readonly totals: LogTotals
  readonly at: number[]
  readonly lifetime: number[]
  readonly quantity: number[]
  readonly line: number[]
  readonly names: Readonly<Record<Asked, Names>>
}

/** A column of names by number, each as the log writes it and as a scenario calls it. */
class Names {
  readonly rows: number[] = []
  readonly said: string[] = []
  readonly ids: string[] = []
  readonly #known = new Map<string, number>()
  readonly #ids: Ids | null

  constructor(ids: Ids | null) {
    this.#ids = ids
  }

  add(name: string): number {
    let known = this.#known.get(name)
    if (known === undefined) {
      known = this.said.length
      this.#known.set(name, known)
      this.said.push(name)
      this.ids.push(this.#ids?.of(name) ?? name)
    }
    this.rows.push(known)
    return known
  }
}

/** The logs of a scenario. Segments that take parts of one log have it read once. */
export class LogTraces {
  readonly #scenarioPath: string
  readonly #utcOffset: number
  readonly #read = new Map<string, Promise<ReadUses | TraceProblem>>()

  /** `utcOffset`: of times without an offset, where the scenario names no other, ms. */
  constructor(scenarioPath: string, utcOffset: number) {
    this.#scenarioPath = scenarioPath
    this.#utcOffset = utcOffset
  }

  /** The part of a segment. */
  async read(load: TraceLoad, period: Period, sold: ReadonlySet<string> | undefined): Promise<TraceReading> {
    const { file, log, where } = load
    if (log === undefined) throw new Error('a trace without the format of a log')
    const raw = Object.fromEntries(Object.entries(where ?? {}).filter(([name]) => !isOfOrders(name, log)))
    const key = JSON.stringify([file, log, raw])
    let reading = this.#read.get(key)
    if (reading === undefined) {
      reading = this.#usesOf(file, log, raw)
      this.#read.set(key, reading)
    }
    const uses = await reading
    return 'words' in uses ? { problem: uses } : new Part(load, uses, period, sold).reading()
  }

  async #usesOf(
    file: string,
    log: TraceLog,
    where: Readonly<Record<string, readonly string[]>>,
  ): Promise<ReadUses | TraceProblem> {
    const paths: string[] = []
    for (const [index, each] of [file, ...(log.parts ?? [])].entries()) {
      const path = await tracePath(each, this.#scenarioPath)
      if (typeof path !== 'string')
        return { at: index === 0 ? ['file'] : ['import', 'parts', String(index - 1)], words: path }
      paths.push(path)
    }
    const [path, ...parts] = paths
    const names = {
      buyer: new Names(null),
      flavour: new Names(flavourIds()),
      zone: new Names(zoneIds()),
      product: new Names(productIds()),
    }
    const uses = { at: [] as number[], lifetime: [] as number[], quantity: [] as number[], line: [] as number[] }
    let at: keyof TraceLog = 'format'
    try {
      at = 'timeZone'
      const zone: CivilZone = log.timeZone === undefined ? this.#utcOffset : zoneOf(log.timeZone)
      at = 'format'
      const settings = await surveyed(settingsOf(path, parts, file, log, zone, where))
      const totals = await readLog(settings, {
        use(usage, copies) {
          if (uses.at.length + copies > MOST_ORDERS)
            throw new InputError(`more than ${MOST_ORDERS} orders`, 'take less with from and until, accounts or scale')
          for (let copy = 0; copy < copies; copy++) {
            uses.at.push(usage.at)
            // A use without an end is longer than any run.
            uses.lifetime.push(usage.lifetimeMs < 0 ? LONGEST_MS : Math.min(LONGEST_MS, usage.lifetimeMs))
            uses.quantity.push(usage.quantity)
            uses.line.push(usage.line)
            names.buyer.add(usage.account)
            names.flavour.add(usage.flavour)
            names.zone.add(usage.zone)
            names.product.add(usage.product)
          }
        },
        skipped: () => {},
      })
      return { ...uses, names, totals }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const { what, hint, where: place } = error
      return {
        at: ['import', at],
        words: { what, expected: `a log that can be read${place === undefined ? '' : ` (${place})`}`, hint },
      }
    }
  }
}

/** Whether `where` asks what an order says; a column that no role takes is asked of the rows. */
function isOfOrders(name: string, { format, map = {} }: TraceLog): name is Asked {
  const role = own(asked, name)
  return role !== undefined && (map[role] !== undefined || logFormats[format].columns[role] !== undefined)
}

/** What the command would be asked for. */
function settingsOf(
  path: string,
  parts: readonly string[],
  file: string,
  log: TraceLog,
  zone: CivilZone,
  where: Readonly<Record<string, readonly string[]>>,
): LogSettings {
  const { map = {}, header, delimiter, encoding, decimal, dates, unit, lifetimeUnit, origin, unitsPerServer } = log
  const { begins, mostBytes, strict, from, until, skip, scale, accounts, shift, pseudonyms, sampleSeed } = log
  return {
    ...{
      path,
      parts,
      file,
      map,
      header,
      delimiter,
      encoding,
      decimal,
      dates,
      unit,
      lifetimeUnit,
      origin,
      unitsPerServer,
    },
    ...{ begins, mostBytes, strict, zone },
    format: logFormats[log.format],
    utcOffset: typeof zone === 'number' ? zone : zone.standard,
    selection: {
      ...{ from, until, skip, where, scale, accounts },
      shiftMs: shift,
      pseudonyms: pseudonyms ? '' : undefined,
      seed: sampleSeed,
    },
  }
}

/** The orders of one segment. */
class Part {
  readonly #load: TraceLoad
  readonly #uses: ReadUses
  readonly #period: Period
  readonly #sold: ReadonlySet<string> | undefined
  readonly #faults: Fault[] = []

  constructor(load: TraceLoad, uses: ReadUses, period: Period, sold: ReadonlySet<string> | undefined) {
    this.#load = load
    this.#uses = uses
    this.#period = period
    this.#sold = sold
  }

  reading(): TraceReading {
    const { at, line } = this.#uses
    const { start, end } = this.#period
    const rows = this.#rows()
    const flavours = this.#load.columns.flavour === null ? null : this.#flavours(rows)
    let late = 0
    let last = 0
    for (const row of rows) {
      last = Math.max(last, at[row])
      if (at[row] >= end) late++
      if (at[row] < start)
        this.#fault(line[row], {
          what: `an order at ${isoOf(at[row])}, before the run`,
          expected: `orders from ${isoOf(start)} on`,
          hint: 'start the run earlier, or write from within import',
        })
    }
    if (rows.length === 0) this.#fault(1, this.#nothing())
    if (this.#faults.length > 0) return { faults: this.#faults }
    return { trace: this.#trace(rows, flavours), warnings: this.#warnings(rows, late, last) }
  }

  #nothing(): Words {
    const { totals } = this.#uses
    const [what, expected] =
      totals.written === 0
        ? [`no row of ${totals.rows} is a use that is taken: ${reasons(totals)}`, 'a log with uses']
        : ['no order is what `where` says', 'values that some order has']
    return { what, expected, hint: 'check format, map, where and the options of import' }
  }

  /** Rows whose names are those that `where` lists, as the log says them or as a scenario calls them. */
  #rows(): number[] {
    const { log, where } = this.#load
    const { at, names } = this.#uses
    const filters = Object.entries(where ?? {}).flatMap(([name, values]) => {
      if (log === undefined || !isOfOrders(name, log)) return []
      const { rows, said, ids } = names[name]
      const wanted = said.map((each, index) => values.includes(each) || values.includes(ids[index]))
      return [{ rows, wanted }]
    })
    const rows: number[] = []
    for (let row = 0; row < at.length; row++)
      if (filters.every((filter) => filter.wanted[filter.rows[row]])) rows.push(row)
    return rows
  }

  /** Flavours as the scenario calls them, by their number in the log; those that no row has are empty. */
  #flavours(rows: readonly number[]): readonly string[] {
    const { flavours } = this.#load
    const { names, line } = this.#uses
    const { said, ids, rows: numbers } = names.flavour
    const known: string[] = said.map(() => '')
    const judged = new Uint8Array(said.length)
    for (const row of rows) {
      const number = numbers[row]
      if (judged[number] === 1) continue
      judged[number] = 1
      const named = flavours === null ? ids[number] : (own(flavours, said[number]) ?? own(flavours, ids[number]))
      if (named !== undefined && (this.#sold === undefined || this.#sold.has(named))) {
        known[number] = named
        continue
      }
      const choices = flavours === null ? [...(this.#sold ?? [])] : Object.keys(flavours)
      this.#fault(line[row], {
        what:
          named === undefined
            ? `found the flavour ${shown(said[number])}`
            : `no pool of ${shown(named)} wherever the buyers of the trace live`,
        expected: `one of: ${choices.slice(0, 12).join(', ')}`,
        hint: 'add a pool of the flavour, name it in flavours, or leave it to buys: without: [flavour]',
      })
    }
    return known
  }

  #fault(line: number, { what, expected, hint }: Words): void {
    if (this.#faults.length >= MOST_FAULTS) return
    this.#faults.push({ ...this.#place(line), path: '', code: 'value', what, expected, hint })
  }

  #place(line: number) {
    return { file: this.#load.file, line, column: 1, length: 1, sourceLine: '' }
  }

  #warnings(rows: readonly number[], late: number, last: number): Warning[] {
    const { totals } = this.#uses
    const warnings: Warning[] = []
    const warn = (code: Warning['code'], what: string, hint: string) =>
      warnings.push({ ...this.#place(1), path: '', code, what, hint })
    if (totals.skipped.size > 0)
      warn(
        'trace-rows-skipped',
        `rows of the log that cannot be read are not placed: of ${totals.rows}, ${reasons(totals)}`,
        'marketsim import lists each of them in skipped.csv; strict: true makes them errors',
      )
    if (late > 0)
      warn(
        'trace-after-end',
        `${late} of ${rows.length} orders of the trace ${late === 1 ? 'is' : 'are'} at or after the end of the run, ${isoOf(this.#period.end)}, and ${late === 1 ? 'is' : 'are'} not placed`,
        `end the run after ${isoOf(Math.min(last, LAST_INSTANT))}, or write until within import`,
      )
    return warnings
  }

  #trace(rows: readonly number[], flavours: readonly string[] | null): Trace {
    const { at, lifetime, quantity, names, totals } = this.#uses
    const { columns } = this.#load
    const buyer = numbered(rows, (row) => names.buyer.said[names.buyer.rows[row]])
    const flavour = flavours === null ? null : numbered(rows, (row) => flavours[names.flavour.rows[row]])
    const order = rows.map((_, index) => index).sort((a, b) => at[rows[a]] - at[rows[b]] || a - b)
    const inOrder = (column: readonly number[]) => Float64Array.from(order, (index) => column[rows[index]])
    const trace = {
      at: inOrder(at),
      lifetime: columns.lifetime === null ? null : inOrder(lifetime),
      quantity: Int32Array.from(order, (index) => (columns.quantity === null ? 1 : quantity[rows[index]])),
      flavour: flavour === null ? null : Int32Array.from(order, (index) => flavour.rows[index]),
      flavours: flavour?.names ?? [],
      buyer: Int32Array.from(order, (index) => buyer.rows[index]),
      buyers: buyer.names,
    }
    return { ...trace, digest: digestOf(totals.digest, trace) }
  }
}

/** Names by first appearance, and the number of each row's. */
function numbered(rows: readonly number[], nameOf: (row: number) => string) {
  const known = new Map<string, number>()
  const numbers = rows.map((row) => {
    const name = nameOf(row)
    const number = known.get(name) ?? known.size
    known.set(name, number)
    return number
  })
  return { rows: numbers, names: [...known.keys()] }
}

const reasons = ({ skipped, leftOut }: LogTotals): string =>
  [...skipped, ...leftOut].map(([reason, rows]) => `${rows} ${reason}`).join(', ')

/** Of the log and of what was read of it, which also depends on when the clocks of a place change. */
function digestOf(log: string, { at, lifetime, quantity, flavour, flavours, buyer, buyers }: Omit<Trace, 'digest'>) {
  const hash = createHash('sha256').update(`${log}\n${JSON.stringify([flavours, buyers])}\n`)
  for (const column of [at, lifetime, quantity, flavour, buyer]) if (column !== null) hash.update(column)
  return hash.digest('hex')
}
