/**
 * One account's money, replayed in time order from what the auditor computed: opening, top-ups, payments and the
 * settlement of each hour (U-08, A-01), the debts and what they lead to (A-02..A-05), and the bills (I-02).
 */
import { DAY, HOUR } from './civil-time.ts'
import { coverInMinorUnits, least } from './exact.ts'
import type { AccountFacts, CardCharge, CreditGrant } from './facts.ts'
import type { HourlyOwed } from './hourly-owed.ts'
import type { LateCharge } from './late-usage.ts'
import { Legs, moved } from './legs.ts'
import type { Premises } from './premises.ts'
import { taxOn } from './pricing.ts'
import type { Returned } from './returns.ts'
import { payableOf } from './rounding.ts'
import type { Transaction } from './transaction.ts'
import type { Vocabulary } from './vocabulary.ts'
import { type Draw, Wallet } from './wallet.ts'

/** T-06: at one instant hours settle first, then accounts freeze or are released, then people act. */
const milestoneRank = 2
const actRank = 4

export interface StandingMove {
  readonly at: number
  readonly event: number
}

export interface ArrearsPayment {
  readonly at: number
  readonly amount: bigint
  /** The top-up or refund that paid. */
  readonly from: number
}

export interface MonthlyCharges {
  lines: number
  charges: bigint
  /** What of the charges was orders, and the tax in them. */
  orders: bigint
  orderTax: bigint
}

export interface DueNotice {
  readonly at: number
  readonly code: string
}

/** an instant on the way through arrears, the notice then, and the step that is taken. */
interface Milestone {
  readonly at: number
  readonly code: string
  readonly event?: number
  readonly to?: number
}

/** The tax that a bill adds for the use of its month, and what coupons and the balance paid of it. */
export interface TaxOnUse {
  readonly month: number
  readonly at: number
  readonly amount: bigint
  readonly coupon: bigint
  readonly cash: bigint
}

/** M-08: what brings a bill or a refund to minor units. */
export interface Rounding {
  readonly at: number
  /** Of a bill: first instant of its month, and what coupons and the balance paid; negative cash is refunded. */
  readonly month?: number
  readonly coupon?: bigint
  readonly cash?: bigint
  /** On the account of rounding differences, debit positive. */
  readonly posted: bigint
}

/** money that came in by a top-up, and what the account had, owed and had drawn on credit just before. */
export interface ToppedUp extends ArrearsPayment {
  readonly cash: bigint
  readonly due: bigint
  readonly creditUsed: bigint
}

/** A payment that the balance did not cover, or that was made while something was due. */
export interface Uncovered {
  readonly transaction: Transaction
  readonly cash: bigint
  readonly due: bigint
}

/** days of grace and retention of pay-per-use resources. */
export interface Patience {
  readonly graceDays: number
  readonly retentionDays: number
}

/** What a transaction about an order comes to. */
export interface Prices {
  amountOf(paymentOrRefund: Transaction): bigint
  /** M-08: what a refund refunds in cash in minor units, of an amount of 8 decimals. */
  cashBackOf(refund: Transaction, amount: bigint): bigint
  /** What of it is tax. */
  taxOf(payment: Transaction): bigint
  /** M-06: whether its line has a discount of its own. */
  hasDiscount(payment: Transaction): boolean
  /** What a discount coupon may pay of it at most. */
  discountable(payment: Transaction): bigint
}

/** Below this what is left of a balance, and what was drawn of it, are exact in float64. */
const MOST_PLAIN = 2 ** 52

/** An order is charged once at an instant. Numbers of transactions do not tell declined charges apart. */
export const cardKey = ({ order, at }: { readonly order: number; readonly at: number }): string => `${order} ${at}`

/** O-13: a declined charge moved nothing; it comes before the transactions that were booked after it. */
const declinedAct = ({ at, order, transactionsFrom }: CardCharge): Transaction => ({
  ...{ id: transactionsFrom - 0.5, at, order, kind: -1, repeats: 1, hour: 0, day: 0 },
  ...{ earned: [], shares: [], legs: new Legs() },
})

/** Of two at one instant the one that was booked first. */
const inTurn = (a: Transaction, b: Transaction): number => a.at - b.at || a.id - b.id

