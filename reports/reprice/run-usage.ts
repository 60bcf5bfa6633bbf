/** The use of a run under both sides: each hour with the bill that has it. */
import { monthOf } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { hourLine, type MeteredItem } from '#sim/billing/metering/hour-charge.ts'
import { chargedHour } from '../charged-hours.ts'
import { policiesOf } from '../explain/premises.ts'
import type { RunRecord } from '../record.ts'
import { HourlyPrices, hourlyAt } from './hourly-prices.ts'
import { type HourAgain, isBySecond, ServersAgain } from './metered-again.ts'
import { meteringPolicies } from './settings.ts'

/** Equal hours of one resource on one bill. Read it while it is handed over. */
export interface UsedHours {
  account: number
  month: number
  item: string
  product: string
  rule: string
  hours: number
  /** Of each hour, whole 1e-8. */
  old: bigint
  new: bigint
}

const spansSql = `
SELECT s.instance_id, s.account, s.item, s.priced, s.first_hour, s.hours, s.seconds, s.unit_price, s.amount, s.rule FROM usage_spans s`

/** Records that came late: which hours were never charged, and which are on another bill than that of their month (U-09, I-04). */
class LateHours {
  readonly #months = new Map<string, Map<number, number | null>>()

  constructor(record: RunRecord, monthAt: (hour: number) => number) {
    const { utcOffset, end } = record.meta
    const words = new Map(
      record.rows<{ id: bigint; word: string }>('SELECT id, word FROM words').map(({ id, word }) => [id, word]),
    )
    const lag = policiesOf(record)['settlement.lag']
    const rows = record.rows<Readonly<Record<'instance' | 'item' | 'priced' | 'hour' | 'at' | 'outcome', bigint>>>(
      'SELECT instance_id AS instance, item, priced, hour, at, outcome FROM usage_faults ORDER BY rowid',
    )
    for (const { instance, item, priced, hour, at, outcome } of rows) {
      const charged = chargedHour(Number(hour), record.meta)
      const regular = Math.min(charged + HOUR + lag, end)
      // I-04: a correction is on the bill of the month in which it was drawn, at the settlement after its record came.
      if (words.get(outcome) !== 'correction') continue
      const drawn = regular + Math.max(0, Math.ceil((Number(at) - regular) / HOUR)) * HOUR
      const month = monthOf(Math.min(drawn, end - 1), utcOffset)
      if (month !== monthAt(Number(hour))) this.#put(instance, item, priced, hour, month)
    }
    const rejected = record.rows<Readonly<Record<'instance' | 'item' | 'priced' | 'hour', bigint>>>(
      'SELECT instance_id AS instance, item, priced, hour FROM usage_rejected',
    )
    for (const { instance, item, priced, hour } of rejected) this.#put(instance, item, priced, hour, null)
  }

  #put(instance: bigint, item: bigint, priced: bigint, hour: bigint, month: number | null): void {
    const key = `${instance} ${item} ${priced}`
    const hours = this.#months.get(key) ?? new Map<number, number | null>()
    hours.set(Number(hour), month)
    this.#months.set(key, hours)
  }

  /** Hours of one resource that are not on the bill of their month; null: on none. */
  of(instance: number, item: number, priced: number): ReadonlyMap<number, number | null> | undefined {
    return this.#months.get(`${instance} ${item} ${priced}`)
  }
}

/** What both ways of pricing the use of a run read. */
class Sources {
  readonly old: RunRecord
  readonly now: RunRecord
  readonly policies: Readonly<Record<'old' | 'new', Policies>>
  readonly words: ReadonlyMap<number, string>
  readonly prices: HourlyPrices
  readonly late: LateHours
  readonly #flavours: ReadonlyMap<number, string>
  readonly #products: ReadonlyMap<number, string>

  constructor(old: RunRecord, now: RunRecord) {
    this.old = old
    this.now = now
    this.policies = { old: policiesOf(old), new: policiesOf(now) }
    this.words = new Map(
      old.rows<{ id: bigint; word: string }>('SELECT id, word FROM words').map(({ id, word }) => [Number(id), word]),
    )
    this.#flavours = namesOf(old, 'SELECT id, flavour AS name FROM pools')
    this.#products = namesOf(old, 'SELECT id, product AS name FROM goods')
    this.prices = new HourlyPrices(old, now)
    this.late = new LateHours(old, (hour) => this.monthAt(hour))
  }

