/** O-05: buyers who want credit ask for it as the run begins, by a ticket to the service desk. */

import { type Amount, parseAmount } from '#base/money.ts'
import type { Row } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import { fileTicket } from '../market/sellers/tickets.ts'
import { isResold } from '../market/wallets/reseller.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

interface Habit {
  readonly limit: Amount
  readonly probability: number
}

export class AskingForCredit {
  readonly #market: Orders
  readonly #streamOf: StreamOf
  /** By segment; null where buyers ask for none. */
  readonly #habits: readonly (Habit | null)[]

  constructor(market: Orders, streamOf: StreamOf) {
    this.#market = market
    this.#streamOf = streamOf
    this.#habits = market.world.scenario.buyers.map(({ wallet: { credit } }) => {
      const limit = credit === null ? 0n : parseAmount(credit.limit)
      return credit === null || limit === 0n ? null : { limit, probability: credit.probability }
    })
  }

  #habit(account: Row<'accounts'>): Habit | null {
    return this.#habits[this.#market.accounts.segment[account]]
  }

  /** Before the run. A certainty is not drawn. */
  open(): void {
    const { accounts, wallets, now } = this.#market
    for (let account = 0; account < accounts.rows; account++) {
      const habit = this.#habit(account)
      if (habit === null || isResold(wallets, account)) continue
      const { probability } = habit
      if (probability >= 1 || (probability > 0 && this.#streamOf(account, 'credit').next() < probability))
        timersOf(this.#market).wake('creditAsked', now, account)
    }
  }

  asks(account: Row<'accounts'>): void {
    const amount = this.#habit(account)?.limit ?? 0n
    fileTicket(this.#market.sellers, { account, about: 'credit', subject: 0, subjectId: 0, amount })
  }
}
