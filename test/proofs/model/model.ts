/**
 * A model of admission, wallet, arrears and supervision for two accounts, two orders and a pool of one unit, written from
 * the rulebook alone: it imports nothing of `sim/`. A state is plain data; `actionsOf` says what may be done in it, `act`
 * what comes of that. Between instants the model lets hours close and settle, and clocks run out, in the order of T-06.
 */
import { appealGround, type Flow, move, newFlow, nextClock, strike } from './flow.ts'
import { DAY, type FlowKind, HOUR, prices, type Rules } from './rules.ts'

export interface Account {
  cash: number
  due: number
  standing: 'good' | 'grace' | 'suspended' | 'released'
  since: number
  topUps: number
  /** 0 lacks a payment method, 1 a network, 2 nothing (O-02, E-03). */
  equipped: number
  /** What moved so far: it must explain the balance. */
  came: number
  went: number
}

export interface Server {
  state: 'waiting' | 'never' | 'creating' | 'running' | 'stopped' | 'suspended' | 'gone'
  holds: boolean
  /** When it is there, or when its order gives up. */
  at: number
  /** Seconds of the current hour that it ran, and whether its image was used in it. */
  seconds: number
  isUsed: boolean
}

export interface Order {
  account: number
  state: 'pending-payment' | 'processing' | 'completed' | 'cancelled'
  madeAt: number
  /** O-13: its buyer has set out to pay it; not after a card was declined. */
  isCalled: boolean
  server: Server | null
  kind: FlowKind | null
  flow: Flow | null
}

export interface State {
  instant: number
  now: number
  accounts: [Account, Account]
  orders: Order[]
  /** Orders that wait for the unit, first come first served. */
  queue: number[]
  /** Hours that are closed and not settled: what each account owes for them. */
  closed: { at: number; owed: [number, number] }[]
}

export type Action =
  | { readonly do: 'order'; readonly account: number; readonly what: 'server' | FlowKind }
  | { readonly do: 'top-up' | 'equip'; readonly account: number }
  | { readonly do: 'pay' | 'stop' | 'start' | 'delete'; readonly order: number }
  | { readonly do: 'move'; readonly order: number; readonly move: FlowMove }
  | { readonly do: 'pass' | 'close' }

export type FlowMove =
  | 'request'
  | 'refuse'
  | 'deliver'
  | 'accept'
  | 'reject'
  | 'remind'
  | 'buyer-appeals'
  | 'seller-appeals'
  | 'complete'
  | 'cancel'
  | 'resume'
  | 'withdraw'

export function begin(rules: Rules): State {
  const account = (index: 0 | 1): Account => ({
    cash: rules.opening[index],
    due: 0,
    standing: 'good',
    since: 0,
    topUps: 0,
    equipped: rules.bare && index === 1 ? 0 : 2,
    came: rules.opening[index],
    went: 0,
  })
  return { instant: 0, now: rules.instants[0], accounts: [account(0), account(1)], orders: [], queue: [], closed: [] }
}

/** What people may do, all of it at an instant; nothing after the books are closed. */
export function actionsOf(rules: Rules, state: State): Action[] {
  const { accounts, orders, instant } = state
  if (instant >= rules.instants.length) return []
  const actions: Action[] = [{ do: instant < rules.instants.length - 1 ? 'pass' : 'close' }]
  for (const account of [0, 1]) {
    if (orders.length < rules.orders)
      actions.push({ do: 'order', account, what: rules.sells[orders.length % rules.sells.length] })
    if (accounts[account].topUps < rules.topUps) actions.push({ do: 'top-up', account })
    if (accounts[account].equipped < 2) actions.push({ do: 'equip', account })
  }
  orders.forEach(({ state: at, server, flow, isCalled }, order) => {
    if (at === 'pending-payment' && !isCalled) actions.push({ do: 'pay', order })
    if (server?.state === 'running') actions.push({ do: 'stop', order })
    if (server?.state === 'stopped') actions.push({ do: 'start', order })
    if (server !== null && ['running', 'stopped', 'suspended'].includes(server.state))
      actions.push({ do: 'delete', order })
    if (flow !== null && at === 'processing')
      for (const each of movesOf(rules, flow)) actions.push({ do: 'move', order, move: each })
  })
  return actions
}

