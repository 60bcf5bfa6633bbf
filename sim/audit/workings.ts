/** What the auditor computes of one account, once, for all checks that need it. */
import type { AccountFacts, Instance, Order } from './facts.ts'
import { HourlyOwed } from './hourly-owed.ts'
import { type Displaced, displaced, type LateCharge, lateCharges } from './late-usage.ts'
import { Lives } from './lives.ts'
import { gracePeriods, InstanceMeter, type MeteredLine } from './metering.ts'
import { type Earning, followMoney, type OrderMoney, type ShareMove } from './order-money.ts'
import { discountAt } from './planned.ts'
import type { Premises } from './premises.ts'
import { type AuditedOrder, priceAsPaid, priceOrder } from './pricing.ts'
import { Replay } from './replay.ts'
import { type Returned, workOutReturns } from './returns.ts'
import { cashBack } from './rounding.ts'
import type { Transaction } from './transaction.ts'
import { unbilledPeriods } from './unbilled.ts'
import type { Vocabulary } from './vocabulary.ts'

interface WorkedOrder {
  readonly order: Order
  /** What it should cost as it was created, and as it was paid. */
  readonly quoted: AuditedOrder
  readonly audited: AuditedOrder
  readonly money: OrderMoney
  /** Of what was paid and not refunded the price net of tax, and the tax. */
  readonly netKept: bigint
  readonly taxKept: bigint
  /** What of the price is earned by the end of the run. */
  readonly earned: bigint
}

/** What an unsubscription costs: less than nothing. */
const returnOrder = (returned: readonly Returned[]): AuditedOrder => {
  const lines = returned.map(({ back, rule }) => ({ part: 'refund' as const, plan: 0, amount: -back, rule }))
  const amount = lines.reduce((sum, line) => sum + line.amount, 0n)
  return { lines, amount, net: amount, untaxed: 0n }
}

const NO_RETURNS: readonly Returned[] = []

/** What stays of the money of an order, and what of it is earned. */
function keptOf(audited: AuditedOrder, money: OrderMoney): Pick<WorkedOrder, 'netKept' | 'taxKept' | 'earned'> {
  const { earnings, takenBack, returned } = money
  if (!money.isPaid && earnings.length === 0 && takenBack.length === 0 && returned.length === 0) return NOTHING_KEPT
  let [net, tax, earned] = [0n, 0n, 0n]
  for (const { amount } of earnings) earned += amount
  for (const { amount } of takenBack) earned -= amount
  const isKept = money.isPaid && money.refundedAt === undefined && audited.amount > 0n
  if (isKept) {
    net = audited.net
    tax = audited.amount - audited.net
  }
  for (const { back, tax: taxBack } of returned) {
    net -= back - taxBack
    if (isKept) tax -= taxBack
  }
  return { netKept: net, taxKept: tax, earned }
}

const NOTHING_KEPT = { netKept: 0n, taxKept: 0n, earned: 0n }

const sizeOf = (amount: bigint): bigint => (amount < 0n ? -amount : amount)

export class Workings {
  readonly owed: HourlyOwed
  readonly #premises: Premises
  readonly #words: Vocabulary
  readonly #meter: InstanceMeter
  #metered = new Map<Instance, readonly MeteredLine[]>()
  #orders = new Map<number, WorkedOrder>()
  #lives: Lives | undefined
  #returns: readonly Returned[] = []
  #replay: Replay | undefined

  constructor(premises: Premises, words: Vocabulary) {
    this.#premises = premises
    this.#words = words
    this.#meter = new InstanceMeter(premises, words)
    this.owed = new HourlyOwed(premises)
  }

