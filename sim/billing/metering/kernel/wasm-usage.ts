/** Metering usage records in WebAssembly. */
import { HOUR } from '#base/time.ts'
import { WholePrices } from '../../price/whole-prices.ts'
import { checkNumber, overdrawn } from './hour-kernel.ts'
import {
  checkUsage,
  noSuchResource,
  secondsWithin,
  type UsageBooks,
  type UsageCounts,
  type UsageInput,
  type UsageKernel,
  type UsageRecords,
} from './usage-kernel.ts'
import { WasmColumns, type WasmModule } from './wasm-columns.ts'

/** What `meterUsage` stops for, in the order of `kernel.c`. */
const [TABLE_FULL, PRICE_BEYOND_FLOAT] = [1, 2]

/** The words of `struct UsageJob` behind its two doubles. */
const jobWords = [
  ...['resource', 'from', 'to', 'resources', 'bands', 'bandsOfPlan', 'slots', 'mask', 'room'],
  ...['lineAccount', 'lineResource', 'lineAmount', 'owed', 'revenue'],
  ...['row', 'count', 'lines', 'accepted', 'duplicate', 'conflict', 'touched'],
] as const
type JobWord = (typeof jobWords)[number]
const JOB_DOUBLES = 2
const JOB_BYTES = JOB_DOUBLES * 8 + jobWords.length * 4
const wordOf = new Map<string, number>(jobWords.map((name, at) => [name, JOB_DOUBLES * 2 + at]))

const RESOURCE_WORDS = 4
/** Numbers of a band. */
const BAND_NUMBERS = 4
const SLOT_BYTES = 16
const FIRST_SLOTS = 64
/** As in HourKeys: fuller tables have too many collisions, emptier ones do not fit into the cache. */
const roomOf = (slots: number): number => Math.ceil(slots * 0.75)

type ColumnName = keyof UsageRecords | keyof UsageBooks

/** Keys of one hour, in the memory of the kernel. */
interface KeyTable {
  address: number
  slots: number
  room: number
}

export class WasmUsage implements UsageKernel {
  readonly #memory: WasmColumns
  readonly #sizes: Readonly<Record<'records' | 'accounts' | 'resources' | 'plans', number>>
  readonly #prices: readonly WholePrices[]
  readonly #rounding: UsageInput['rounding']
  readonly #lateWindow: number
  readonly #at: Readonly<Record<ColumnName, number>>
  readonly #job: number
  readonly #settleBooks: number
  readonly #hours = new Map<number, KeyTable>()
  /** Tables of hours that are over, and blocks that became too small, by their slots. */
  readonly #spare = new Map<number, number[]>()
  #latestSlots = FIRST_SLOTS
  #late = 0
  #records: UsageRecords | undefined
  #books: UsageBooks | undefined
  #buffer: ArrayBuffer | undefined

