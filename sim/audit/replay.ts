/**
 * One account's money, replayed in time order from what the auditor worked out: opening, top-ups, payments and the
 * settlement of each hour (U-08, A-01), the debts and what they lead to (A-02..A-05), and the bills (I-02).
 */
import type { AccountFacts, Transaction } from './account-facts.ts'
import { DAY } from './civil-time.ts'
import type { HourlyOwed } from './hourly-owed.ts'
import type { Premises } from './premises.ts'
import type { Vocabulary } from './vocabulary.ts'

/** T-06: at one instant hours settle first, then accounts freeze or are released, then people act. */
const milestoneRank = 2
const actRank = 4

export interface StandingMove {
  readonly at: number
  readonly event: number
}

export interface ArrearsPayment {
  readonly at: number
  readonly amount: number
  /** The top-up that paid. */
  readonly topUp: number
}

export interface MonthlyCharges {
  lines: number
  charges: number
}

/** A payment that the balance did not cover, or that was made while something was due. */
export interface Uncovered {
  readonly transaction: Transaction
  readonly cash: number
  readonly due: number
}

/** days of grace and retention of pay-per-use resources. */
export interface Patience {
  readonly graceDays: number
  readonly retentionDays: number
}

export class Replay {
  cash = 0
  due = 0
  readonly moves: StandingMove[] = []
  readonly arrears: ArrearsPayment[] = []
  readonly uncovered: Uncovered[] = []
  /** By the first instant of the month. */
  readonly months = new Map<number, MonthlyCharges>()
  readonly #premises: Premises
  readonly #words: Vocabulary
  readonly #patience: Patience
  readonly #amountOf: (payment: Transaction) => number
  #standing: number
  #milestone = Number.POSITIVE_INFINITY
  #month: MonthlyCharges = { lines: 0, charges: 0 }
  #monthEnds = Number.NEGATIVE_INFINITY

  constructor(premises: Premises, words: Vocabulary, patience: Patience, amountOf: (payment: Transaction) => number) {
    this.#premises = premises
    this.#words = words
    this.#patience = patience
    this.#amountOf = amountOf
    this.#standing = words.good
  }

  /** Runs through the account's life. `owed.cash` gets what the balance paid of each hour. */
  run({ transactions }: AccountFacts, owed: HourlyOwed): this {
    const { opening, topUp, payment } = this.#words
    const acts = transactions
      .filter(({ kind }) => kind === opening || kind === topUp || kind === payment)
      .sort((a, b) => a.at - b.at || a.id - b.id)
    let index = owed.first
    let hourly = this.#nextSettlement(owed, index)
    for (const act of acts) {
      for (; hourly <= act.at; hourly = this.#nextSettlement(owed, ++index)) {
        if (owed.ecs[index] + owed.image[index] > 0) this.#settle(owed, index, hourly)
      }
      this.#reach(act.at, actRank)
      if (act.kind === payment) this.#pay(act)
      else this.#receive(act)
    }
    for (; index <= owed.last; index++)
      if (owed.ecs[index] + owed.image[index] > 0) this.#settle(owed, index, this.#nextSettlement(owed, index))
    this.#reach(this.#premises.end, 0)
    return this
  }

  #nextSettlement(owed: HourlyOwed, index: number): number {
    return index > owed.last ? Number.POSITIVE_INFINITY : this.#premises.settledAt(owed.hourAt(index))
  }

  #settle(owed: HourlyOwed, index: number, at: number): void {
    this.#reach(at, 0)
    const total = owed.ecs[index] + owed.image[index]
    const cash = Math.min(this.cash, total)
    owed.cash[index] = cash
    this.cash -= cash
    this.#charge(at, total)
    if (cash === total) return
    this.due += total - cash
    if (this.#standing !== this.#words.good) return
    this.#move(at, this.#words.fallDue, this.#words.grace)
    this.#milestone = at + this.#patience.graceDays * DAY
  }

  #receive(act: Transaction): void {
    // What an account got is the fact: the leg of its cash, credited.
    for (const { ledger, amount } of act.legs) if (ledger === this.#words.cash) this.cash -= amount
    if (act.kind !== this.#words.topUp || this.due === 0) return
    const paid = Math.min(this.due, this.cash)
    if (paid > 0) this.arrears.push({ at: act.at, amount: paid, topUp: act.id })
    this.due -= paid
    this.cash -= paid
    if (this.due > 0) return
    this.#move(act.at, this.#words.settle, this.#words.good)
    this.#milestone = Number.POSITIVE_INFINITY
  }

  #pay(payment: Transaction): void {
    const amount = this.#amountOf(payment)
    if (this.cash < amount || this.due > 0)
      this.uncovered.push({ transaction: payment, cash: this.cash, due: this.due })
    this.cash -= amount
    this.#charge(payment.at, amount)
  }

  /** Passes the milestones of arrears that come before an instant and rank; none comes at the end of the run. */
  #reach(at: number, rank: number): void {
    while (this.#milestone < at || (this.#milestone === at && milestoneRank < rank)) {
      const now = this.#milestone
      if (now >= this.#premises.end) return
      if (this.#standing === this.#words.grace) {
        this.#move(now, this.#words.graceEnds, this.#words.suspended)
        this.#milestone = now + this.#patience.retentionDays * DAY
      } else {
        this.#move(now, this.#words.retentionEnds, this.#words.released)
        this.#milestone = Number.POSITIVE_INFINITY
      }
    }
  }

  #move(at: number, event: number, to: number): void {
    this.moves.push({ at, event })
    this.#standing = to
  }

  /** I-02: a charge belongs to the month in which it is settled; the closing books to the last month of the run. */
  #charge(at: number, amount: number): void {
    const { calendar, end } = this.#premises
    const instant = Math.min(at, end - 1)
    if (instant >= this.#monthEnds || this.#monthEnds === Number.NEGATIVE_INFINITY) {
      this.#monthEnds = calendar.nextMonth(instant)
      this.#month = { lines: 0, charges: 0 }
      this.months.set(calendar.monthOf(instant), this.#month)
    }
    this.#month.lines++
    this.#month.charges += amount
  }
}
