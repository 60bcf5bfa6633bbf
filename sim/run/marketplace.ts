/** One cell's marketplace on its clock: the market, its meter and its people wired to the kernel. */

import { monthOf, startOfHour, startOfMonth } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { CellContext, CellProgram } from '#engine/cells/program.ts'
import { type EventKind, type Kernel, LAST_TIME } from '#engine/kernel.ts'
import type { Stream } from '#engine/random/streams.ts'
import { tryRenewal } from '../market/subscriptions/auto-renewal.ts'
import { bill, type ClosedMonth, closeMonth, FINAL_AFTER } from '../market/invoices/bills.ts'
import { orderExpansion } from '../market/subscriptions/changes.ts'
import { endEarning, recogniseAll } from '../market/subscriptions/earnings.ts'
import { completeSwitch } from '../market/servers/image-switch.ts'
import { moveInvoice, reissueInvoice } from '../market/invoices/invoicing.ts'
import { Market } from '../market/market.ts'
import { type HourOwed, Meter } from '../market/metering/meter.ts'
import { takeEffect } from '../market/subscriptions/order-effects.ts'
import { expireOrder, useBalance } from '../market/orders/payment.ts'
import { changeCapacity, checkHeld, closePoolHour, openPool } from '../market/servers/pools.ts'
import { vpcCreated } from '../market/servers/prerequisites.ts'
import { renewBudgets } from '../market/wallets/reseller.ts'
import { bookUse, closeSales } from '../market/sellers/sales.ts'
import { gatherSales, makeSellerBills, paySellers } from '../market/sellers/seller-bills.ts'
import { billedAfter } from '../market/sellers/seller-share.ts'
import { created, endLife, failOrder } from '../market/servers/creation.ts'
import { bookSettlement, settleHour } from '../market/metering/settlement.ts'
import { passMilestone } from '../market/arrears/dunning.ts'
import { passSubscriptionMilestone } from '../market/subscriptions/terms.ts'
import { flowCompletes, flowGrowsOld, silenceLasts } from '../market/supervision/moves.ts'
import { NONE } from '../market/tables.ts'
import { type TimerKind, type Timers, timerKinds } from '../cell/timers.ts'
import { UsageIntake } from '../market/metering/usage-faults.ts'
import { renege, serveWaiting } from '../market/servers/waiting.ts'
import { dictionary } from '../market/words.ts'
import { failServers, serversCreated } from '../market/servers/yearly-servers.ts'
import { Buyers } from '../people/buyers.ts'
import { PaymentLuck } from '../people/events/payment-failures.ts'
import { Afterwards } from '../people/invoicing.ts'
import { Paying } from '../people/paying.ts'
import { Sellers } from '../people/sellers.ts'
import { Stopping } from '../people/stopping.ts'
import { Supervision } from '../people/supervision.ts'
import { Support } from '../people/support.ts'
import { Switching } from '../people/switching.ts'
import { Terms } from '../people/terms.ts'
import { collect, isFaulty } from '../people/usage-collection.ts'
import { Wallets } from '../people/wallets.ts'
import { WarmStart } from '../people/warm-start.ts'
import { FactLog } from '../record/fact-log.ts'
import { fromLog, logHigh, logLow } from '../record/wide.ts'
import type { World } from '../world/world.ts'
import { PlannedEvents } from './events/planned-events.ts'

/**
 * Message to a seller's cell: specification, first instant of the month; what was sold, what was given back (L-02) and
 * their cost (L-06), two numbers each.
 */
const MONTH_SOLD = 30

/** What a cell reports when the run is over. */
export interface CellResult {
  readonly facts: number
}

/** The kernel as the market's timers. */
class Clock implements Timers {
  readonly #kernel: Kernel
  readonly #kinds: Partial<Record<TimerKind, EventKind>> = {}

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  get now(): number {
    return this.#kernel.now
  }

  on(name: TimerKind, handler: (entity: number, a: number) => void): void {
    this.#kinds[name] = this.#kernel.on(name, timerKinds[name], handler)
  }

  wake(kind: TimerKind, at: number, entity: number, a = 0): number {
    // What lies beyond the end of time never happens; a sum of long durations may lie there.
    return this.#kernel.at(at < LAST_TIME ? at : LAST_TIME, this.#kinds[kind] as EventKind, entity, a)
  }

  cancel(handle: number): void {
    if (handle !== NONE) this.#kernel.cancel(handle)
  }
}