/** S-02..S-07: whose turn it is. Nothing is rejected more often than an appeal needs, so that there is an end. */
function movesOf(rules: Rules, flow: Flow): FlowMove[] {
  if (flow.state === 'frozen') return ['complete', 'cancel', 'resume', ...withdrawal(rules)]
  const moves: FlowMove[] = ['buyer-appeals', 'seller-appeals', ...withdrawal(rules)]
  if (flow.state === 'awaiting-request') moves.push('request')
  if (flow.state === 'awaiting-seller')
    moves.push(
      'deliver',
      'remind',
      ...(flow.kind === 'license' || flow.sellerRejections >= rules.sellerRejects ? [] : ['refuse' as const]),
    )
  if (flow.state === 'awaiting-acceptance')
    moves.push('accept', ...(flow.buyerRejections >= rules.buyerRejects ? [] : ['reject' as const]))
  return moves
}

const withdrawal = ({ withdraws }: Rules): FlowMove[] => (withdraws === 'never' ? [] : ['withdraw'])

/** Takes an action: the next state, and the answer to its doer. */
export function act(rules: Rules, before: State, action: Action): { state: State; said: string } {
  const state = structuredClone(before)
  const said = new Machine(rules, state).take(action)
  return { state, said }
}

class Machine {
  readonly #rules: Rules
  readonly #state: State

  constructor(rules: Rules, state: State) {
    this.#rules = rules
    this.#state = state
  }

  take(action: Action): string {
    switch (action.do) {
      case 'order':
        return action.what === 'server'
          ? this.#orderServer(action.account)
          : this.#orderFlow(action.account, action.what)
      case 'top-up':
        this.#state.accounts[action.account].topUps++
        this.#receive(action.account, this.#rules.topUp)
        return 'done'
      case 'equip':
        this.#state.accounts[action.account].equipped++
        return 'done'
      case 'pay':
        this.#state.orders[action.order].isCalled = true
        return this.#payWaiting(this.#state.orders[action.order].account)
      case 'move':
        return this.#move(action.order, action.move)
      case 'pass':
        this.#state.instant++
        this.#advance(this.#rules.instants[this.#state.instant])
        return 'done'
      case 'close':
        this.#closeBooks()
        return 'done'
      default:
        return this.#ownServer(action.order, action.do)
    }
  }

  // Admission