export class Replay {
  due = 0n
  readonly wallet: Wallet
  /** What each source paid of an order. */
  readonly paid = new Map<number, Draw>()
  /** Refunds to coupons, by order. */
  readonly couponsBack = new Map<number, bigint>()
  readonly creditRepaid: ArrearsPayment[] = []
  readonly moves: StandingMove[] = []
  readonly notices: DueNotice[] = []
  readonly arrears: ArrearsPayment[] = []
  readonly uncovered: Uncovered[] = []
  readonly topUps: ToppedUp[] = []
  /** By the first instant of the month. */
  readonly months = new Map<number, MonthlyCharges>()
  readonly #premises: Premises
  readonly #words: Vocabulary
  readonly #patience: (at: number) => Patience
  readonly #prices: Prices
  readonly #returned: (refund: Transaction) => Returned | undefined
  /** O-06: the reseller pays everything. */
  readonly #isResold: boolean
  /** U-09: what was settled after its hour. */
  readonly late: readonly LateCharge[]
  #nextHour = 0
  #nextLate = 0
  /** M-07: by transaction, the tax on the use of a month and what paid it. */
  readonly taxes = new Map<number, TaxOnUse>()
  /** M-08: by transaction. */
  readonly roundings = new Map<number, Rounding>()
  /** O-13: what a card is charged, or would be, by order and instant (`cardKey`). */
  readonly cards = new Map<string, bigint>()
  readonly #methods: AccountFacts['methods']
  /** What a bill released, which pays debts and credit once the hours of its instant are settled. */
  #givenBack: { readonly at: number; readonly from: number } | undefined
  readonly #region: number
  readonly #lateHours = new Set<number>()
  #standing: number
  /** Those that still are ahead, soonest first. */
  #milestones: Milestone[] = []
  #month: MonthlyCharges = { lines: 0, charges: 0n, orders: 0n, orderTax: 0n }
  #monthEnds = Number.NEGATIVE_INFINITY

  constructor(
    premises: Premises,
    words: Vocabulary,
    patience: (at: number) => Patience,
    facts: AccountFacts,
    prices: Prices,
    returned: (refund: Transaction) => Returned | undefined,
    late: readonly LateCharge[],
  ) {
    this.late = late
    this.#premises = premises
    this.#words = words
    this.#patience = patience
    this.#prices = prices
    this.#returned = returned
    this.#isResold = facts.budget !== undefined
    this.#region = facts.region
    this.#methods = facts.methods
    this.wallet = new Wallet(facts.coupons)
    this.#standing = words.good
  }

  /** Runs through the account's life. `owed` and the late charges get what coupons and the balance paid of each. */
  run({ transactions, creditGrants, cards }: AccountFacts, owed: HourlyOwed): this {
    const { payment, usageTax, billRounding, cardCharge } = this.#words
    const acts = this.#actsOf(transactions, cards)
    const grants = [...creditGrants]
    this.#nextHour = owed.first
    for (const act of acts) {
      // A bill is made before the hours of its instant are settled, unless the run ends with it.
      const isBill = act.kind === usageTax || act.kind === billRounding
      const isEarly = isBill && act.at < this.#premises.end
      if (!isBill || act.at > (this.#givenBack?.at ?? act.at)) this.#useGivenBack(owed, grants)
      this.#settleUntil(owed, isEarly ? act.at - 1 : act.at, grants)
      this.#grant(grants, ({ at, transactionsFrom }) => at < act.at || (at === act.at && transactionsFrom <= act.id))
      this.#reach(act.at, isBill ? 0 : actRank)
      if (act.kind === usageTax) this.#tax(act)
      else if (act.kind === billRounding) this.#round(act)
      else if (act.kind === cardCharge || act.kind === -1) this.#chargeCard(act)
      else if (act.kind === payment) this.#pay(act)
      else this.#receive(act)
    }
    this.#useGivenBack(owed, grants)
    this.#settleUntil(owed, this.#premises.end, grants)
    this.#grant(grants, () => true)
    this.#reach(this.#premises.end, 0)
    return this
  }

  /** What moves the account's money but settlements, in the order of time. */
  #actsOf(transactions: readonly Transaction[], cards: readonly CardCharge[]): readonly Transaction[] {
    const { opening, topUp, payment, refund, usageTax, billRounding, cardCharge, declined } = this.#words
    const acts: Transaction[] = []
    for (const transaction of transactions) {
      const { kind } = transaction
      const isAct =
        kind === payment ||
        kind === topUp ||
        kind === refund ||
        kind === usageTax ||
        kind === billRounding ||
        kind === cardCharge ||
        kind === opening
      if (isAct || kind === -1) acts.push(transaction)
    }
    for (const charge of cards) if (charge.outcome === declined) acts.push(declinedAct(charge))
    let isInOrder = true
    for (let index = 1; index < acts.length; index++) if (inTurn(acts[index - 1], acts[index]) > 0) isInOrder = false
    return isInOrder ? acts : acts.sort(inTurn)
  }

  /** O-05: credit that was granted before something else happened. */
  #grant(grants: CreditGrant[], isBefore: (grant: CreditGrant) => boolean): void {
    for (let next = grants[0]; next !== undefined && isBefore(next); next = grants[0]) {
      this.wallet.credit += next.amount
      grants.shift()
    }
  }