  word(id: number): string {
    return this.words.get(id) ?? ''
  }

  nameOf(item: string, priced: number): string {
    return (item === 'image' ? this.#products : this.#flavours).get(priced) ?? ''
  }

  /** The month of the bill that has an hour of use. */
  monthAt(hour: number): number {
    const { meta } = this.old
    const lag = this.policies.old['settlement.lag']
    return monthOf(Math.min(chargedHour(hour, meta) + HOUR + lag, meta.end - 1), meta.utcOffset)
  }
}

/**
 * Hands over every hour that was charged. `unexplained` counts hours whose recorded amount is not what their price makes, or that
 * metering again does not find.
 */
export function eachUse(
  old: RunRecord,
  now: RunRecord,
  take: (hours: UsedHours) => void,
): { readonly unexplained: number } {
  const sources = new Sources(old, now)
  const { policies } = sources
  const isOther = meteringPolicies.some((key) => policies.old[key] !== policies.new[key])
  return isOther ? eachUseAgain(sources, take) : eachUseAsMetered(sources, take)
}

const nothing = (): UsedHours => ({
  ...{ account: 0, month: 0, item: '', product: '', rule: '', hours: 0 },
  ...{ old: 0n, new: 0n },
})

function eachUseAsMetered(sources: Sources, take: (hours: UsedHours) => void): { readonly unexplained: number } {
  const { old, policies, prices, late } = sources
  let unexplained = 0
  const used = nothing()
  for (const row of old.cursor(spansSql).rows) {
    const [instance, account, itemId, priced, first, hours, seconds] = row.map(Number)
    const [recorded, amount, rule] = row.slice(7) as bigint[]
    const item = sources.word(itemId)
    used.account = account
    used.item = item
    used.product = sources.nameOf(item, priced)
    used.rule = sources.word(Number(rule))
    used.old = amount
    if (amountOf(item, recorded, seconds, policies.old) !== used.old) unexplained += hours
    const moved = late.of(instance, itemId, priced)
    const isOne = prices.isConstant(item, priced)
    const lastHour = first + (hours - 1) * HOUR
    if (isOne && moved === undefined && sources.monthAt(first) === sources.monthAt(lastHour)) {
      const other = prices.other(item, priced, first, recorded)
      if (other === undefined) unexplained += hours
      used.month = sources.monthAt(first)
      used.hours = hours
      used.new = amountOf(item, other ?? recorded, seconds, policies.new)
      take(used)
      continue
    }
    used.hours = 1
    for (let hour = first; hour <= lastHour; hour += HOUR) {
      const month = moved?.get(hour)
      if (month === null) continue
      const other = prices.other(item, priced, hour, recorded)
      if (other === undefined) unexplained++
      used.month = month ?? sources.monthAt(hour)
      used.new = amountOf(item, other ?? recorded, seconds, policies.new)
      take(used)
    }
  }
  return { unexplained }
}

/** An hour that the record has. */
interface RecordedHour {
  readonly itemId: number
  readonly item: string
  readonly priced: number
  readonly hour: number
  readonly seconds: number
  readonly hourly: bigint
  readonly amount: bigint
  readonly rule: string
}

/** The recorded hours of one server after the other, in the order of their numbers; asked in that order. */
class RecordedHours {
  readonly #sources: Sources
  readonly #rows: Iterator<readonly unknown[]>
  #row: readonly unknown[] | undefined

  constructor(sources: Sources) {
    this.#sources = sources
    this.#rows = sources.old.cursor(`${spansSql} ORDER BY s.instance_id, s.rowid`).rows
    this.#row = this.#next()
  }

  #next(): readonly unknown[] | undefined {
    const { value, done } = this.#rows.next()
    return done === true ? undefined : value
  }

