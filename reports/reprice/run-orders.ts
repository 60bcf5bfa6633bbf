/** The paid orders of a run, and what was refunded of them, under both sides. */
import { BillingError } from '#base/billing-error.ts'
import { monthOf } from '#base/civil-time.ts'
import { least } from '#base/money.ts'
import type { Line } from '#sim/billing/line.ts'
import { isRefusal } from '#sim/billing/line.ts'
import { paidBack } from '#sim/billing/minor-units.ts'
import { refund } from '#sim/billing/refund.ts'
import { withTax } from '#sim/billing/tax.ts'
import { changeLine } from '../explain/change-lines.ts'
import { FactReader, type FactRow } from '../explain/fact-reader.ts'
import { legsOf } from '../explain/money-moments.ts'
import { paidLines, pricedAt, taxPercentOf, untaxedOf } from '../explain/order-lines.ts'
import { policiesAt } from '../explain/premises.ts'
import { periodLine } from '../explain/term-lines.ts'
import { chargedOrders, type OrderLine } from '../exports/order-charges.ts'
import type { RunRecord } from '../record.ts'
import { matchedPlans } from './matched-plans.ts'
import type { Side } from './price-difference.ts'

export interface RepricedLine {
  readonly kind: string
  readonly product: string
  /** The rule that makes the amount of each side. */
  readonly rules: Readonly<Record<Side, string>>
  /** Whole 1e-8. */
  readonly old: bigint
  readonly new: bigint
}

/** A paid order, or what was refunded of one (its amounts are below 0). */
export interface RepricedOrder {
  readonly account: string
  readonly month: number
  readonly lines: readonly RepricedLine[]
}

/** An amount on both sides, whole 1e-8. */
type Both = Readonly<Record<Side, bigint>>

/** What is left of what an order cost and costs, tax in it: what of it is refunded is taken out, in the order of the refunds. */
class Paid {
  /** Its image, its servers, and its tax: each is divided by itself where single servers are refunded (E-05, E-10). */
  #parts: readonly Both[]
  #servers: number

  constructor(lines: readonly RepricedLine[], servers: number) {
    const sum = (isOf: (kind: string) => boolean): Both => sumOf(lines.filter(({ kind }) => isOf(kind)))
    this.#parts = [
      sum((kind) => kind !== 'ecs' && kind !== 'tax'),
      sum((kind) => kind === 'ecs'),
      sum((kind) => kind === 'tax'),
    ]
    this.#servers = servers
  }

  /** The part of some of its servers, truncated. */
  takeServers(servers: number): Both {
    const of = this.#servers
    if (servers > of || of === 0) throw new NotPriced('more servers of it were refunded than it has')
    const part = (amount: bigint): bigint => (amount * BigInt(servers)) / BigInt(of)
    const taken = this.#parts.map((each) => ({ old: part(each.old), new: part(each.new) }))
    this.#parts = this.#parts.map((each, index) => ({
      old: each.old - taken[index].old,
      new: each.new - taken[index].new,
    }))
    this.#servers -= servers
    return sumOf(taken)
  }

  /** All that is left. */
  takeRest(): Both {
    const rest = sumOf(this.#parts)
    this.#parts = []
    return rest
  }
}

const sumOf = (amounts: readonly Both[]): Both => ({
  old: amounts.reduce((sum, each) => sum + each.old, 0n),
  new: amounts.reduce((sum, each) => sum + each.new, 0n),
})

/** An order that cannot be priced again, and why. */
export interface Unpriced {
  readonly order: bigint
  readonly why: string
}

/** Orders have quantities in whole 1e-8. */
const QUANTITY = 100_000_000n

class NotPriced extends Error {}

const both = (rule: string): Record<Side, string> => ({ old: rule, new: rule })

/** The line of a price by a reader's prices and rules, its plans matched again or as recorded; undefined where only the record knows how it came about. */
function lineBy(reader: FactReader, order: FactRow, line: FactRow, isMatchedAgain = false): Line | undefined {
  try {
    const plans = isMatchedAgain ? matchedPlans(reader, order) : undefined
    return changeLine(reader, order, {}, undefined, plans) ?? periodLine(reader, order, line)
  } catch (error) {
    if (error instanceof BillingError) return undefined
    throw error
  }
}

export class RunOrders {
  readonly unpriced: Unpriced[] = []
  readonly #old: FactReader
  readonly #now: FactReader
  readonly #record: RunRecord
  /** Of orders of which something was refunded. */
  readonly #paid = new Map<bigint, Paid>()

