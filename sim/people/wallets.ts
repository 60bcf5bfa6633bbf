/** The money habits of buyers: what they start with, and when they top up. */

import { type Amount, parseAmount } from '#base/money.ts'
import { MINUTE } from '#base/time.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import { NONE, type Row } from '../cell/table.ts'
import { topUpByCard } from '../market/orders/card-top-up.ts'
import type { Orders } from '../market/orders/orders.ts'
import { missing } from '../market/orders/payment.ts'
import { openBalance, topUp } from '../market/wallets/cash.ts'
import { grantCoupon } from '../market/wallets/coupons.ts'
import { isResold, joinReseller } from '../market/wallets/reseller.ts'
import type { CouponKind } from '../market/wallets/wallets.ts'
import { type Habit, habitFrom } from './behaviour.ts'
import { drawDuration, durationDistribution, happens } from './draws.ts'
import type { PaymentFailures } from './events/payment-failures.ts'
import { timersOf } from './timers.ts'

interface WalletHabit {
  readonly opening: Amount
  readonly coupons: readonly { kind: CouponKind; amount: Amount; count: number; probability: number }[]
  /** Probability of being a reseller's customer, and the monthly budget. */
  readonly resold: number
  readonly budget: Amount | null
  /** Cash balance below which the buyer tops up; null for never. */
  readonly below: Amount | null
  /** The same as float64. */
  readonly belowNumber: number
  readonly amount: Amount
  readonly reaction: Distribution | null
  /** O-13: how a declined top-up by card is tried again; null for who does not top up by card. */
  readonly card: Habit | null
}

function habitOf({ wallet, reseller }: BuyerSegment): WalletHabit {
  const means = {
    opening: parseAmount(wallet.opening),
    coupons: wallet.coupons.map((coupon) => ({ ...coupon, amount: parseAmount(coupon.amount) })),
    resold: reseller?.probability ?? 0,
    budget: reseller?.monthlyBudget == null ? null : parseAmount(reseller.monthlyBudget),
    card: wallet.card?.topUps === true ? habitFrom(wallet.card.retry) : null,
  }
  if (wallet.topUp === null) return { ...means, below: null, belowNumber: 0, amount: 0n, reaction: null }
  const { amount, reaction } = wallet.topUp
  const below = parseAmount(wallet.topUp.below)
  return {
    ...means,
    below,
    belowNumber: Number(below),
    amount: parseAmount(amount),
    reaction: durationDistribution(reaction),
  }
}

export class Wallets {
  readonly #market: Orders
  readonly #habits: readonly WalletHabit[]
  readonly #stream: (account: number, purpose: string) => Stream
  readonly #failures: PaymentFailures

  constructor(market: Orders, stream: (account: number, purpose: string) => Stream, failures: PaymentFailures) {
    this.#market = market
    this.#habits = market.world.scenario.buyers.map(habitOf)
    this.#stream = stream
    this.#failures = failures
  }

  /** Opens every account of the cell. */
  open(): void {
    const { accounts } = this.#market
    for (let account = 0; account < accounts.rows; account++) {
      if (this.#joins(account)) openBalance(this.#market.wallets, account, 0n)
      else this.#fill(account)
    }
  }

  /** O-06: whether the buyer is a reseller's customer, who has a budget in place of a wallet. */
  #joins(account: Row<'accounts'>): boolean {
    const { budget, resold } = this.#habit(account)
    if (resold === 0 || (resold < 1 && this.#stream(account, 'reseller').next() >= resold)) return false
    joinReseller(this.#market.wallets, account, budget)
    return true
  }

  /** Cash and coupons at the start; credit is for the service desk to grant. */
  #fill(account: Row<'accounts'>): void {
    const { opening, coupons } = this.#habit(account)
    openBalance(this.#market.wallets, account, opening)
    for (const { kind, amount, count, probability } of coupons) {
      if (probability < 1 && this.#stream(account, 'coupons').next() >= probability) continue
      for (let held = 0; held < count; held++) grantCoupon(this.#market.wallets, account, kind, amount)
    }
  }

  #habit(account: Row<'accounts'>): WalletHabit {
    return this.#habits[this.#market.accounts.segment[account]]
  }

  /** A balance fell: the buyer notices after a reaction time, and not twice for the same want. */
  balanceFell(account: Row<'accounts'>): void {
    const { balances, customers } = this.#market
    const { below, belowNumber, reaction } = this.#habit(account)
    if (reaction === null || below === null || balances.topUpTimer[account] !== NONE) return
    const isLow = balances.cash.isBelow(account, below, belowNumber)
    // Each metered hour comes here: most accounts have enough money, no debt and no open order.
    if (!isLow && balances.due.isZero(account) && customers.firstUnpaid[account] === NONE) return
    if (isResold(this.#market.wallets, account) || (!isLow && missing(this.#market, account) === 0n)) return
    const timers = timersOf(this.#market)
    const wait = drawDuration(reaction, this.#stream(account, 'wallet'))
    balances.topUpTimer[account] = timers.wake('topUpArrives', timers.now + wait, account)
  }

  /** The buyer retries as fast as a low balance would be noticed, but not within the same minute. */
  #tryLater(account: Row<'accounts'>): void {
    const timers = timersOf(this.#market)
    const { balances } = this.#market
    const { reaction } = this.#habit(account)
    const wait = reaction === null ? 0 : drawDuration(reaction, this.#stream(account, 'wallet'))
    balances.topUpTimer[account] = timers.wake('topUpArrives', timers.now + Math.max(MINUTE, wait), account)
  }

  /** O-13: a declined card may be tried again. */
  #tryCardLater(account: Row<'accounts'>, { probability = 1, after }: Habit): void {
    const timers = timersOf(this.#market)
    const stream = () => this.#stream(account, 'card-retry')
    if (!happens(probability, stream)) return
    const wait = Math.max(MINUTE, drawDuration(after, stream()))
    this.#market.balances.topUpTimer[account] = timers.wake('topUpArrives', timers.now + wait, account)
  }

  /** The money arrives: as many times the usual amount as debts and waiting orders need. */
  topUpArrives(account: Row<'accounts'>): void {
    const { balances } = this.#market
    const { below, amount, card } = this.#habit(account)
    balances.topUpTimer[account] = NONE
    // Credit that was drawn is restored before the balance rises.
    const owed = balances.creditUsed.at(account)
    const short = below === null ? 0n : below - balances.cash.at(account) + owed
    const lacking = missing(this.#market, account)
    const needed = lacking > short ? lacking : short
    if (needed <= 0n) return
    if (this.#failures.fails(account)) {
      this.#market.notify(account, 'top-up-failed', 'A-05', 0)
      this.#tryLater(account)
      return
    }
    const sum = amount * ((needed + amount - 1n) / amount)
    if (card === null) topUp(this.#market.wallets, account, sum)
    else if (!topUpByCard(this.#market, account, sum)) {
      this.#tryCardLater(account, card)
      return
    }
    this.balanceFell(account)
  }
}
