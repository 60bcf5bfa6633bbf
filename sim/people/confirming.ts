/**
 * Customers of a reseller confirm the amount of an order with the reseller before they place it (O-06). The answer takes
 * time; if the price has changed by then, or the order has to wait for something else and its price changes, they ask
 * again.
 */

import type { Distribution } from '#engine/random/distribution.ts'
import type { Row } from '../cell/table.ts'
import { type AskedAmount, answerAmount } from '../market/orders/confirmation.ts'
import type { Orders } from '../market/orders/orders.ts'
import { isResold } from '../market/wallets/reseller.ts'
import { drawDuration, durationDistribution, happens } from './draws.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

/** What is asked about, as plain data: `wish` takes the order up again when the reseller has confirmed. */
export interface Question<W> {
  readonly asked: Omit<AskedAmount, 'askedAt'>
  /** Names the order among those of its buyer. */
  readonly name: string
  readonly wish: W
}

interface Open<W> extends Question<W> {
  readonly askedAt: number
}

interface Habit {
  readonly after: Distribution
  readonly declines: number
}

export class Confirming<W> {
  readonly #market: Orders
  readonly #stream: StreamOf
  /** By segment; null where no reseller is asked. */
  readonly #habits: readonly (Habit | null)[]
  #open = new Map<number, Open<W>>()
  /** Amounts that were confirmed, by buyer and name, until their orders are placed. */
  #confirmed = new Map<string, bigint>()
  #next = 1

  constructor(market: Orders, stream: StreamOf) {
    this.#market = market
    this.#stream = stream
    this.#habits = market.world.scenario.buyers.map(({ reseller }) =>
      reseller?.confirmation == null
        ? null
        : { after: durationDistribution(reseller.confirmation.after), declines: reseller.confirmation.declines },
    )
  }

  /** Whether an account asks at all: most do not, and need no price. */
  isAsked(account: Row<'accounts'>): boolean {
    const { accounts, wallets } = this.#market
    return this.#habits[accounts.segment[account]] !== null && isResold(wallets, account)
  }

  /** Whether the reseller has to be asked first; then it is. `amount` 0 is not asked. */
  asks(question: Question<W>): boolean {
    const { asked, name } = question
    const { account, amount } = asked
    const key = `${account} ${name}`
    if (amount === 0n) return false
    if (this.#confirmed.get(key) === amount) {
      this.#confirmed.delete(key)
      return false
    }
    const habit = this.#habits[this.#market.accounts.segment[account]]
    if (habit === null) return false
    const timers = timersOf(this.#market)
    const wait = drawDuration(habit.after, this.#stream(account, 'confirmation'))
    this.#open.set(this.#next, { ...question, askedAt: timers.now })
    timers.wake('resellerAnswers', timers.now + wait, this.#next++)
    return true
  }

  /** The reseller answers: the wish to take up again where it is confirmed. */
  answered(number: number): { readonly account: Row<'accounts'>; readonly wish: W; readonly isConfirmed: boolean } {
    const open = this.#open.get(number) as Open<W>
    this.#open.delete(number)
    const { asked, name, wish, askedAt } = open
    const { account } = asked
    const { declines } = this.#habits[this.#market.accounts.segment[account]] as Habit
    const isConfirmed = !happens(declines, () => this.#stream(account, 'confirmation'))
    answerAmount(this.#market, { ...asked, askedAt }, isConfirmed)
    if (isConfirmed) this.#confirmed.set(`${account} ${name}`, asked.amount)
    return { account, wish, isConfirmed }
  }

  save() {
    return { open: [...this.#open], confirmed: [...this.#confirmed], next: this.#next }
  }

  restore({ open, confirmed, next }: ReturnType<Confirming<W>['save']>): void {
    this.#open = new Map(open)
    this.#confirmed = new Map(confirmed)
    this.#next = next
  }
}
