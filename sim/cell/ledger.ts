/**
 * Double-entry books (M-05): every movement of money is a transaction of two or more postings that sum to zero.
 * Debits are positive. What buyers hold (cash, coupons) is owed to them, so it is credited when they pay in.
 */
import { dayOf } from '#base/civil-time.ts'
import type { Amount } from '#base/money.ts'
import type { Dictionary } from '../record/dictionary.ts'
import type { FactWriters } from '../record/fact-log.ts'
import type { LedgerAccount } from '../record/ledger-accounts.ts'
import type { TransactionKind } from './codes.ts'

export interface Movement {
  readonly at: number
  /** An instant of the civil day that it is about (M-09), where that is not the day on which it is made. */
  readonly about?: number
  readonly kind: TransactionKind
  /** Global number of the buyer; 0 for none. */
  readonly account: number
  readonly order: number
  readonly hour: number
  readonly repeats: number
  readonly rule: number
}

export class Ledger {
  readonly #facts: FactWriters
  readonly #words: Dictionary
  readonly #stride: number
  readonly #offset: number
  readonly #last: number
  #next: number
  #open = 0
  #sum = 0
  #vast = 0n

  /**
   * Transactions are numbered `first, first + stride, …`, so that no two cells share a number. What is made at `end`, when
   * the books close with the run, is about the run's last day.
   */
  constructor(
    facts: FactWriters,
    words: Dictionary,
    first: number,
    stride: number,
    time: { readonly offset: number; readonly end: number },
  ) {
    this.#facts = facts
    this.#words = words
    this.#offset = time.offset
    this.#last = time.end - 1
    this.#next = first
    this.#stride = stride
  }

  /**
   * Opens a transaction; `post` its legs, then `close` it. Legs of what a buyer pays with count on the day it is made, all
   * others on the day it is about; the reports show what is between as unbilled receivable (M-09).
   */
  begin(movement: Movement): void {
    this.#open = this.#next
    this.#next += this.#stride
    this.#sum = 0
    this.#vast = 0n
    this.#facts.transactions({
      id: this.#open,
      at: movement.at,
      repeats: movement.repeats,
      kind: this.#words.numberOf(movement.kind),
      account: movement.account,
      order_id: movement.order,
      hour: movement.hour,
      day: dayOf(Math.min(movement.about ?? movement.at, this.#last), this.#offset),
      rule: movement.rule,
    })
  }

  /** A whole transaction of a buyer (number) that is about no order or hour, made now or at an instant of its own. */
  book(
    kind: TransactionKind,
    rule: string,
    movement: Pick<Movement, 'at' | 'account'> & Partial<Movement>,
    legs: readonly (readonly [ledger: LedgerAccount, owner: number, amount: number | Amount])[],
  ): void {
    const { at, about = at, account, order = 0, hour = 0, repeats = 1 } = movement
    this.begin({ at, about, kind, account, order, hour, repeats, rule: this.#words.numberOf(rule) })
    for (let leg = 0; leg < legs.length; leg++) this.post(legs[leg][0], legs[leg][1], legs[leg][2])
    this.close()
  }

  /** One leg: positive debits, negative credits; a leg of nothing is left out. Numbers and their sums are below 2^53. */
  post(ledger: LedgerAccount, owner: number, amount: number | Amount): void {
    if (typeof amount === 'number') {
      if (amount === 0) return
      this.#sum += amount
    } else {
      if (amount === 0n) return
      this.#vast += amount
    }
    this.#facts.postings({ transaction_id: this.#open, ledger: this.#words.numberOf(ledger), owner, amount })
  }

  close(): void {
    if (this.#sum === 0 && this.#vast === 0n) return
    const sum = BigInt(this.#sum) + this.#vast
    if (sum !== 0n) throw new Error(`Q-01: postings of transaction ${this.#open} sum to ${sum}, not to zero`)
  }

  /** The number that the next transaction will bear. */
  get next(): number {
    return this.#next
  }

  save(): number {
    return this.#next
  }

  restore(next: number): void {
    this.#next = next
  }
}
