/**
 * One account's money, replayed in time order from what the auditor worked out: opening, top-ups, payments and the
 * settlement of each hour (U-08, A-01), the debts and what they lead to (A-02..A-05), and the bills (I-02).
 */
import { DAY } from './civil-time.ts'
import type { AccountFacts, Transaction } from './facts.ts'
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
  /** The top-up or refund that paid. */
  readonly from: number
}

export interface MonthlyCharges {
  lines: number
  charges: number
}

export interface DueNotice {
  readonly at: number
  readonly code: string
}

/** an instant on the way through arrears, what is told then, and the step that is taken. */
interface Milestone {
  readonly at: number
  readonly code: string
  readonly event?: number
  readonly to?: number
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
  readonly notices: DueNotice[] = []
  readonly arrears: ArrearsPayment[] = []
  readonly uncovered: Uncovered[] = []
  /** By the first instant of the month. */
  readonly months = new Map<number, MonthlyCharges>()
  readonly #premises: Premises
  readonly #words: Vocabulary
  readonly #patience: Patience
  readonly #amountOf: (paymentOrRefund: Transaction) => number
  #standing: number
  /** Those that still lie ahead, soonest first. */
  #milestones: Milestone[] = []
  #month: MonthlyCharges = { lines: 0, charges: 0 }
  #monthEnds = Number.NEGATIVE_INFINITY

  constructor(
    premises: Premises,
    words: Vocabulary,
    patience: Patience,
    amountOf: (paymentOrRefund: Transaction) => number,
  ) {
    this.#premises = premises
    this.#words = words
    this.#patience = patience
    this.#amountOf = amountOf
    this.#standing = words.good
  }

  /** Runs through the account's life. `owed.cash` gets what the balance paid of each hour. */
  run({ transactions }: AccountFacts, owed: HourlyOwed): this {
    const { opening, topUp, payment, refund } = this.#words
    const acts = transactions
      .filter(({ kind }) => kind === opening || kind === topUp || kind === payment || kind === refund)
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
    this.notices.push({ at, code: 'arrears-entered' })
    this.#move(at, this.#words.fallDue, this.#words.grace)
    this.#awaitFreeze(at)
  }

  #receive(act: Transaction): void {
    // What an account paid in is the fact: the leg of its cash, credited. What it gets back is worked out.
    if (act.kind === this.#words.refund) this.cash += this.#amountOf(act)
    else for (const { ledger, amount } of act.legs) if (ledger === this.#words.cash) this.cash -= amount
    if (this.due === 0) return
    const paid = Math.min(this.due, this.cash)
    if (paid > 0) this.arrears.push({ at: act.at, amount: paid, from: act.id })
    this.due -= paid
    this.cash -= paid
    if (this.due > 0) return
    this.#move(act.at, this.#words.settle, this.#words.good)
    this.#milestones = []
  }

  #pay(payment: Transaction): void {
    const amount = this.#amountOf(payment)
    if (this.cash < amount || this.due > 0)
      this.uncovered.push({ transaction: payment, cash: this.cash, due: this.due })
    this.cash -= amount
    this.#charge(payment.at, amount)
  }

  /** grace has begun; messages 5 and 2 days before it ends, and on the day. */
  #awaitFreeze(at: number): void {
    const end = at + this.#patience.graceDays * DAY
    const freeze = { at: end, code: 'frozen', event: this.#words.graceEnds, to: this.#words.suspended }
    this.#milestones = [
      { at: end - 5 * DAY, code: 'freeze-in-5-days' },
      { at: end - 2 * DAY, code: 'freeze-in-2-days' },
    ].filter((early) => early.at > at)
    this.#milestones.push(freeze)
  }

  /** retention has begun; messages 6 and 2 days before it ends, and on the day. */
  #awaitRelease(at: number): void {
    const end = at + this.#patience.retentionDays * DAY
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