export class Marketplace implements CellProgram {
  readonly #world: World
  readonly #log: FactLog
  readonly #clock: Clock
  readonly #market: Market
  readonly #meter: Meter
  readonly #buyers: Buyers
  readonly #sellers: Sellers
  readonly #luck: PaymentLuck
  readonly #wallets: Wallets
  readonly #events: PlannedEvents
  readonly #stopping: Stopping
  /** U-09: stands between meter and settlement where usage records can go astray. */
  readonly #intake: UsageIntake | null
  readonly #switching: Switching
  readonly #supervision: Supervision
  readonly #terms: Terms
  readonly #paying: Paying
  readonly #afterwards: Afterwards
  readonly #support: Support
  readonly #warmStart: WarmStart
  #closedMonths: ClosedMonth[] = []
  #isClosing = false

  constructor(world: World, context: CellContext, factFile: string) {
    this.#world = world
    this.#log = new FactLog(factFile, context.kernel.digest, dictionary)
    this.#clock = new Clock(context.kernel)
    this.#market = new Market(world, context.id, this.#clock, this.#log.write, {
      balanceFell: (account) => this.#wallets.balanceFell(account),
      unfrozen: (row) => this.#stopping.stoodStill(row),
      launched: (row) => {
        this.#stopping.launched(row)
        this.#switching.launched(row)
      },
      imageChanged: (row) => this.#stopping.stoodStill(row),
      vpcCreated: (account) => this.#buyers.vpcCreated(account),
      provisionOrdered: (order) => this.#sellers.provisionOrdered(order),
      termTurned: (subscription, how) => this.#terms.turned(subscription, how),
      paymentFails: (account) => this.#luck.fails(account),
      orderBegan: (order) => this.#buyers.orderBegan(order),
      orderEnded: (order) => {
        this.#buyers.orderEnded(order)
        this.#afterwards.orderEnded(order)
      },
      flowTurned: (flow, resumed) => this.#supervision.turned(flow, resumed),
      appealPossible: (flow, by) => this.#supervision.appealPossible(flow, by),
      appealFiled: (flow) => this.#supervision.appealFiled(flow),
      flowCloses: (flow) => this.#supervision.closes(flow),
      paymentAwaited: (order) => this.#paying.awaited(order),
      flowBegan: (order) => this.#afterwards.flowBegan(order),
      sellerMailed: (contact) => this.#support.sellerMailed(contact),
      sellerUnreachable: (contact) => this.#support.sellerUnreachable(contact),
      ticketFiled: (ticket) => this.#support.ticketFiled(ticket),
      invoiceIssued: (invoice) => this.#afterwards.invoiceIssued(invoice),
      invoiceReturned: (invoice) => this.#afterwards.invoiceReturned(invoice),
      monthSold: (specification, month, sum) => {
        const home = world.catalog.offers[specification - 1].seller.cell
        if (home === context.id) gatherSales(this.#market, specification, month, sum)
        // What a late record brings as the books close is on no bill of this run, so nobody waits for the message.
        else if (!this.#isClosing)
          context.send(home, world.scenario.messageDelay, MONTH_SOLD, [
            specification,
            month,
            ...[sum.sold, sum.refunded, sum.cost].flatMap((amount) => [logLow(amount), logHigh(amount)]),
          ])
      },
    })
    this.#meter = new Meter(this.#market, startOfHour(world.scenario.start, this.#offset))
    this.#buyers = new Buyers(this.#market, this.#meter, context.streams)
    this.#warmStart = new WarmStart(this.#market, this.#meter, context.streams)
    this.#intake = this.#openIntake(context)
    const streamOf = (account: number, purpose: string): Stream => this.#buyers.stream(account, purpose)
    this.#stopping = new Stopping(this.#market, this.#meter, streamOf)
    this.#switching = new Switching(this.#market, this.#meter, streamOf, this.#buyers.servers)
    this.#luck = new PaymentLuck(this.#market, streamOf)
    this.#wallets = new Wallets(this.#market, this.#meter, streamOf, this.#luck)
    this.#paying = new Paying(this.#market, streamOf)
    this.#afterwards = new Afterwards(this.#market, streamOf)
    this.#support = new Support(this.#market, context.streams, context.send)
    this.#sellers = new Sellers(
      this.#market,
      (order) => {
        const { account, wish } = this.#market.orders
        return this.#buyers.orderStream(account[order], wish[order], 'creation')
      },
      context.send,
    )
    this.#terms = new Terms(this.#market, this.#meter, (account, purpose) => this.#buyers.stream(account, purpose))
    this.#supervision = new Supervision(this.#market, context.streams, context.send, (account, purpose) =>
      this.#buyers.stream(account, purpose),
    )
    this.#events = new PlannedEvents({
      market: this.#market,
      meter: this.#meter,
      streams: context.streams,
      closeSeller: (seller, until) => this.#supervision.sellers.close(seller, until),
      retryPayment: (account) => {
        if (this.#market.accounts.unpaid[account] !== NONE) useBalance(this.#market, this.#meter, account)
      },
    })
    this.#wire()
    this.#open(context)
  }

  get #offset(): number {
    return this.#world.policies['time.utcOffset']
  }

  /** T-06: what each wake-up does. Its rank stands in `timerKinds`. */
  #wire(): void {
    const handlers = this.#handlers()
    for (const name of Object.keys(handlers) as TimerKind[]) this.#clock.on(name, handlers[name])
  }

  #handlers(): Record<TimerKind, (entity: number, a: number) => void> {
    const market = this.#market
    const meter = this.#meter
    return {
      hourCloses: () => this.#closeHour(),
      hourSettles: () => this.#settle(),
      monthBegins: (month: number) => this.#beginMonth(month),
      monthBills: () => this.#billMonth(),
      capacityChanges: (pool: number, step: number) => this.#changeCapacity(pool, step),
      poolsFill: () => this.#warmStart.fill(),
      orderExpires: (row: number) => expireOrder(market, row),
      instanceLaunches: (row: number, fails: number) => created(market, meter, row, fails === 1),
      instanceEnds: (row: number) => endLife(market, meter, row),
      standingMilestone: (account: number, index: number) => passMilestone(market, meter, account, index),
      subscriptionMilestone: (row: number, index: number) => passSubscriptionMilestone(market, meter, row, index),
      saasProvisioned: (slot: number) => this.#sellers.provisioned(slot),
      plannedEvent: (number: number, phase: number) => this.#events.happens(number, phase),
      topUpArrives: (account: number) => this.#wallets.topUpArrives(account),
      buyerArrives: (entity: number) => this.#buyers.buyerArrives(entity),
      traceArrives: (replay: number) => this.#buyers.traceArrives(replay),
      buyerRestarts: (row: number) => this.#stopping.restarts(row),
      silenceLasts: (flow: number) => silenceLasts(market, flow),
      flowCompletes: (flow: number) => flowCompletes(market, flow),
      flowGrowsOld: (flow: number) => flowGrowsOld(market, flow),
      balanceRises: (account: number) => useBalance(market, meter, account),
      flowMoves: (flow: number) => this.#supervision.buyers.moves(flow),
      sellerReminded: (flow: number) => this.#supervision.buyers.reminds(flow),
      buyerAppeals: (flow: number) => this.#supervision.buyers.appeals(flow),
      sellerDone: (row: number) => this.#supervision.sellers.done(row),
      sellerReturns: (desk: number) => this.#supervision.sellers.returns(desk),
      managerDone: (row: number) => this.#supervision.managers.done(row),
      earningEnds: (row: number) => endEarning(market, row),
      serversCreated: (order: number) => serversCreated(market, meter, order),
      serversFail: (order: number) => failServers(market, meter, order),
      orderTakesEffect: (order: number) => takeEffect(market, meter, order),
      expansionIsRequoted: (row: number, quantity: number) => orderExpansion(market, row, quantity),
      autoRenewalTries: (row: number) => tryRenewal(market, row),
      buyerUpgrades: (row: number) => this.#terms.changing.upgrades(row),
      buyerExpands: (row: number) => this.#terms.changing.expands(row),
      buyerRenews: (row: number) => this.#terms.renewing.renews(row),
      buyerUnsubscribes: (row: number) => this.#terms.unsubscribing.unsubscribes(row),
      orderFails: (row: number) => failOrder(market, meter, row),
      imageChanges: (row: number, specification: number) => completeSwitch(market, meter, row, specification),
      vpcCreated: (account: number) => vpcCreated(market, account),
      patienceEnds: (row: number) => renege(market, row),
      poolServes: (pool: number) => serveWaiting(market, meter, pool),
      buyerStops: (row: number) => this.#stopping.stops(row),
      buyerSwitches: (row: number) => this.#switching.switches(row),
      buyerReturns: (account: number) => this.#buyers.buyerReturns(account),
      buyerPays: (row: number) => this.#paying.pays(row),
      invoiceMoves: (row: number) => moveInvoice(market, row),
      invoiceWanted: (row: number) => reissueInvoice(market, row),
      invoiceGivenBack: (row: number) => this.#afterwards.givesBack(row),
      buyerRemembers: (row: number) => this.#afterwards.remembers(row),
      creditAsked: (account: number) => this.#afterwards.creditAsked(account),
      contactBounced: (contact: number) => this.#support.contactBounced(contact),
      supportDone: (row: number) => this.#support.mailDone(row),
      ticketDone: (row: number) => this.#support.ticketDone(row),
      usageArrives: (entity: number) => this.#intake?.arrives(entity),
      sellersBilled: (month: number) => makeSellerBills(market, startOfMonth(month, this.#offset)),
      sellersPaid: () => paySellers(market),
    }
  }

  #open(context: CellContext): void {
    const { scenario } = this.#world
    this.#openAccounts(context)
    this.#openPools()
    this.#wallets.open()
    this.#afterwards.open()
    this.#clock.wake('hourCloses', this.#meter.hourStart + HOUR, 0)
    const month = monthOf(scenario.start, this.#offset) + 1
    this.#clock.wake('monthBegins', startOfMonth(month, this.#offset), month)
    this.#buyers.open()
    this.#events.open()
    this.#warmStart.open()
  }

  #openIntake({ streams }: CellContext): UsageIntake | null {
    const { policies, cellPlaces } = this.#world
    const faults = policies['usage.faults']
    if (!isFaulty(faults)) return null
    const intake = new UsageIntake(this.#market, this.#meter)
    const stream = streams.stream(`usage/${cellPlaces[this.#market.cell].name}`)
    this.#meter.collector = (record) => collect(record, faults, stream, intake)
    return intake
  }

  #openAccounts(context: CellContext): void {
    const { accounts } = this.#market
    const { population, scenario } = this.#world
    for (const id of population.homes[context.id]) {
      const row = accounts.add()
      const segment = population.segment[id - 1]
      accounts.id[row] = id
      accounts.segment[row] = segment
      accounts.instances[row] = NONE
      accounts.unpaid[row] = NONE
      accounts.topUpTimer[row] = NONE
      accounts.standingTimer[row] = NONE
      this.#buyers.openAccount(row)
      const bound = scenario.buyers[segment].wallet.paymentMethod
      accounts.paymentMethod[row] = this.#buyers.stream(row, 'account').next() < bound ? 1 : 0
    }
  }

  #openPools(): void {
    const { start } = this.#world.scenario
    for (const place of this.#world.pools.filter((pool) => pool.cell === this.#market.cell)) {
      openPool(this.#market, place, start)
      place.plan.capacity.forEach((step, index) => {
        if (step.from > start) this.#clock.wake('capacityChanges', step.from, place.row, index)
      })
    }
  }

  #closeHour(): void {
    const end = this.#clock.now
    closePoolHour(this.#market, this.#meter.hourStart)
    this.#meter.closeHour(end)
    this.#clock.wake('hourSettles', end + this.#world.policies['settlement.lag'], 0)
    this.#clock.wake('hourCloses', end + HOUR, 0)
  }

  #settle(): void {
    const owed = this.#meter.takeClosed()
    if (owed === undefined) return
    settleHour(this.#market, this.#meter, owed)
    this.#settleLate(owed)
    this.#meter.recycle(owed)
  }

  /** After an hour was settled: what came too late for its own (U-09). */
  #settleLate(owed: HourOwed): void {
    if (this.#intake === null) return
    this.#intake.late.settled(owed)
    this.#intake.late.settle(this.#meter, (hour) => this.#closedMonth(hour))
    this.#intake.forget()
  }

  /** The closed month with whose bill a clock hour was settled in time; undefined for the current one, or a final bill. */
  #closedMonth(hour: number): ClosedMonth | undefined {
    const settled = hour + HOUR + this.#world.policies['settlement.lag']
    const month = startOfMonth(monthOf(settled, this.#offset), this.#offset)
    return this.#closedMonths.find((closed) => closed.month === month)
  }

  #beginMonth(month: number): void {
    checkHeld(this.#market)
    recogniseAll(this.#market)
    renewBudgets(this.#market)
    this.#closedMonths.push(closeMonth(this.#market, startOfMonth(month - 1, this.#offset)))
    closeSales(this.#market, startOfMonth(month - 1, this.#offset))
    this.#clock.wake('sellersBilled', this.#clock.now + billedAfter(this.#market), month - 1)
    this.#clock.wake('monthBills', this.#clock.now + FINAL_AFTER, 0)
    this.#clock.wake('monthBegins', startOfMonth(month + 1, this.#offset), month + 1)
  }

  #billMonth(): void {
    const closed = this.#closedMonths.shift()
    if (closed !== undefined) bill(this.#market, this.#meter, closed, true)
  }

  #changeCapacity(pool: number, step: number): void {
    const place = this.#world.pools[this.#market.pools.id[pool] - 1]
    changeCapacity(this.#market, pool, place.plan.capacity[step].capacity)
  }

  receive(from: number, kind: number, payload: Float64Array): void {
    if (kind === MONTH_SOLD) {
      const [specification, month, soldLow, soldHigh, refundedLow, refundedHigh, costLow, costHigh] = payload
      gatherSales(this.#market, specification, month, {
        sold: fromLog(soldLow, soldHigh),
        refunded: fromLog(refundedLow, refundedHigh),
        cost: fromLog(costLow, costHigh),
      })
      return
    }
    if (this.#supervision.receive(from, kind, payload) || this.#support.receive(from, kind, payload)) return
    this.#sellers.receive(from, kind, payload)
  }

  boundary(): void {
    this.#log.drain()
  }

  /**
   * The books close with the run: the meter reads a last time at `end`, what it read is settled at once (the lag of
   * U-08 is waived), terms have earned up to now, and months without a final bill get a provisional one.
   */
  finish(): CellResult {
    const market = this.#market
    const { accounts } = market
    const end = this.#clock.now
    this.#isClosing = true
    checkHeld(market)
    closePoolHour(market, this.#meter.hourStart)
    const intake = this.#intake
    intake?.takeAll()
    // What is read now is taken now.
    if (intake !== null) this.#meter.collector = (record) => intake.take(record)
    this.#meter.finish(end)
    for (let owed = this.#meter.takeClosed(); owed !== undefined; owed = this.#meter.takeClosed()) {
      settleHour(market, this.#meter, owed)
      this.#settleLate(owed)
    }
    for (let account = 0; account < accounts.rows; account++) bookSettlement(market, account)
    bookUse(market)
    recogniseAll(market)
    const month = startOfMonth(monthOf(end - 1, this.#offset), this.#offset)
    this.#closedMonths.push(closeMonth(market, month))
    for (const closed of this.#closedMonths) bill(market, this.#meter, closed, false)
    this.#log.close()
    return { facts: this.#log.facts }
  }

  save(): unknown {
    return {
      log: this.#log.save(),
      market: this.#market.save(),
      meter: this.#meter.save(),
      buyers: this.#buyers.save(),
      sellers: this.#sellers.save(),
      supervision: this.#supervision.save(),
      paying: this.#paying.save(),
      afterwards: this.#afterwards.save(),
      support: this.#support.save(),
      closedMonths: this.#closedMonths,
      intake: this.#intake?.save(),
    }
  }

  restore(state: unknown): void {
    const saved = state as {
      log: ReturnType<FactLog['save']>
      market: unknown
      meter: ReturnType<Meter['save']>
      buyers: ReturnType<Buyers['save']>
      sellers: unknown
      supervision: ReturnType<Supervision['save']>
      paying: ReturnType<Paying['save']>
      afterwards: ReturnType<Afterwards['save']>
      support: ReturnType<Support['save']>
      closedMonths: ClosedMonth[]
      intake: ReturnType<UsageIntake['save']> | undefined
    }
    this.#log.restore(saved.log)
    this.#market.restore(saved.market)
    this.#meter.restore(saved.meter)
    this.#buyers.restore(saved.buyers)
    this.#sellers.restore(saved.sellers)
    this.#supervision.restore(saved.supervision)
    this.#paying.restore(saved.paying)
    this.#afterwards.restore(saved.afterwards)
    this.#support.restore(saved.support)
    if (saved.intake !== undefined) this.#intake?.restore(saved.intake)
    this.#closedMonths = saved.closedMonths
  }
}
