import type { Instant } from '#base/time.ts'
import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { LinkedList } from '../../cell/linked-list.ts'
import { Gate, Port } from '../../cell/port.ts'
import {
  code,
  count,
  flag,
  id,
  instant,
  money,
  number,
  quantity,
  type Row,
  row,
  sideTable,
  state,
  table,
  timer,
} from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Orders } from '../orders/orders.ts'
import { FreePeriods } from './free-periods.ts'
import { subscription } from './subscription.ts'

/** N-06: how many instances each account released in full in a calendar year. */
export const returnTable = (accounts: number) =>
  sideTable('returns', 'accounts', { year: count(), count: count() }, accounts)

/**
 * Yearly/monthly subscriptions from the start of their first term to their release. A term is counted in `total` months
 * from `anchor` (T-04, R-07), its end is `termEnd`. `ownMonths` is the term that was bought first, `months` and `plan`
 * are what was bought last; a `trial` costs nothing. `servers` is how many it still has, `lost` how many an outage takes at this instant. `busy` is the row of the order
 * that is open for it (O-09). `autoOn` is 1 with automatic renewal (`autoTried` once it was tried in this term), first tried `autoDay` days before
 * expiry for `autoMonths`, where 0 is the period of the policy. The timers of its people are here too, so that they
 * go with it.
 */
/** What a buyer means to do about automatic renewal next; the column keeps the position. */
export const autoActions = ['enable', 'modify', 'disable'] as const

export const subscriptionTable = () =>
  table('subscriptions', {
    id: id('orders'),
    account: row('accounts'),
    specification: number('specifications'),
    quantity: quantity(),
    pool: row('pools'),
    servers: count(),
    lost: count(),
    lostTimer: timer(),
    plan: number('plans'),
    ownMonths: count(),
    months: count(),
    state: state(subscription),
    boughtAt: instant(),
    termStart: instant(),
    termEnd: instant(),
    anchor: instant(),
    total: count(),
    timer: timer(),
    busy: row('orders'),
    firstEarning: row('earnings'),
    lastEarning: row('earnings'),
    autoOn: flag(),
    autoTried: flag(),
    autoDay: count(),
    autoMonths: count(),
    autoHabitTimer: timer(),
    autoNext: code(autoActions),
    autoTimes: count(),
    autoTimer: timer(),
    upgradeTimer: timer(),
    expandTimer: timer(),
    trial: flag(),
    renewTimer: timer(),
    unsubscribeTimer: timer(),
  })

/** Timers of a subscription, by column. */
export const subscriptionTimerColumns = [
  'timer',
  'lostTimer',
  'autoTimer',
  'autoHabitTimer',
  'upgradeTimer',
  'expandTimer',
  'renewTimer',
  'unsubscribeTimer',
] as const

/**
 * What was paid for a subscription and is earned by the days of [`from`, `to`): the first term, a renewal's period, or
 * what a change added; newest first. An image and its server are two rows of one order, `cloud` is 1 for the server.
 * `months` is 0 for a change, `commission` what of the price is not the seller's share (L-06). `since` is when it was paid,
 * `earnedDays` how many of its days have been booked.
 */
export const earningTable = () =>
  table('earnings', {
    id: id('orders'),
    subscription: row('subscriptions'),
    account: row('accounts'),
    next: row('earnings'),
    previous: row('earnings'),
    cloud: flag(),
    from: instant(),
    to: instant(),
    since: instant(),
    earnedDays: count(),
    months: count(),
    first: flag(),
    price: money(),
    commission: money(),
    tax: money(),
    recognised: money(),
    recognisedCommission: money(),
    timer: timer(),
    cashCoupon: row('coupons'),
    couponPaid: money(),
    discountCoupon: row('coupons'),
    discountPaid: money(),
    lowered: flag(),
  })

