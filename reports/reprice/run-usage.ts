/** The use of a run under both sides: each hour with the bill that has it. */
import { monthOf } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { billFinalAt } from '#sim/billing/final-bill.ts'
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

/** The month of the bill that has an hour, by either side; null: on none. */
export interface Months {
  readonly old: number | null
  readonly new: number | null
}

interface Arrival {
  readonly at: number
  readonly isCopy: boolean
}

/** When an hour of use is drawn in time, and the bill that has it then. */
interface Regular {
  readonly drawn: number
  readonly month: number
}

/** Records that came late: hours that were or are never charged, or are on another bill than that of their month (U-09, I-04). */
class LateHours {
  readonly #months = new Map<string, Map<number, Months>>()
  readonly #meta: RunRecord['meta']

  constructor(
    record: RunRecord,
    policies: Readonly<Record<'old' | 'new', Policies>>,
    regularOf: (hour: number) => Regular,
  ) {
    this.#meta = record.meta
    const arrivals = new Map<string, Map<number, Arrival[]>>()
    const sql = 'SELECT instance_id, item, priced, hour, at, copy FROM usage_faults ORDER BY rowid'
    for (const row of record.cursor(sql).rows) {
      const [instance, item, priced, hour, at, copy] = row.map(Number)
      const key = keyOfResource(instance, item, priced)
      const hours = arrivals.get(key) ?? new Map<number, Arrival[]>()
      arrivals.set(key, hours)
      const others = hours.get(hour)
      if (others === undefined) hours.set(hour, [{ at, isCopy: copy === 1 }])
      else others.push({ at, isCopy: copy === 1 })
    }
    for (const [key, hours] of arrivals)
      for (const [hour, all] of hours) {
        // Without the original among them it came in time, and copies change nothing.
        if (all.every(({ isCopy }) => isCopy)) continue
        const regular = regularOf(hour)
        const months = {
          old: this.#monthOf(hour, all, regular, policies.old),
          new: this.#monthOf(hour, all, regular, policies.new),
        }
        if (months.old !== regular.month || months.new !== regular.month) this.#put(key, hour, months)
      }
  }

  /** The first record within the window is taken; else, by `usage.late: next-bill`, the first of all (U-09). */
  #monthOf(hour: number, arrivals: readonly Arrival[], regular: Regular, policies: Policies): number | null {
    const inTime = arrivals.find(({ at }) => at <= hour + HOUR + policies['usage.lateWindow'])
    if (inTime === undefined && policies['usage.late'] === 'reject') return null
    const { utcOffset, end } = this.#meta
    // It is drawn at the next settlement.
    const late = Math.max(0, (inTime ?? arrivals[0]).at - regular.drawn)
    const drawn = Math.min(end, regular.drawn + Math.ceil(late / HOUR) * HOUR)
    const final = billFinalAt(Math.min(regular.drawn, end - 1), utcOffset)
    const isBilled = final <= drawn && final < end
    return inTime === undefined || isBilled ? monthOf(Math.min(drawn, end - 1), utcOffset) : regular.month
  }

  #put(key: string, hour: number, months: Months): void {
    const hours = this.#months.get(key) ?? new Map<number, Months>()
    hours.set(hour, months)
    this.#months.set(key, hours)
  }

  /** Hours of one resource that are not on the bill of their month, by one of the sides. */
  of(instance: number, item: number, priced: number): ReadonlyMap<number, Months> | undefined {
    return this.#months.get(keyOfResource(instance, item, priced))
  }
}

const keyOfResource = (instance: number, item: number, priced: number): string => `${instance} ${item} ${priced}`

/** Hands over hours, where the sides have them on bills of different months in two parts. */
function takeIn({ old, new: now }: Months, used: UsedHours, take: (hours: UsedHours) => void): void {
  const [before, after] = [used.old, used.new]
  if (old === now) {
    if (old === null) return
    used.month = old
    take(used)
    return
  }
  for (const [month, amounts] of [
    [old, { old: before, new: 0n }],
    [now, { old: 0n, new: after }],
  ] as const)
    if (month !== null) take(Object.assign(used, { month }, amounts))
}

/** What all ways of pricing the use of a run read. */
export class Sources {
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
    this.late = new LateHours(old, this.policies, (hour) => this.#regular(hour))
  }

  word(id: number): string {
    return this.words.get(id) ?? ''
  }

  nameOf(item: string, priced: number): string {
    return (item === 'image' ? this.#products : this.#flavours).get(priced) ?? ''
  }

  /** The month of the bill that has an hour of use whose record came in time. */
  monthAt(hour: number): number {
    return this.#regular(hour).month
  }

  monthsAt(hour: number): Months {
    const { month } = this.#regular(hour)
    return { old: month, new: month }
  }

  #regular(hour: number): Regular {
    const { meta } = this.old
    const drawn = chargedHour(hour, meta) + HOUR + this.policies.old['settlement.lag']
    return { drawn: Math.min(drawn, meta.end), month: monthOf(Math.min(drawn, meta.end - 1), meta.utcOffset) }
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
      const other = prices.other(item, priced, hour, recorded)
      if (other === undefined) unexplained++
      used.old = amount
      used.new = amountOf(item, other ?? recorded, seconds, policies.new)
      takeIn(moved?.get(hour) ?? sources.monthsAt(hour), used, take)
    }
  }
  return { unexplained }
}

/** An hour that the record has. */
export interface RecordedHour {
  readonly instance: number
  readonly itemId: number
  readonly item: string
  readonly priced: number
  readonly hour: number
  readonly seconds: number
  readonly hourly: bigint
  readonly amount: bigint
  readonly rule: string
}

/** The recorded hours of a server. */
export interface RecordedServer {
  readonly id: number
  readonly account: number
  readonly hours: readonly RecordedHour[]
}

/** The recorded hours of one server after the other, in the order of their numbers; asked in that order. */
export class RecordedHours {
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

  /** Every server with hours up to a number. */
  *upTo(instance: number): Generator<RecordedServer> {
    while (this.#row !== undefined && Number(this.#row[0]) <= instance) {
      const [id, account] = this.#row.map(Number)
      const hours: RecordedHour[] = []
      for (; this.#row !== undefined && Number(this.#row[0]) === id; this.#row = this.#next()) {
        const [, , itemId, priced, first, count, seconds] = this.#row.map(Number)
        const [hourly, amount, rule] = this.#row.slice(7) as bigint[]
        const item = this.#sources.word(itemId)
        for (let index = 0; index < count; index++)
          hours.push({
            ...{ instance: id, itemId, item, priced, hour: first + index * HOUR, seconds, hourly, amount },
            rule: this.#sources.word(Number(rule)),
          })
      }
      yield { id, account, hours }
    }
  }

  of(instance: number): readonly RecordedHour[] {
    return [...this.upTo(instance)].flatMap(({ hours }) => hours)
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
        const months = was === undefined ? undefined : sources.late.of(id, was.itemId, priced)?.get(hour)
        if (was !== undefined && amountOf(item, was.hourly, was.seconds, policies.old) !== was.amount) unexplained++
        const hourly = is === undefined ? 0n : priceAgain(sources, is, was, pool)
        if (hourly === undefined) unexplained++
        Object.assign(used, { account, item, product: sources.nameOf(item, priced), rule: was?.rule ?? ruleOf(item) })
        used.old = was?.amount ?? 0n
        used.new = is === undefined || hourly === undefined ? 0n : amountOf(item, hourly, is.seconds, policies.new)
        takeIn(months ?? sources.monthsAt(hour), used, take)
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