  constructor(module: WasmModule, input: UsageInput) {
    checkUsage(input)
    const { records, accounts, plans } = input
    const memory = new WasmColumns(module)
    const [ints, doubles] = [4, 8].map((width) => (count: number) => memory.place(count * width))
    this.#memory = memory
    this.#sizes = { records, accounts, resources: input.account.length, plans: plans.length }
    this.#prices = plans.map((plan) => new WholePrices(plan))
    this.#rounding = input.rounding
    this.#lateWindow = input.lateWindow
    this.#at = {
      ...{ resource: ints(records), from: ints(records), to: ints(records) },
      ...{ lineAccount: ints(records), lineResource: ints(records), lineAmount: doubles(records) },
      ...{ owed: doubles(accounts), balance: doubles(accounts), charges: doubles(accounts) },
      ...{ arrearsSince: doubles(accounts), revenue: doubles(plans.length) },
    }
    const resources = ints(RESOURCE_WORDS * input.account.length)
    const tables = this.#prices.map((prices) => prices.bands())
    const most = Math.max(0, ...tables.map(({ length }) => length))
    const bands = doubles(most * tables.length)
    this.#settleBooks = ints(4)
    this.#job = memory.place(JOB_BYTES)
    this.#fillResources(resources, input)
    tables.forEach((table, plan) => {
      const column = new Float64Array(memory.buffer, bands + plan * most * 8, most)
      column.fill(Number.POSITIVE_INFINITY).set(table)
    })
    const { balance, charges, arrearsSince, ...columns } = this.#at
    new Uint32Array(memory.buffer, this.#settleBooks, 4).set([columns.owed, balance, charges, arrearsSince])
    this.#writeJob({ ...columns, resources, bands, bandsOfPlan: most / BAND_NUMBERS })
    new Float64Array(memory.buffer, this.#job, JOB_DOUBLES)[1] = input.rounding === 'half-up' ? 50 : 0
  }

  get records(): UsageRecords {
    this.#view()
    return this.#records as UsageRecords
  }

  get books(): UsageBooks {
    this.#view()
    return this.#books as UsageBooks
  }

  get counts(): UsageCounts {
    const { accepted, duplicate, conflict } = this.#readJob('accepted', 'duplicate', 'conflict')
    return { accepted, duplicate, conflict, late: this.#late }
  }

  meter(hour: number, count: number, arrivedAt: number): number {
    checkNumber('count', count, this.#sizes.records + 1)
    const { call } = this.#memory
    const stranger = call.firstBeyond(this.#at.resource, count, this.#sizes.resources)
    if (stranger >= 0) throw noSuchResource(stranger, this.records.resource[stranger])
    if (this.#isLate(hour, arrivedAt)) return this.#countLate(hour, count)
    const keys = this.#open(hour)
    new Float64Array(this.#memory.buffer, this.#job, 1)[0] = hour
    this.#writeJob({ row: 0, count, lines: 0 })
    for (;;) {
      this.#writeJob({ slots: keys.address, mask: keys.slots - 1, room: keys.room })
      const stop = call.meterUsage(this.#job)
      keys.room = this.#readJob('room').room
      if (stop === TABLE_FULL) this.#enlarge(keys)
      else if (stop === PRICE_BEYOND_FLOAT) this.#priceExactly()
      else return this.#readJob('lines').lines
    }
  }

  settle(now: number, topUp: number): void {
    const account = this.#memory.call.settleUsage(this.#settleBooks, this.#sizes.accounts, now, topUp)
    if (account >= 0) throw overdrawn(account)
  }

  forgetBefore(now: number): void {
    for (const [hour, { address, slots }] of this.#hours) {
      if (!this.#isLate(hour, now)) continue
      this.#hours.delete(hour)
      this.#release(address, slots)
    }
  }

  #isLate(hour: number, arrivedAt: number): boolean {
    return arrivedAt > hour + HOUR + this.#lateWindow
  }

  #countLate(hour: number, count: number): number {
    const { from, to } = this.records
    for (let row = 0; row < count; row++) if (secondsWithin(hour, from[row], to[row]) > 0) this.#late++
    return 0
  }

  /** The keys of an hour, which holds about as many records as the one before it. */
  #open(hour: number): KeyTable {
    const known = this.#hours.get(hour)
    const keys = known ?? this.#emptyTable(this.#latestSlots)
    if (known === undefined) this.#hours.set(hour, keys)
    this.#latestSlots = keys.slots
    return keys
  }

  #emptyTable(slots: number): KeyTable {
    const address = this.#spare.get(slots)?.pop() ?? this.#memory.place(slots * SLOT_BYTES)
    new Int32Array(this.#memory.buffer, address, slots * 4).fill(-1)
    return { address, slots, room: roomOf(slots) }
  }

  #release(address: number, slots: number): void {
    const blocks = this.#spare.get(slots)
    if (blocks === undefined) this.#spare.set(slots, [address])
    else blocks.push(address)
  }

  #enlarge(keys: KeyTable): void {
    const larger = this.#emptyTable(keys.slots * 2)
    this.#memory.call.moveKeys(keys.address, keys.slots, larger.address, larger.slots - 1)
    this.#release(keys.address, keys.slots)
    Object.assign(keys, larger, { room: larger.room - roomOf(keys.slots) })
    this.#latestSlots = keys.slots
  }

  /** The line that float64 may not hold at every step. */
  #priceExactly(): void {
    const { lines } = this.#readJob('lines')
    const { lineAccount, lineResource, lineAmount, owed, revenue } = this.books
    const resources = this.#readJob('resources').resources + lineResource[lines] * RESOURCE_WORDS * 4
    const plan = new Int32Array(this.#memory.buffer, resources, RESOURCE_WORDS)[2]
    const amount = this.#prices[plan].price(lineAmount[lines], this.#rounding)
    lineAmount[lines] = amount
    owed[lineAccount[lines]] += amount
    revenue[plan] += amount
    this.#writeJob({ lines: lines + 1 })
  }

  #fillResources(address: number, { account, units, product }: UsageInput): void {
    const words = new Int32Array(this.#memory.buffer, address, account.length * RESOURCE_WORDS)
    for (let resource = 0; resource < account.length; resource++) {
      words[resource * RESOURCE_WORDS] = account[resource]
      words[resource * RESOURCE_WORDS + 1] = units[resource]
      words[resource * RESOURCE_WORDS + 2] = product[resource]
    }
  }

  #writeJob(values: Partial<Record<JobWord, number>>): void {
    const words = new Uint32Array(this.#memory.buffer, this.#job, JOB_BYTES / 4)
    for (const [name, value] of Object.entries(values)) words[wordOf.get(name) as number] = value
  }

  #readJob<Name extends JobWord>(...names: Name[]): Record<Name, number> {
    const words = new Uint32Array(this.#memory.buffer, this.#job, JOB_BYTES / 4)
    return Object.fromEntries(names.map((name) => [name, words[wordOf.get(name) as number]])) as Record<Name, number>
  }

  /** Columns over today's memory. */
  #view(): void {
    const { buffer } = this.#memory
    if (buffer === this.#buffer) return
    const { records, accounts, plans } = this.#sizes
    const ints = (name: ColumnName) => new Int32Array(buffer, this.#at[name], records)
    const doubles = (name: ColumnName, count: number) => new Float64Array(buffer, this.#at[name], count)
    this.#buffer = buffer
    this.#records = { resource: ints('resource'), from: ints('from'), to: ints('to') }
    this.#books = {
      lineAccount: ints('lineAccount'),
      lineResource: ints('lineResource'),
      lineAmount: doubles('lineAmount', records),
      owed: doubles('owed', accounts),
      balance: doubles('balance', accounts),
      charges: doubles('charges', accounts),
      arrearsSince: doubles('arrearsSince', accounts),
      revenue: doubles('revenue', plans),
    }
  }
}