export const subscriptionTimers = {
  subscriptionMilestone: ranks.expire,
  serversAreRefunded: ranks.act,
  earningEnds: ranks.expire,
  expansionIsRequoted: ranks.act,
  autoRenewalTries: ranks.act,
} as const

/** Subscriptions (T, R, X, N): terms, what of them is earned, renewals, changes and unsubscriptions. */
export class Subscriptions extends Chapter<keyof typeof subscriptionTimers> {
  readonly orderChapter: Orders
  readonly wallets
  readonly arrears
  readonly freezes
  readonly sellers
  readonly invoices
  readonly orders
  readonly balances
  readonly returns = this.byAccount(returnTable)
  readonly subscriptions = subscriptionTable()
  readonly earnings = earningTable()
  readonly earningList = new LinkedList({
    first: () => this.subscriptions.firstEarning,
    last: () => this.subscriptions.lastEarning,
    next: () => this.earnings.next,
    previous: () => this.earnings.previous,
  })
  readonly freePeriods = new FreePeriods()
  readonly parts = {
    returns: this.returns,
    subscriptions: this.subscriptions,
    earnings: this.earnings,
    freePeriods: this.freePeriods,
  }
  /** A first term begins with an order (row): its servers are the subscription's from now on. */
  readonly termBegan = new Port<[subscription: Row<'subscriptions'>, order: Row<'orders'>]>()
  /** A term is over, and its grace begins. */
  readonly termExpired = new Port<[subscription: Row<'subscriptions'>]>()
  /** Grace is over: the resource is frozen. */
  readonly termFrozen = new Port<[subscription: Row<'subscriptions'>]>()
  /** One more period was paid. */
  readonly termRenewed = new Port<[subscription: Row<'subscriptions'>]>()
  /** Retention is over, or it was released: the resource is deleted. */
  readonly termReleased = new Port<[subscription: Row<'subscriptions'>, rule: string]>()
  /** So many servers of a subscription that begins could not be created (E-05). */
  readonly serversMissing = new Port<[subscription: Row<'subscriptions'>, servers: number]>()
  /** An outage took a server of a subscription (E-10). */
  readonly serverLost = new Port<[subscription: Row<'subscriptions'>]>()
  /** A paid change took effect. */
  readonly termChanged = new Port<[subscription: Row<'subscriptions'>, how: 'upgraded' | 'expanded']>()
  /** C-06: whether the owner has left, and lets terms expire. */
  readonly ownerHasLeft = new Gate<[account: Row<'accounts'>]>()
  /** Whether the owner of a subscription does not want it renewed automatically at the price of now. */
  readonly renewalDeclined = new Gate<[subscription: Row<'subscriptions'>]>()
  /** For its buyer: a term began, was renewed or expired. */
  readonly termTurned = new Port<[subscription: Row<'subscriptions'>, how: 'begun' | 'renewed' | 'expired']>()

  constructor(at: Cell, orders: Orders) {
    super(at)
    this.orderChapter = orders
    this.orders = orders.orders
    this.balances = orders.balances
    this.wallets = orders.wallets
    this.arrears = orders.arrears
    this.freezes = orders.freezes
    this.sellers = orders.sellers
    this.invoices = orders.invoices
  }

  /** What was paid for a subscription and is not earned yet: rows, newest first. */
  earningsOf(subscription: Row<'subscriptions'>): number[] {
    const rows: number[] = []
    this.earningList.each(subscription, (row) => rows.push(row))
    return rows
  }

  /** When the period that is running now began: the last one bought that has begun, whatever changes were made in it. */
  periodStart(subscription: Row<'subscriptions'>): Instant {
    const { earnings, subscriptions, now } = this
    let start = this.freePeriods.startOf(subscription, now, subscriptions.termStart[subscription])
    for (const row of this.earningsOf(subscription))
      if (earnings.months[row] > 0 && earnings.from[row] <= now && earnings.from[row] > start)
        start = earnings.from[row]
    return start
  }
}
