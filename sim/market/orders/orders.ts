import type { Habits } from '#scenarios/sections/habits.ts'
import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { LinkedList } from '../../cell/linked-list.ts'
import { Gate, Pipe, Port } from '../../cell/port.ts'
import {
  code,
  count,
  duration,
  flag,
  id,
  idOfSome,
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
import type { Fulfilment } from '../../world/fulfilment.ts'
import type { Arrears } from '../arrears/arrears.ts'
import type { Invoices } from '../invoices/invoices.ts'
import type { Sellers } from '../sellers/sellers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { CloudLines } from './cloud-lines.ts'
import type { OrderLine } from './intent.ts'
import { order, orderKinds, type PaymentMethod, paymentMethods } from './order.ts'
import { Trials } from './trials.ts'

/** What each account needs to order (O-02), how often its buyer has wished, and its unpaid orders, oldest first. */
export const customerTable = (accounts: number) =>
  sideTable(
    'customers',
    'accounts',
    {
      registered: flag(),
      paymentMethod: flag(),
      wishes: count(),
      firstUnpaid: row('orders'),
      lastUnpaid: row('orders'),
    },
    accounts,
  )

/**
 * Orders that may still change or have servers. Of servers: `launched` of its `instances` are settled, `failed` of these
 * could not be created, `admitted` hold a unit of the pool, `servers` rows of servers refer to it; `creation` is how long
 * yearly/monthly ones take to be created, `fails` whether one of them will, `patience` how long they wait for room. `subject`: what a change or renewal is of, 0 for
 * a purchase, `subscription` its row, `newEnd` where a renewal puts its end. `called`: its buyer has attempted to pay it;
 * `method`: what the buyer pays with (O-13); `discounted`: its line has a discount of its own
 * (M-06). `sellerCost`: what was deferred of its seller's share (L-06). `couponPaid`, `discountPaid`: what its coupons paid,
 * `lowered`: the discount coupon lowered the taxed price (M-07). `priceRule`, `cloudRule`: words of the rules of its lines, 0
 * without such a line; `cloudPlan` the plan of its servers.
 */
export const orderTable = () =>
  table('orders', {
    id: id('orders'),
    account: row('accounts'),
    specification: number('specifications'),
    state: state(order),
    quantity: quantity(),
    months: count(),
    instances: count(),
    launched: count(),
    amount: money(),
    tax: money(),
    lifetime: duration(),
    wish: count(),
    expiry: timer(),
    nextUnpaid: row('orders'),
    previousUnpaid: row('orders'),
    subject: idOfSome('orders or subscriptions'),
    failed: count(),
    kind: code(orderKinds),
    subscription: row('subscriptions'),
    pool: row('pools'),
    plan: number('plans'),
    createdAt: instant(),
    cloudPrice: money(),
    sellerCost: money(),
    newEnd: instant(),
    quick: flag(),
    creation: duration(),
    admitted: count(),
    servers: count(),
    fails: count(),
    patience: duration(),
    called: flag(),
    method: code(paymentMethods),
    payTimer: timer(),
    trial: flag(),
    discounted: flag(),
    lowered: flag(),
    priceRule: number('words'),
    cloudPlan: number('server plans'),
    cloudRule: number('words'),
    cashCoupon: row('coupons'),
    discountCoupon: row('coupons'),
    couponPaid: money(),
    discountPaid: money(),
  })

/** O-01: a segment whose buyers pay without delay, each order by itself and all of them. */
function isPrompt({ reaction, abandon, together }: Habits['paying']): boolean {
  return 'constant' in reaction && reaction.constant === 0 && abandon === 0 && together === 0
}

export const orderTimers = { orderExpires: ranks.expire, orderTakesEffect: ranks.act } as const

/** Orders (O): admitted, priced, paid, refunded, completed or cancelled. */
export class Orders extends Chapter<keyof typeof orderTimers> {
  readonly wallets: Wallets
  readonly arrears: Arrears
  readonly freezes
  readonly sellers: Sellers
  readonly invoices: Invoices
  readonly balances
  readonly customers = this.byAccount(customerTable)
  readonly orders = orderTable()
  readonly unpaid = new LinkedList({
    first: () => this.customers.firstUnpaid,
    last: () => this.customers.lastUnpaid,
    next: () => this.orders.nextUnpaid,
    previous: () => this.orders.previousUnpaid,
  })
  readonly trials = new Trials()
  readonly cloudLines = new CloudLines()
  readonly parts = { customers: this.customers, orders: this.orders, trials: this.trials, cloudLines: this.cloudLines }
  /** By buyer segment: 1 where orders are paid as they are made. */
  readonly paysAtOnce = Uint8Array.from(this.world.scenario.buyers, ({ habits: { paying } }) =>
    isPrompt(paying) ? 1 : 0,
  )
  /** By buyer segment: 1 where buyers may select another payment method than the balance (O-13). */
  readonly selectsMethod = Uint8Array.from(this.world.scenario.buyers, ({ wallet: { methods } }) =>
    methods.card > 0 || methods.credit > 0 ? 1 : 0,
  )
  /** An order was created. */
  readonly orderBegan = new Port<[order: Row<'orders'>]>()
  /** An order waits for its buyer to pay it (O-01). */
  readonly paymentAwaited = new Port<[order: Row<'orders'>]>()
  /** Whether a payment that an account makes now does not go through, by a planned failure. */
  readonly paymentFails = new Gate<[account: Row<'accounts'>]>()
  /** O-13: which method a buyer selects for an order; the balance unless said. */
  readonly methodSelected = new Pipe<PaymentMethod, [account: Row<'accounts'>]>()
  /** O-04: what an order of servers, a change or a renewal costs at the prices of now; null where that keeps its own price. */
  readonly linesAtPayment = new Pipe<readonly OrderLine[] | null, [order: Row<'orders'>]>()
  /** O-13: why a bound card is declined that is charged now; an empty text where it is not. */
  readonly cardDeclines = new Pipe<string, [account: Row<'accounts'>]>()
  /** O-13: a card was declined: the order waits, and may be tried again. */
  readonly cardDeclined = new Port<[order: Row<'orders'>]>()
  /** An order was paid, and is to be provided in one of these ways. */
  readonly orderPaid: Readonly<Record<Fulfilment, Port<[order: Row<'orders'>]>>> = {
    change: new Port(),
    servers: new Port(),
    supervised: new Port(),
    seller: new Port(),
  }
  /** What needs no server was set up (O-10): a term may begin at `start` (O-11). Its row goes when this has been heard. */
  readonly orderCompleted = new Port<[order: Row<'orders'>, start: number]>()
  /** A paid order was cancelled and nothing is refunded (S-09): what was paid is earned. */
  readonly paymentKept = new Port<[order: Row<'orders'>]>()
  /** An order was completed or cancelled. */
  readonly orderEnded = new Port<[order: Row<'orders'>]>()
  /** Nothing came of an unpaid order: whatever was kept for it is free. */
  readonly orderDropped = new Port<[order: Row<'orders'>]>()
  /** An unpaid expansion has the price of a rule that is over; it is about to be cancelled. */
  readonly orderOutdated = new Port<[order: Row<'orders'>]>()

  constructor(at: Cell, wallets: Wallets, arrears: Arrears, sellers: Sellers, invoices: Invoices) {
    super(at)
    this.wallets = wallets
    this.arrears = arrears
    this.freezes = arrears.freezes
    this.sellers = sellers
    this.invoices = invoices
    this.balances = wallets.balances
  }
}