  of(instance: number): RecordedHour[] {
    const found: RecordedHour[] = []
    for (; this.#row !== undefined && Number(this.#row[0]) <= instance; this.#row = this.#next()) {
      const [, , itemId, priced, first, hours, seconds] = this.#row.map(Number)
      const [hourly, amount, rule] = this.#row.slice(7) as bigint[]
      const item = this.#sources.word(itemId)
      for (let index = 0; index < hours; index++)
        found.push({
          ...{ itemId, item, priced, hour: first + index * HOUR, seconds, hourly, amount },
          rule: this.#sources.word(Number(rule)),
        })
    }
    return found
  }
}

const keyOf = ({ item, priced, hour }: Pick<HourAgain, 'item' | 'priced' | 'hour'>): string =>
  `${item} ${priced} ${hour}`

const ruleOf = (item: string): string => (item === 'ecs' ? 'U-01' : item === 'image' ? 'U-02' : 'E-09')

/** Use under other rules of metering: the hours of the run have to be those that its own rules make of what servers did. */
function eachUseAgain(sources: Sources, take: (hours: UsedHours) => void): { readonly unexplained: number } {
  const { old, policies } = sources
  let unexplained = 0
  const used = { ...nothing(), hours: 1 }
  const recordedHours = new RecordedHours(sources)
  for (const { id, account, pool, hours } of new ServersAgain(old).servers([policies.old, policies.new])) {
    const [own, others] = hours
    const recorded = Map.groupBy(recordedHours.of(id), keyOf)
    for (const hour of own) {
      const same = (recorded.get(keyOf(hour)) ?? []).some(
        // Of a started hour the record has the whole hour.
        ({ seconds }) => !isBySecond(hour.item, policies.old) || seconds === hour.seconds,
      )
      if (!same) unexplained++
    }
    const count = [...recorded.values()].reduce((sum, all) => sum + all.length, 0)
    unexplained += Math.max(0, count - own.length)
    const made = Map.groupBy(others, keyOf)
    for (const key of new Set([...recorded.keys(), ...made.keys()])) {
      const [before, after] = [recorded.get(key) ?? [], made.get(key) ?? []]
      for (let index = 0; index < Math.max(before.length, after.length); index++) {
        const [was, is] = [before[index], after[index]]
        const { item, priced, hour } = was ?? is
        const month = was === undefined ? undefined : sources.late.of(id, was.itemId, priced)?.get(hour)
        if (month === null) continue
        if (was !== undefined && amountOf(item, was.hourly, was.seconds, policies.old) !== was.amount) unexplained++
        const hourly = is === undefined ? 0n : priceAgain(sources, is, was, pool)
        if (hourly === undefined) unexplained++
        Object.assign(used, { account, item, product: sources.nameOf(item, priced), rule: was?.rule ?? ruleOf(item) })
        used.month = month ?? sources.monthAt(hour)
        used.old = was?.amount ?? 0n
        used.new = is === undefined || hourly === undefined ? 0n : amountOf(item, hourly, is.seconds, policies.new)
        take(used)
      }
    }
  }
  return { unexplained }
}

/** U-07: the price of an hour of the new side; undefined where only the record had it, and has not this hour. */
function priceAgain(
  { now, policies, prices }: Sources,
  hour: HourAgain,
  was: RecordedHour | undefined,
  pool: number,
): bigint | undefined {
  const { item, priced } = hour
  const isLast = item === 'image' && policies.new['image.priceAt'] === 'last'
  const listed = () => hourlyAt(now, item, BigInt(priced), isLast ? hour.useEnd - 1 : hour.firstUse)
  if (item === 'image') return listed()
  if (was !== undefined) return prices.other(item, priced, hour.hour, was.hourly)
  return prices.hasDiscounts(pool) ? undefined : listed()
}

const namesOf = (record: RunRecord, sql: string): ReadonlyMap<number, string> =>
  new Map(record.rows<{ id: bigint; name: string }>(sql).map(({ id, name }) => [Number(id), name]))

const amountOf = (item: string, hourly: bigint, seconds: number, policies: Policies): bigint =>
  hourLine(item as MeteredItem, hourly, seconds, policies).amount
