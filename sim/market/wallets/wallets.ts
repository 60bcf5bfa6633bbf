import { Chapter } from '../../cell/chapter.ts'
import { LinkedList } from '../../cell/linked-list.ts'
import { Port } from '../../cell/port.ts'
import {
  code,
  count,
  flag,
  hourMoney,
  id,
  instant,
  money,
  type Row,
  row,
  sideTable,
  table,
  timer,
} from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'

export const couponKinds = ['cash', 'discount'] as const
export type CouponKind = (typeof couponKinds)[number]

/**
 * What each account holds and owes. `month…` is what was charged in the running month, `span…` the run of hours that were
 * settled alike and is not in the books yet. `coupons` is what all cash coupons are worth; `budgetSpent` what a reseller's
 * customer has ordered this month.
 */
export const balanceTable = (accounts: number) =>
  sideTable(
    'balances',
    'accounts',
    {
      cash: money(),
      due: money(),
      topUpTimer: timer(),
      monthCharges: money(),
      monthLines: count(),
      monthOrders: money(),
      monthOrderTax: money(),
      spanHour: instant(),
      spanHours: count(),
      spanAt: instant(),
      spanEcs: hourMoney(),
      spanImage: hourMoney(),
      spanCash: hourMoney(),
      spanCoupon: hourMoney(),
      coupons: money(),
      firstCoupon: row('coupons'),
      lastCoupon: row('coupons'),
      credit: money(),
      creditUsed: money(),
      reseller: flag(),
      limited: flag(),
      budget: money(),
      budgetSpent: money(),
    },
    accounts,
  )

/** Coupons of the cell's buyers, linked by account in the order in which they were granted. */
export const couponTable = () =>
  table('coupons', {
    id: id('coupons'),
    account: row('accounts'),
    kind: code(couponKinds),
    amount: money(),
    left: money(),
    next: row('coupons'),
    previous: row('coupons'),
  })

export const walletTimers = { balanceRises: ranks.act } as const

/** Wallets (M, O-05..O-07): cash, coupons, credit, resellers, and the hours that are drawn from them. */
export class Wallets extends Chapter<keyof typeof walletTimers> {
  readonly balances = this.byAccount(balanceTable)
  readonly coupons = couponTable()
  readonly couponList = new LinkedList({
    first: () => this.balances.firstCoupon,
    last: () => this.balances.lastCoupon,
    next: () => this.coupons.next,
    previous: () => this.coupons.previous,
  })
  readonly parts = { balances: this.balances, coupons: this.coupons }
  /** A charge fell due that nothing could pay. */
  readonly chargeUnpaid = new Port<[account: Row<'accounts'>]>()
  /** The balance rose, and has paid what was due: what waited for money may be paid now. */
  readonly balanceRose = new Port<[account: Row<'accounts'>]>()
  /** The balance fell, or a payment failed because `missing` (whole 1e-8 units) was lacking. */
  readonly balanceFell = new Port<[account: Row<'accounts'>, missing: bigint]>()

  /** Another chapter put money on the balance: it is used at this instant, after the event that is running. */
  wakeBalance(account: number): void {
    this.timers.wake('balanceRises', this.now, account)
  }
}