  /** O-02, O-10; null lets the order pass. */
  #refusal(account: number): string | null {
    const { equipped, standing } = this.#state.accounts[account]
    if (equipped === 0) return 'payment-method-missing'
    return standing === 'good' ? null : 'in-arrears'
  }

  #orderServer(account: number): string {
    const refused = this.#refusal(account)
    if (refused !== null) return refused
    if (this.#state.accounts[account].equipped < 2) return 'vpc-missing'
    const isFree = this.#isFree()
    if (!isFree && this.#rules.whenFull === 'refuse') return 'capacity-sold-out'
    const { now, orders, queue } = this.#state
    const server: Server = { state: 'waiting', holds: false, at: now + this.#rules.patience, seconds: 0, isUsed: false }
    orders.push({ account, state: 'processing', madeAt: now, isCalled: false, server, kind: null, flow: null })
    queue.push(orders.length - 1)
    this.#serve()
    return isFree ? 'admitted' : 'waits'
  }

  #isFree = (): boolean => !this.#state.orders.some(({ server }) => server?.holds)

  /** E-02: first come first served; who owes by then is not served (O-10). */
  #serve(): void {
    const { orders, queue, accounts, now } = this.#state
    while (queue.length > 0 && this.#isFree()) {
      const order = orders[queue.shift() as number]
      const server = order.server as Server
      if (accounts[order.account].standing !== 'good') this.#end(order, 'cancelled')
      else {
        Object.assign(server, { state: 'creating', holds: true, at: now + this.#rules.creation })
        if (this.#rules.creation === 0) this.#launch(order)
      }
    }
  }

  #end(order: Order, state: 'cancelled'): void {
    order.state = state
    const { server } = order
    if (server !== null)
      Object.assign(server, { state: server.state === 'waiting' ? 'never' : 'gone', holds: false, at: 0 })
  }

  /** E-01, O-10; A-03: what is there only after the account was suspended is suspended as soon as it is there. */
  #launch(order: Order): void {
    order.state = 'completed'
    const isSuspended = ['suspended', 'released'].includes(this.#state.accounts[order.account].standing)
    Object.assign(order.server as Server, { state: isSuspended ? 'suspended' : 'running', at: 0 })
  }

  #ownServer(index: number, what: 'stop' | 'start' | 'delete'): string {
    const server = this.#state.orders[index].server as Server
    if (what === 'start') {
      if (!this.#isFree()) return 'capacity-sold-out'
      Object.assign(server, { state: 'running', holds: true })
      return 'done'
    }
    Object.assign(server, { state: what === 'stop' ? 'stopped' : 'gone', holds: false })
    this.#serve()
    return 'done'
  }

  // Wallets

  #orderFlow(account: number, kind: FlowKind): string {
    const refused = this.#refusal(account)
    if (refused !== null) return refused
    const { now, orders } = this.#state
    orders.push({ account, state: 'pending-payment', madeAt: now, isCalled: true, server: null, kind, flow: null })
    return this.#payWaiting(account)
  }

  /** what is due first; then nothing is suspended any more; then the orders that wait, oldest first. */
  #receive(account: number, amount: number): void {
    const wallet = this.#state.accounts[account]
    wallet.came += amount
    wallet.cash += amount
    const paid = Math.min(wallet.due, wallet.cash)
    wallet.due -= paid
    wallet.cash -= paid
    if (wallet.due === 0 && wallet.standing !== 'good') {
      wallet.standing = 'good'
      for (const order of this.#state.orders)
        if (order.account === account && order.server?.state === 'suspended') {
          const runs = this.#rules.unfreeze === 'running' && order.server.holds
          Object.assign(order.server, runs ? { state: 'running' } : { state: 'stopped', holds: false })
        }
      this.#serve()
    }
    this.#payWaiting(account)
  }

  /** O-05, O-13; answers what became of the youngest. */
  #payWaiting(account: number): string {
    const { accounts, orders, now, instant } = this.#state
    const wallet = accounts[account]
    let said = 'pending-payment'
    for (const order of orders) {
      if (order.account !== account || order.state !== 'pending-payment' || !order.isCalled) continue
      said = 'pending-payment'
      if (wallet.due > 0) return said
      const lacks = Math.max(0, prices.flow - wallet.cash)
      if (lacks > 0 && this.#rules.method === 'balance') return said
      if (lacks > 0 && this.#rules.declines.includes(instant)) {
        order.isCalled = false
        said = 'declined'
        continue
      }
      // Whole cents (M-08).
      const charged = Math.ceil(lacks / 1e6) * 1e6
      wallet.came += charged
      wallet.cash += charged - prices.flow
      wallet.went += prices.flow
      order.state = 'processing'
      order.isCalled = false
      order.flow = newFlow(this.#rules, order.kind as FlowKind, now)
      said = 'paid'
    }
    return said
  }

  // Supervision

  #move(index: number, what: FlowMove): string {
    const order = this.#state.orders[index]
    const ended = move(this.#rules, order.flow as Flow, what, this.#state.now)
    return this.#ends(order, ended)
  }

  /** S-07..S-09, N-01: the order ends as its flow does. */
  #ends(order: Order, ended: string): string {
    if (ended !== 'completed' && ended !== 'refunded' && ended !== 'kept') return ended
    order.state = ended === 'completed' ? 'completed' : 'cancelled'
    order.flow = null
    if (ended === 'refunded') {
      this.#state.accounts[order.account].went -= prices.flow
      this.#state.accounts[order.account].came -= prices.flow
      this.#receive(order.account, prices.flow)
    }
    return ended
  }

  // Time

  /** Lets happen what is due until then; several things at one instant in the order of their ranks (T-06). */
  #advance(until: number): void {
    const state = this.#state
    for (;;) {
      const next = this.#next()
      if (next === null || next.at > until) break
      this.#accrue(next.at)
      state.now = next.at
      next.happen()
    }
    this.#accrue(until)
    state.now = until
  }

  #next(): { at: number; rank: number; happen: () => void } | null {
    const { orders, accounts, closed } = this.#state
    const due: { at: number; rank: number; happen: () => void }[] = []
    const metered =
      orders.some(({ server }) => server !== null && server.state !== 'gone' && server.state !== 'never') ||
      this.#hasUse()
    if (metered)
      due.push({ at: (Math.floor(this.#state.now / HOUR) + 1) * HOUR, rank: 0, happen: () => this.#closeHour() })
    if (closed.length > 0) due.push({ at: closed[0].at, rank: 1, happen: () => this.#settle() })
    accounts.forEach((account, index) => {
      const { standing, since } = account
      const { graceDays, retentionDays } = this.#rules
      if (standing === 'grace') due.push({ at: since + graceDays * DAY, rank: 2, happen: () => this.#suspend(index) })
      if (standing === 'suspended')
        due.push({ at: since + retentionDays * DAY, rank: 2, happen: () => this.#release(index) })
    })
    orders.forEach((order, index) => {
      const { server, flow } = order
      if (server?.state === 'creating') due.push({ at: server.at, rank: 2, happen: () => this.#launch(order) })
      if (server?.state === 'waiting') due.push({ at: server.at, rank: 2, happen: () => this.#giveUp(index) })
      if (order.state === 'pending-payment')
        due.push({ at: order.madeAt + this.#rules.unpaidLife, rank: 2, happen: () => this.#end(order, 'cancelled') })
      if (flow === null) return
      const clock = nextClock(this.#rules, flow)
      if (clock.at < Number.POSITIVE_INFINITY)
        due.push({ at: clock.at, rank: 2, happen: () => void this.#ends(order, strike(this.#rules, clock.name)) })
    })
    return due.reduce<(typeof due)[number] | null>(
      (first, each) =>
        first === null || each.at < first.at || (each.at === first.at && each.rank < first.rank) ? each : first,
      null,
    )
  }

  #giveUp(index: number): void {
    this.#state.queue.splice(this.#state.queue.indexOf(index), 1)
    this.#end(this.#state.orders[index], 'cancelled')
  }

  // Metering and arrears

  #hasUse = (): boolean =>
    this.#state.orders.some(({ server }) => server !== null && (server.seconds > 0 || server.isUsed))

  /** U-01, U-02, U-06: seconds that a server ran, and whether its image was used in the hour at all. */
  #accrue(until: number): void {
    const elapsed = until - this.#state.now
    if (elapsed === 0) return
    for (const { server } of this.#state.orders) {
      if (server === null) continue
      if (server.state === 'running') server.seconds += elapsed
      if (server.state === 'running' || (server.state === 'stopped' && this.#rules.whenStopped === 'billed'))
        server.isUsed = true
    }
  }

  #closeHour(): void {
    const owed: [number, number] = [0, 0]
    for (const { account, server } of this.#state.orders) {
      if (server === null) continue
      owed[account] += server.seconds * prices.serverSecond + (server.isUsed ? prices.imageHour : 0)
      Object.assign(server, { seconds: 0, isUsed: false })
    }
    if (owed[0] > 0 || owed[1] > 0) this.#state.closed.push({ at: this.#state.now + this.#rules.lag, owed })
  }

  /** U-08, A-01: drawn from the balance; the rest is due, and grace begins. */
  #settle(): void {
    const { owed } = this.#state.closed.shift() as State['closed'][number]
    this.#state.accounts.forEach((account, index) => {
      const paid = Math.min(account.cash, owed[index])
      account.went += owed[index]
      account.cash -= paid
      account.due += owed[index] - paid
      if (account.due > 0 && account.standing === 'good')
        Object.assign(account, { standing: 'grace', since: this.#state.now })
    })
  }

  #suspend(index: number): void {
    Object.assign(this.#state.accounts[index], { standing: 'suspended', since: this.#state.now })
    for (const { account, server } of this.#state.orders)
      if (account === index && (server?.state === 'running' || server?.state === 'stopped')) server.state = 'suspended'
  }

  /** deleted, capacity returned; the debt stays. */
  #release(index: number): void {
    Object.assign(this.#state.accounts[index], { standing: 'released', since: this.#state.now })
    for (const order of this.#state.orders) {
      const { account, server } = order
      if (account !== index || server === null || ['waiting', 'never', 'gone'].includes(server.state)) continue
      if (server.state === 'creating') this.#end(order, 'cancelled')
      else Object.assign(server, { state: 'gone', holds: false })
    }
    this.#serve()
  }

  /** The meter reads a last time, and what is owed is settled. */
  #closeBooks(): void {
    this.#closeHour()
    while (this.#state.closed.length > 0) this.#settle()
    this.#state.instant++
  }
}

/** What of a state can be seen from outside: the real modules must show the same. */
export function view(rules: Rules, state: State) {
  return {
    accounts: state.accounts.map(({ cash, due, standing }) => ({ cash, due, standing })),
    held: state.orders.filter(({ server }) => server?.holds).length,
    orders: state.orders.map(({ state: at, server, flow }) => ({
      state: at,
      server: server === null || server.state === 'waiting' || server.state === 'never' ? null : server.state,
      flow:
        flow === null
          ? null
          : {
              state: flow.state,
              rejections: [flow.sellerRejections, flow.buyerRejections],
              grounds: (['buyer', 'seller'] as const).map((by) => appealGround(rules, flow, by, state.now)),
            },
    })),
  }
}

export type View = ReturnType<typeof view>

/** States with the same key have the same future. */
export const keyOf = (state: State): string => JSON.stringify(state)