  constructor(old: RunRecord, now: RunRecord) {
    this.#record = old
    // Many orders are asked for: their facts are found on the disk, and not held.
    this.#old = new FactReader(old, { lasts: true })
    this.#now = new FactReader(now, { lasts: true })
  }

  /** Every paid order, by the time of its payment. */
  *orders(): Generator<RepricedOrder> {
    const refunded = new Set(
      this.#record
        .rows<{ id: bigint }>(
          `SELECT DISTINCT order_id AS id FROM transactions WHERE kind = (SELECT id FROM words WHERE word = 'refund')`,
        )
        .map(({ id }) => id),
    )
    for (const order of chargedOrders(this.#record)) {
      const [facts] = this.#old.facts('orders', 'id = ?', order.id)
      try {
        const lines = this.#linesOf(facts, order.lines, order.tax)
        if (refunded.has(order.id)) this.#paid.set(order.id, new Paid(lines, Number(facts.quantity / QUANTITY)))
        yield { account: order.account, month: this.#monthOf(order.at), lines }
      } catch (error) {
        if (!(error instanceof NotPriced)) throw error
        this.unpriced.push({ order: order.id, why: error.message })
      }
    }
  }

  #monthOf(at: number): number {
    const { end, utcOffset } = this.#record.meta
    return monthOf(Math.min(at, end - 1), utcOffset)
  }

  #linesOf(order: FactRow, sold: readonly OrderLine[], tax: bigint): RepricedLine[] {
    const rows = paidLines(this.#old, order)
    const asked = pricedAt(this.#old, order)
    const isAgain = asked.at !== order.at
    const bases = isAgain ? [asked, order] : [order]
    const lines: RepricedLine[] = sold.map(({ line, kind, product, rule, net }) => {
      const row = rows.find((each) => each.line === line)
      const base = bases.find((each) => row !== undefined && lineBy(this.#old, each, row)?.amount === net)
      if (row === undefined || base === undefined)
        throw new NotPriced('the record has its amount, and not how it came about')
      const other = lineBy(this.#now, base, row, true)
      if (other === undefined) throw new NotPriced('it would be refused under the new prices (X-07)')
      return { kind, product, rules: { old: rule, new: other.rule }, old: net, new: other.amount }
    })
    const before = lines.reduce((sum, line) => sum + line.new, 0n)
    const off = this.#untaxed(order, Number(asked.at), before)
    const policies = {
      ...policiesAt(this.#now.record, Number(asked.at)),
      'tax.percent': taxPercentOf(this.#now, asked),
    }
    const [, added] = withTax([{ rule: '', text: '', amount: before }], policies, off)
    const other = added?.amount ?? 0n
    if (tax === 0n && other === 0n) return lines
    return [...lines, { kind: 'tax', product: '', rules: both('M-07'), old: tax, new: other }]
  }

  /** M-07, `tax.couponBase`: what a coupon takes off what is taxed. */
  #untaxed(order: FactRow, at: number, price: bigint): bigint {
    const couponBases = new Set([
      policiesAt(this.#now.record, at),
      policiesAt(this.#now.record, Number.MAX_SAFE_INTEGER),
    ])
    if ([...couponBases].every((policies) => policies['tax.couponBase'] === 'price')) return 0n
    return least(untaxedOf(this.#now, order), price)
  }

  /** What was refunded of these orders, once all of them were asked for: on no bill, by the month of the refund. */
  *refunds(): Generator<RepricedOrder> {
    const given = Map.groupBy(this.#old.facts('refunds', 'order_id > 0'), (row) => `${row.paid_order} ${row.at}`)
    const products = new Map(
      this.#record
        .rows<{ id: bigint; product: string }>('SELECT id, product FROM goods')
        .map(({ id, product }) => [id, product]),
    )
    const names = new Map(
      this.#record
        .rows<{ id: bigint; name: string }>('SELECT id, name FROM accounts')
        .map(({ id, name }) => [id, name]),
    )
    const refund = [...this.#old.facts('transactions', "kind = (SELECT id FROM words WHERE word = 'refund')")]
    for (const transaction of refund) {
      const paid = this.#paid.get(transaction.order_id)
      const [order] = this.#old.facts('orders', 'id = ?', transaction.order_id)
      if (paid === undefined || order === undefined) continue
      const rows = given.get(`${transaction.order_id} ${transaction.at}`)
      try {
        const parts = rows === undefined ? [this.#whole(transaction, paid)] : rows.map((row) => this.#part(row, paid))
        const product = products.get(order.specification) ?? ''
        yield {
          account: names.get(transaction.account) ?? '',
          month: this.#monthOf(Number(transaction.at)),
          lines: parts.flatMap(({ rule, back, rounding }): RepricedLine[] => [
            { kind: 'refund', product, rules: both(rule), old: -back.old, new: -back.new },
            ...(rounding.old === 0n && rounding.new === 0n
              ? []
              : [{ kind: 'rounding', product: '', rules: both('M-08'), old: -rounding.old, new: -rounding.new }]),
          ]),
        }
      } catch (error) {
        if (!(error instanceof NotPriced)) throw error
        this.unpriced.push({ order: transaction.order_id, why: error.message })
      }
    }
  }

  /** N-03 to N-06: a period that was unsubscribed from, or of which single servers were refunded (E-05, E-10). */
  #part(row: FactRow, paid: Paid): Refunded {
    const [by] = this.#old.facts('orders', 'id = ?', row.order_id)
    const isPart = by !== undefined && this.#old.word(by.kind) === 'partial-refund'
    const taken = isPart ? paid.takeServers(Number(row.servers)) : paid.takeRest()
    if (row.cash + row.coupon !== taken.old)
      throw new NotPriced('only a part of what it paid was refunded, and the record does not say at which price')
    const coupon = least(row.coupon, taken.new)
    const now = this.#refundBy(this.#now, row, taken.new - coupon, coupon)
    const own = this.#refundBy(this.#old, row, row.cash, row.coupon)
    if (own.amount !== row.amount || own.rounding !== row.rounding)
      throw new NotPriced('the record has its refund, and not how it came about')
    const returned = row.coupon_returned === row.coupon ? coupon : least(row.coupon_returned, coupon)
    return {
      rule: this.#old.word(row.rule),
      back: { old: row.amount + row.coupon_returned, new: now.amount + returned },
      rounding: { old: row.rounding, new: now.rounding },
    }
  }

  #refundBy(reader: FactReader, row: FactRow, cash: bigint, coupon: bigint): { amount: bigint; rounding: bigint } {
    const at = Number(row.at)
    const policies = policiesAt(reader.record, at)
    const [by] = reader.facts('orders', 'id = ?', row.order_id)
    const isLost = by !== undefined && ['E-05', 'E-10'].includes(reader.word(by.rule))
    const servers = row.servers > 1n ? Number(row.servers) : 1
    const made = refund(
      {
        ...{ cash, coupon, at, begun: row.begun === 1n },
        ...{ start: Number(row.period_start), termEnd: Number(row.period_end), termMonths: Number(row.months) },
        fiveDayReturns: Number(row.returns) + servers - 1,
      },
      {
        ...policies,
        ...(row.paid_order === row.subscription_id ? {} : { 'refund.fiveDay': 'off' as const }),
        ...(isLost ? ({ 'refund.fee': 'none', 'refund.fiveDay': 'off' } as const) : {}),
      },
    )
    if (isRefusal(made)) throw new NotPriced(`its refund would be refused (${made.rule})`)
    const amount = made.lines.reduce((sum, line) => sum + line.amount, 0n)
    return { amount, rounding: paidBack({ amount, paid: cash }, policies, this.#record.meta.decimals) - amount }
  }

  /** Everything that was paid goes back (O-08, S-07, S-09, N-01). */
  #whole(transaction: FactRow, paid: Paid): Refunded {
    const legs = legsOf(this.#old, transaction.id)
    const of = (ledger: string) =>
      legs.filter((leg) => this.#old.word(leg.ledger) === ledger).map(({ amount }) => amount)
    const amount = of('refunds').reduce((most, each) => (each > most ? each : most), 0n)
    const rest = paid.takeRest()
    if (amount !== rest.old) throw new NotPriced('only a part of it was refunded, and the record does not say which')
    const byCoupon = -of('buyer-coupons').reduce((sum, each) => sum + each, 0n)
    const coupon = least(byCoupon, rest.new)
    const cash = rest.new - coupon
    const policies = policiesAt(this.#now.record, Number(transaction.at))
    return {
      rule: this.#old.word(transaction.rule),
      back: { old: amount, new: rest.new },
      rounding: {
        old: of('rounding-differences').reduce((sum, each) => sum + each, 0n),
        new: paidBack({ amount: cash, paid: cash }, policies, this.#record.meta.decimals) - cash,
      },
    }
  }
}

interface Refunded {
  readonly rule: string
  /** In cash before rounding, and to coupons. */
  readonly back: Both
  readonly rounding: Both
}
