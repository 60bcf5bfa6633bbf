/** The use of a run under both sides: each hour with the bill that has it. */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { hourLine, type MeteredItem } from '#sim/billing/metering/hour-charge.ts'
import { FINAL_AFTER } from '#sim/market/invoices/closed-months.ts'
import { chargedHour } from '../charged-hours.ts'
import { policiesOf } from '../explain/premises.ts'
import type { RunRecord } from '../record.ts'
import { HourlyPrices } from './hourly-prices.ts'

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
      const isCorrection = words.get(outcome) === 'correction'
      if (words.get(outcome) !== 'accepted' && !isCorrection) continue
      const closing = startOfMonth(monthOf(regular - 1, utcOffset) + 1, utcOffset) + FINAL_AFTER
      const isLater = isCorrection || Number(at) >= closing
      const month = isLater ? monthOf(Math.min(Number(at), end - 1), utcOffset) : monthAt(Number(hour))
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

/**
 * Hands over every hour that was charged. `unexplained` counts hours whose recorded amount is not what their price makes.
 */
export function eachUse(
  old: RunRecord,
  now: RunRecord,
  take: (hours: UsedHours) => void,
): { readonly unexplained: number } {
  const { meta } = old
  const policies = { old: policiesOf(old), new: policiesOf(now) }
  const words = new Map(
    old.rows<{ id: bigint; word: string }>('SELECT id, word FROM words').map(({ id, word }) => [Number(id), word]),
  )
  const flavours = namesOf(old, 'SELECT id, flavour AS name FROM pools')
  const products = namesOf(old, 'SELECT id, product AS name FROM goods')
  const prices = new HourlyPrices(old, now)
  const lag = policies.old['settlement.lag']
  const monthAt = (hour: number) =>
    monthOf(Math.min(chargedHour(hour, meta) + HOUR + lag, meta.end - 1), meta.utcOffset)
  const late = new LateHours(old, monthAt)
  let unexplained = 0
  const used: UsedHours = { account: 0, month: 0, item: '', product: '', rule: '', hours: 0, old: 0n, new: 0n }
  for (const row of old.cursor(spansSql).rows) {
    const [instance, account, itemId, priced, first, hours, seconds] = row.map(Number)
    const [recorded, amount, rule] = row.slice(7) as bigint[]
    const item = words.get(itemId) ?? ''
    used.account = account
    used.item = item
    used.product = (item === 'image' ? products : flavours).get(priced) ?? ''
    used.rule = words.get(Number(rule)) ?? ''
    used.old = amount
    if (amountOf(item, recorded, seconds, policies.old) !== used.old) unexplained += hours
    const moved = late.of(instance, itemId, priced)
    const isOne = prices.isConstant(item, priced)
    const lastHour = first + (hours - 1) * HOUR
    if (isOne && moved === undefined && monthAt(first) === monthAt(lastHour)) {
      const other = prices.other(item, priced, first, recorded)
      if (other === undefined) unexplained += hours
      used.month = monthAt(first)
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
      used.month = month ?? monthAt(hour)
      used.new = amountOf(item, other ?? recorded, seconds, policies.new)
      take(used)
    }
  }
  return { unexplained }
}

const namesOf = (record: RunRecord, sql: string): ReadonlyMap<number, string> =>
  new Map(record.rows<{ id: bigint; name: string }>(sql).map(({ id, name }) => [Number(id), name]))

const amountOf = (item: string, hourly: bigint, seconds: number, policies: Policies): bigint =>
  hourLine(item as MeteredItem, hourly, seconds, policies).amount