  #nextSettlement(owed: HourlyOwed, index: number): number {
    return index > owed.last ? Number.POSITIVE_INFINITY : this.#premises.settledAt(owed.hourAt(index))
  }

  /**
   * Everything that is settled by an instant: of one instant first the hour, then what came too late for its own. As the run
   * ends several hours are settled: the oldest, then what came too late, then the others.
   */
  #settleUntil(owed: HourlyOwed, until: number, grants: CreditGrant[]): void {
    const { end, firstHour, policies } = this.#premises
    // The first hour whose settlement the end of the run brings forward.
    const oldest = Math.max(firstHour, end - policies['settlement.lag'] - HOUR)
    for (;;) {
      this.#settlePlainly(owed, until, grants)
      this.#nextHour = owed.nextOwed(this.#nextHour)
      const hourly = this.#nextSettlement(owed, this.#nextHour)
      const charge = this.late[this.#nextLate]
      const next = Math.min(hourly, charge?.at ?? Number.POSITIVE_INFINITY)
      if (next > until) return
      this.#grant(grants, ({ at }) => at < next)
      const isYounger = hourly === end && owed.hourAt(this.#nextHour) >= oldest + HOUR
      if (charge === undefined || hourly < charge.at || (hourly === charge.at && !isYounger))
        this.#settleHour(owed, this.#nextHour++, hourly)
      else this.#settleLate(owed, this.late[this.#nextLate++])
    }
  }

  /**
   * Settles hours as long as the balance pays all of each and nothing else can happen on the way, which is so of nearly all: in
   * numbers that float64 holds exactly.
   */
  #settlePlainly(owed: HourlyOwed, until: number, grants: readonly CreditGrant[]): void {
    const { wallet } = this
    const cash = Number(wallet.cash)
    const isPlain =
      this.#nextHour <= owed.last &&
      !this.#isResold &&
      this.#milestones.length === 0 &&
      this.#nextLate === this.late.length &&
      grants.length === 0 &&
      cash > 0 &&
      cash < MOST_PLAIN &&
      wallet.hasCashAlone
    if (!isPlain) return
    let left = cash
    let [lines, charges] = [0, 0]
    for (;;) {
      const index = owed.nextOwed(this.#nextHour)
      const at = this.#nextSettlement(owed, index)
      const total = owed.plainTotalAt(index)
      // Also where it is NaN.
      if (at > until || !(total <= left)) break
      const instant = Math.min(at, this.#premises.end - 1)
      if (lines === 0) this.#enterMonth(instant)
      else if (instant >= this.#monthEnds) {
        this.#addCharges(lines, charges)
        lines = charges = 0
        this.#enterMonth(instant)
      }
      lines++
      charges += total
      left -= total
      owed.drawnInCash(index, total)
      this.#nextHour = index + 1
    }
    if (left === cash && lines === 0) return
    this.#addCharges(lines, charges)
    wallet.cash = BigInt(left)
  }

  #addCharges(lines: number, charges: number): void {
    this.#month.lines += lines
    this.#month.charges += BigInt(charges)
  }

  #settleHour(owed: HourlyOwed, index: number, at: number): void {
    const total = owed.totalAt(index)
    this.#reach(at, 0)
    this.#charge(at, total)
    owed.drawn(index, this.#draw(at, total))
  }

  /** U-09: drawn now, on the bill of the month in which its hour was settled; a correction on that of its own (I-04). */
  #settleLate(owed: HourlyOwed, charge: LateCharge): void {
    const { calendar, end } = this.#premises
    const { at, hour, ecs, image, isCorrection } = charge
    this.#reach(at, 0)
    const settled = Math.min(this.#premises.settledAt(hour), end - 1)
    const month = calendar.monthOf(isCorrection ? Math.min(at, end - 1) : settled)
    const bill = this.months.get(month) ?? { lines: 0, charges: 0n, orders: 0n, orderTax: 0n }
    this.months.set(month, bill)
    bill.charges += ecs + image
    if (isCorrection || (owed.totalAt(owed.indexOf(hour)) === 0n && !this.#lateHours.has(hour))) bill.lines++
    if (!isCorrection) this.#lateHours.add(hour)
    Object.assign(charge, this.#draw(at, ecs + image))
  }

  /** M-07: the tax on what was used in the month whose last day it is about, drawn like an hour. */
  #tax(act: Transaction): void {
    const { calendar } = this.#premises
    const month = calendar.monthOf(calendar.instantOf(act.day))
    const amount = this.#taxOn(month, act.at)
    this.taxes.set(act.id, { month, at: act.at, amount, ...this.#draw(act.at, amount) })
  }

  /** M-08: what the bill of the month whose last day it is about differs from its charges and tax by. */
  #round(act: Transaction): void {
    const { calendar, end } = this.#premises
    const month = calendar.monthOf(calendar.instantOf(act.day))
    const { charges } = this.months.get(month) ?? { charges: 0n }
    const total = charges + this.#taxOn(month, act.at)
    const rest = payableOf(this.#premises, act.at, total) - total
    const isBack = rest < 0n && !this.#isResold
    const drawn = rest > 0n ? this.#draw(act.at, rest) : { coupon: 0n, cash: isBack ? rest : 0n }
    this.roundings.set(act.id, { month, at: act.at, ...drawn, posted: -rest })
    if (!isBack) return
    this.wallet.cash -= rest
    if (act.at < end) this.#givenBack = { at: act.at, from: act.id }
  }

  /** What a bill released is used after the hours of its instant. */
  #useGivenBack(owed: HourlyOwed, grants: CreditGrant[]): void {
    if (this.#givenBack === undefined) return
    const { at, from } = this.#givenBack
    this.#givenBack = undefined
    this.#settleUntil(owed, at, grants)
    this.#reach(at, actRank)
    this.#use(at, from)
  }

  /** What a bill that is made at an instant adds for the use of its month. */
  #taxOn(month: number, at: number): bigint {
    const { charges, orders } = this.months.get(month) ?? { charges: 0n, orders: 0n, orderTax: 0n }
    return taxOn(this.#premises, this.#region, at, charges - orders)
  }

  /** from coupons, balance and credit; the rest falls due. A reseller pays all of it (O-06). */
  #draw(at: number, total: bigint): { coupon: bigint; cash: bigint } {
    if (this.#isResold) return { coupon: 0n, cash: 0n }
    const { coupon, cash, rest } = this.wallet.charge(total)
    if (rest > 0n) this.#fallDue(at, rest)
    return { coupon, cash }
  }

  #fallDue(at: number, rest: bigint): void {
    this.due += rest
    if (this.#standing !== this.#words.good) return
    this.notices.push({ at, code: 'arrears-entered' })
    this.#move(at, this.#words.fallDue, this.#words.grace)
    this.#awaitFreeze(at)
  }

  #receive(act: Transaction): void {
    // What an account paid in is the fact: the leg of its cash, credited. What it gets back is computed.
    const { wallet } = this
    if (act.kind === this.#words.refund) {
      // O-08, N-05: all coupons come back; N-06: cash coupons; N-03: none.
      const returned = this.#returned(act)
      const back =
        returned === undefined
          ? wallet.refund(act.order, act.at)
          : wallet.giveBack(act.order, act.at, returned.couponsBack)
      this.couponsBack.set(act.order, back)
      const exact = this.#prices.amountOf(act) - back
      const cash = this.#prices.cashBackOf(act, exact)
      if (cash !== exact) this.roundings.set(act.id, { at: act.at, posted: cash - exact })
      if (this.#isResold) return
      wallet.cash += cash
    } else {
      const amount = -moved(act, this.#words.cash)
      if (act.kind === this.#words.topUp) {
        const { cash, creditUsed } = wallet
        this.topUps.push({ at: act.at, amount, from: act.id, cash, due: this.due, creditUsed })
      }
      wallet.cash += amount
    }
    this.#use(act.at, act.id)
  }

  /** the balance pays what is due, and restores the credit. */
  #use(at: number, from: number): void {
    const { wallet } = this
    const inArrears = this.due > 0n
    const paid = least(this.due, wallet.cash)
    if (paid > 0n) this.arrears.push({ at, amount: paid, from })
    this.due -= paid
    wallet.cash -= paid
    const restored = wallet.restoreCredit()
    if (restored > 0n) this.creditRepaid.push({ at, amount: restored, from })
    if (!inArrears || this.due > 0n) return
    this.#move(at, this.#words.settle, this.#words.good)
    this.#milestones = []
  }

  /** O-13: the whole minor units that the balance lacks for the order; nothing comes in where the card is declined. */
  #chargeCard(act: Transaction): void {
    const { wallet } = this
    const lacking = wallet.lacking(this.#prices.amountOf(act), this.#discountable(act))
    const charged = act.order === 0 ? 0n : coverInMinorUnits(lacking, this.#premises.scenario.currency.decimals)
    this.cards.set(cardKey(act), charged)
    if (act.kind !== -1) wallet.cash += charged
  }

  #discountable(payment: Transaction): bigint {
    return this.#prices.hasDiscount(payment) ? 0n : this.#prices.discountable(payment)
  }

  #pay(payment: Transaction): void {
    const amount = this.#prices.amountOf(payment)
    this.#charge(payment.at, amount)
    this.#month.orders += amount
    this.#month.orderTax += this.#prices.taxOf(payment)
    if (this.#isResold) {
      this.paid.set(payment.order, { discount: 0n, coupon: 0n, cash: 0n, credit: 0n, rest: amount })
      return
    }
    const { cash } = this.wallet
    const onCredit = this.#methods.get(payment.order)?.method === this.#words.credit
    const draw = this.wallet.pay(payment.order, payment.at, amount, this.#discountable(payment), onCredit)
    this.paid.set(payment.order, draw)
    if (draw.rest > 0n || this.due > 0n) this.uncovered.push({ transaction: payment, cash, due: this.due })
  }

  /** grace has begun; messages 5 and 2 days before it ends, and on the day. */
  #awaitFreeze(at: number): void {
    const end = at + this.#patience(at).graceDays * DAY
    const freeze = { at: end, code: 'frozen', event: this.#words.graceEnds, to: this.#words.suspended }
    this.#milestones = [
      { at: end - 5 * DAY, code: 'freeze-in-5-days' },
      { at: end - 2 * DAY, code: 'freeze-in-2-days' },
    ].filter((early) => early.at > at)
    this.#milestones.push(freeze)
  }

  /** retention has begun; messages 6 and 2 days before it ends, and on the day. */
  #awaitRelease(at: number): void {
    const end = at + this.#patience(at).retentionDays * DAY
    const release = { at: end, code: 'released', event: this.#words.retentionEnds, to: this.#words.released }
    this.#milestones = [
      { at: end - 6 * DAY, code: 'release-in-6-days' },
      { at: end - 2 * DAY, code: 'release-in-2-days' },
    ].filter((early) => early.at > at)
    this.#milestones.push(release)
  }

  /** Passes the milestones of arrears that come before an instant and rank; none comes at the end of the run. */
  #reach(at: number, rank: number): void {
    for (let next = this.#milestones[0]; next !== undefined; next = this.#milestones[0]) {
      if (next.at > at || (next.at === at && milestoneRank >= rank) || next.at >= this.#premises.end) return
      this.#milestones.shift()
      this.notices.push({ at: next.at, code: next.code })
      if (next.event === undefined || next.to === undefined) continue
      this.#move(next.at, next.event, next.to)
      if (next.to === this.#words.suspended) this.#awaitRelease(next.at)
    }
  }

  #move(at: number, event: number, to: number): void {
    this.moves.push({ at, event })
    this.#standing = to
  }

  /** I-02: a charge belongs to the month in which it is settled; the closing books to the last month of the run. */
  #charge(at: number, amount: bigint): void {
    this.#enterMonth(Math.min(at, this.#premises.end - 1))
    this.#month.lines++
    this.#month.charges += amount
  }

  #enterMonth(instant: number): void {
    const { calendar } = this.#premises
    if (instant >= this.#monthEnds || this.#monthEnds === Number.NEGATIVE_INFINITY) {
      this.#monthEnds = calendar.nextMonth(instant)
      const month = calendar.monthOf(instant)
      this.#month = this.months.get(month) ?? { lines: 0, charges: 0n, orders: 0n, orderTax: 0n }
      this.months.set(month, this.#month)
    }
  }
}
