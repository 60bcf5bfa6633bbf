/** What buyers want of their subscriptions becomes orders, whose amount a reseller may have to confirm first (O-06). */
import { expansionAmount, orderExpansion, orderUpgrade, upgradeAmount } from '../market/subscriptions/changes.ts'
import { renew, renewalAmount } from '../market/subscriptions/renewal.ts'
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import type { Confirming } from './confirming.ts'
import type { LaterWish, TermWish } from './later-wish.ts'

/** Takes a wish about the subscription that now is in a row. */
export type OrderTerm = (wish: Omit<TermWish, 'id'>) => void

export class TermWishes {
  readonly #market: Subscriptions
  readonly #confirming: Confirming<LaterWish>

  constructor(market: Subscriptions, confirming: Confirming<LaterWish>) {
    this.#market = market
    this.#confirming = confirming
  }

  readonly order: OrderTerm = (wish) => this.place({ ...wish, id: this.#market.subscriptions.id[wish.row] })

  /** The wish is ordered, unless the reseller has to confirm its amount first. */
  place(about: TermWish): void {
    const { subscriptions } = this.#market
    const { kind, row, id, specification, quantity, months } = about
    // It was released while the reseller was asked.
    if (subscriptions.id[row] !== id) return
    const account = subscriptions.account[row]
    if (this.#confirming.isAsked(account)) {
      const what = { account, kind, specification, quantity, months, pool: subscriptions.pool[row], subject: id }
      const asked = { ...what, amount: this.#amount(about) }
      if (this.#confirming.asks({ asked, name: `${kind} ${id}`, wish: { about } })) return
    }
    const offer = this.#market.offer(specification)
    if (kind === 'upgrade') orderUpgrade(this.#market, row, offer, quantity)
    else if (kind === 'expansion') orderExpansion(this.#market, row, quantity)
    else renew(this.#market, row, { months, offer, quantity })
  }

  #amount({ kind, row, specification, quantity, months }: TermWish): bigint {
    const offer = this.#market.offer(specification)
    if (kind === 'upgrade') return upgradeAmount(this.#market, row, offer, quantity)
    if (kind === 'expansion') return expansionAmount(this.#market, row, quantity)
    return renewalAmount(this.#market, row, { months, offer, quantity })
  }
}