  /** Computes the next account; what was computed of the one before is gone. */
  begin(facts: AccountFacts): void {
    const words = this.#words
    const grace = gracePeriods(facts.standing, words, this.#premises.end)
    const lives = new Lives(this.#premises, words, facts)
    this.#lives = lives
    const unpaidFor = unbilledPeriods(this.#premises, words, facts)
    // New maps: one that is cleared for each account keeps what it held until V8 collects all of its memory.
    this.#metered = new Map()
    for (const instance of facts.instances)
      this.#metered.set(instance, this.#meter.lines(instance, grace, unpaidFor(instance), facts.segment))
    const quoted = facts.orders.map((order) => priceOrder(this.#premises, facts, order, lives))
    const paid = new Map<number, AuditedOrder>()
    for (let index = 0; index < quoted.length; index++) {
      const order = facts.orders[index]
      paid.set(order.id, priceAsPaid(this.#premises, facts, order, { quoted: quoted[index], lives, words }))
    }
    this.#returns = workOutReturns(this.#premises, facts, lives, (order) => paid.get(order))
    this.#orders = new Map()
    for (let index = 0; index < quoted.length; index++) {
      const order = facts.orders[index]
      this.#orders.set(order.id, this.#work(order, lives, quoted[index], paid.get(order.id)))
    }
    this.owed.gather([...this.#metered.values()], words.image)
    const late = this.#displace()
    const patience = (at: number) => patienceOf(this.#premises, facts.segment, at)
    const amountOf = (act: Transaction): bigint => {
      const known = this.#orders.get(act.order)
      const returned = act.kind === words.refund ? this.returnedBy(act) : undefined
      return returned?.back ?? known?.audited.amount ?? sizeOf(act.legs.moved(words.cash))
    }
    const cashBackOf = (act: Transaction, amount: bigint): bigint =>
      cashBack(this.#premises, act.at, { amount, paid: this.returnedBy(act)?.cash ?? amount })
    const hasDiscount = (payment: Transaction): boolean => {
      const order = this.order(payment.order)
      const steps = this.#premises.specifications.get(order?.specification ?? 0)?.discounts ?? []
      return discountAt(steps, order?.at ?? 0) !== null
    }
    const taxOf = (payment: Transaction): bigint => {
      const paid = this.priced(payment.order)
      return paid === undefined ? 0n : paid.amount - paid.net
    }
    /** M-07: as a lower price a discount coupon pays at most the price before tax. */
    const discountable = (payment: Transaction): bigint => {
      const isLowered = this.#premises.policyAt('tax.couponBase', payment.at) === 'paid'
      return isLowered ? (this.priced(payment.order)?.net ?? 0n) : amountOf(payment)
    }
    this.#replay = new Replay(
      this.#premises,
      words,
      patience,
      facts,
      { amountOf, cashBackOf, taxOf, hasDiscount, discountable },
      (refund) => this.returnedBy(refund),
      late,
    ).run(facts, this.owed)
  }

  /** U-09: takes the hours whose records came late or never out of their settlements; answers what is settled later. */
  #displace(): LateCharge[] {
    const words = this.#words
    const all: Displaced[] = []
    for (const [instance, lines] of this.#metered)
      if (instance.faults.length > 0) all.push(...displaced(this.#premises, words, instance, lines))
    if (all.length === 0) return []
    for (const { hour, item, amount } of all) this.owed.take(hour, item === words.image ? 'image' : 'ecs', amount)
    return lateCharges(all, words)
  }

  #work(order: Order, lives: Lives, priced: AuditedOrder | undefined, paid: AuditedOrder | undefined): WorkedOrder {
    const given = this.#returns.length === 0 ? NO_RETURNS : this.#returns.filter(({ by }) => by.id === order.id)
    const isReturn = given.length > 0 || priced === undefined || paid === undefined
    const audited = isReturn ? returnOrder(given) : paid
    const quoted = isReturn ? audited : priced
    const returned =
      this.#returns.length === 0 ? NO_RETURNS : this.#returns.filter(({ period }) => period.order.id === order.id)
    const money = followMoney(this.#premises, this.#words, order, audited, { lives, returned })
    return { order, quoted, audited, money, ...keptOf(audited, money) }
  }

  /** The lives of the account's subscriptions. */
  get lives(): Lives {
    if (this.#lives === undefined) throw new Error('the auditor asked for lives before it began an account')
    return this.#lives
  }

  /** What the account's unsubscriptions refund, in the order of time. */
  get returns(): readonly Returned[] {
    return this.#returns
  }

  /** What an unsubscription, or servers that are not there, refund of an order, in the order of time. */
  returned(order: number): readonly Returned[] {
    return this.#orders.get(order)?.money.returned ?? []
  }

  /** Which of them a transaction refunds. */
  returnedBy({ order, at }: Pick<Transaction, 'order' | 'at'>): Returned | undefined {
    return this.returned(order).find((returned) => returned.at === at)
  }

  /** What days had earned of an order beyond what stays of it. */
  takenBack(order: number): readonly Earning[] {
    return this.#orders.get(order)?.money.takenBack ?? []
  }

  /** The seller's share of an order, and its reversal (L-06). */
  shares(order: number): readonly ShareMove[] {
    return this.#orders.get(order)?.money.shares ?? []
  }

  /** What an instance should be charged. */
  metered(instance: Instance): readonly MeteredLine[] {
    return this.#metered.get(instance) ?? []
  }

  /** What an order should cost as it was created (O-04). */
  quoted(order: number): AuditedOrder | undefined {
    return this.#orders.get(order)?.quoted
  }

  /** What an order should cost, as it was paid. */
  priced(order: number): AuditedOrder | undefined {
    return this.#orders.get(order)?.audited
  }

  order(id: number): Order | undefined {
    return this.#orders.get(id)?.order
  }

  /** What of an order's price is earned when. */
  earnings(order: number): readonly Earning[] {
    return this.#orders.get(order)?.money.earnings ?? []
  }

  /** What of an order's price is earned by the end of the run. */
  earned(order: number): bigint {
    return this.#orders.get(order)?.earned ?? 0n
  }

  /** When all that was paid for an order should go back; undefined when it is kept. */
  refundedAt(order: number): number | undefined {
    return this.#orders.get(order)?.money.refundedAt
  }

  /** The price net of tax that was paid for an order and not refunded. */
  netKept(order: number): bigint {
    return this.#orders.get(order)?.netKept ?? 0n
  }

  /** The tax that was paid for an order and not refunded. */
  taxKept(order: number): bigint {
    return this.#orders.get(order)?.taxKept ?? 0n
  }

  /** The account's money from its opening to the end of the run. */
  get replay(): Replay {
    if (this.#replay === undefined) throw new Error('the auditor asked for a replay before it began an account')
    return this.#replay
  }
}

/** A-04, at the beginning of a phase: pay-per-use grace and retention by tier of the mainland site. */
const tiers: Readonly<Record<string, readonly [graceDays: number, retentionDays: number]>> = {
  V5: [7, 15],
  V4: [7, 15],
  V3: [1, 7],
  V2: [0, 7],
  V1: [0, 7],
  V0: [0, 1],
}

function patienceOf(premises: Premises, segment: string, at: number) {
  const policies = premises.policiesAt(at)
  const { scenario } = premises
  if (policies.tiers === 'none') return { graceDays: policies['grace.days'], retentionDays: policies['retention.days'] }
  const tier = scenario.buyers.find((buyers) => buyers.segment === segment)?.tier ?? 'V0'
  const [graceDays, retentionDays] = tiers[tier]
  return { graceDays, retentionDays }
}
