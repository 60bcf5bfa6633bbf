/** The real modules, driven by the actions of the model: a market of one cell on a clock that the explorer sets back. */
import { startOfHour } from '#base/civil-time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { Cell } from '#sim/cell/cell.ts'
import { restoreParts, saveParts } from '#sim/cell/parts.ts'
import { NONE } from '#sim/cell/table.ts'
import type { Clock, TimerHandler } from '#sim/cell/timers.ts'
import { settleAll } from '#sim/market/metering/settlement.ts'
import { assemble, type Chapters } from '#sim/market/modules.ts'
import { payNow } from '#sim/market/orders/payment.ts'
import { placeOrder } from '#sim/market/place-order.ts'
import { openPools } from '#sim/market/servers/pools.ts'
import { endLife, restart, stop } from '#sim/market/servers/running.ts'
import { decideAppeal, type Outcome } from '#sim/market/supervision/appeal-decision.ts'
import { fileAppeal, groundOf } from '#sim/market/supervision/appeal-steps.ts'
import {
  acceptProduct,
  rejectProduct,
  remindSeller,
  sellerMoves,
  submitRequest,
} from '#sim/market/supervision/moves.ts'
import { stateOf } from '#sim/market/supervision/supervision-steps.ts'
import { withdrawOrder } from '#sim/market/supervision/withdrawal.ts'
import { openBalance, topUp } from '#sim/market/wallets/cash.ts'
import { dictionary, words } from '#sim/market/words.ts'
import type { FactWriters } from '#sim/record/fact-log.ts'
import { buildWorld } from '#sim/world/world.ts'
import type { Action, FlowMove, View } from './model.ts'
import type { FlowKind, Rules } from './rules.ts'

const START = Date.parse('2024-05-06T08:00:00+08:00')
/** The model's seconds are the market's milliseconds. */
const MS = 1000

const scenario = ({ method }: Rules) => `name: model
start: 2024-05-06T08:00:00+08:00
duration: 1000d
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 1, hourly: "3.6" }] }] }]
sellers: [{ segment: isv }]
catalog:
  - { id: server, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.4" }] }
  - { id: saas, kind: saas, supervised: true, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "10" }] }] }
  - { id: license, kind: license, seller: isv/1, category: c, specifications: [{ id: s, billing: yearly, plans: [{ months: 12, price: "10" }] }] }
  - { id: professional-service, kind: professional-service, seller: isv/1, category: c, specifications: [{ id: s, billing: one-off, price: "10" }] }
buyers:
  - segment: b
    count: 2
    load: { poisson: { total: 1/d } }
    wallet: { ${method === 'card' ? 'card: { declines: 0 }, methods: { card: 1, balance: 1 }' : 'methods: { balance: 1 }'} }
    buys: [{ product: saas, specification: s }]
`

const policiesOf = (rules: Rules): Partial<Policies> => ({
  'grace.days': rules.graceDays,
  'retention.days': rules.retentionDays,
  'unfreeze.payPerUse': rules.unfreeze,
  'image.whenStopped': rules.whenStopped,
  'pool.whenFull': rules.whenFull,
  'settlement.lag': rules.lag * MS,
  'order.unpaidLife': rules.unpaidLife * MS,
  'reject.cap': rules.rejectCap < Number.POSITIVE_INFINITY ? rules.rejectCap : 'none',
  'appeal.silence': rules.silence * MS,
  'appeal.sellerRejects': rules.sellerRejects,
  'appeal.buyerRejects': { license: rules.buyerRejects, saas: rules.buyerRejects, service: rules.buyerRejects },
  'appeal.seller': rules.sellerAppeals,
  'completion.delay': rules.completionDelay * MS,
  'completion.appealInWindow': rules.appealInWindow,
  'freeze.pauses': [...rules.pauses],
  'unsubscribe.beforeCompletion': rules.withdraws,
  'auto365.kinds': [...rules.closes],
  'auto365.refund': rules.closeRefund,
  'auto365.start': rules.ageFrom,
})

interface Wake {
  readonly kind: string
  readonly at: number
  readonly entity: number
  readonly a: number
}

/** What the harness itself keeps of the orders it made. */
interface Known {
  /** Numbers of the orders, as they were made. */
  orders: number[]
  states: Record<number, string>
  /** By number of an order: its server, and the server's last state. */
  servers: Record<number, { id: number; state: string }>
  appeals: number
  denied: number
}

export class RealMarket implements Clock {
  now = START
  readonly #rules: Rules
  readonly #cell: Cell
  readonly #market: Chapters
  readonly #handlers = new Map<string, { rank: number; handler: TimerHandler }>()
  #wakes = new Map<number, Wake>()
  #handles = 0
  #instant = 0
  #known: Known = { orders: [], states: {}, servers: {}, appeals: 0, denied: 0 }
  #refused = ''
  #declined = false

  constructor(rules: Rules) {
    this.#rules = rules
    const read = parseScenario(scenario(rules), 'model.yaml')
    const world = buildWorld({
      scenario: { ...read, policies: { ...read.policies, ...policiesOf(rules) } },
      traces: {},
    })
    this.#cell = new Cell(world, 0, this, this.#writers(), dictionary)
    this.#market = assemble(this.#cell)
    const { orders, servers, wallets, metering } = this.#market
    metering.meter.hourStart = startOfHour(START, world.policies['time.utcOffset'])
    for (const id of world.population.homes[0]) this.#cell.openAccount(id, 0)
    openPools(servers)
    orders.methodSelected.through(() => rules.method)
    orders.cardDeclines.through(() => (rules.declines.includes(this.#instant) ? 'insufficient-funds' : ''))
    for (const account of [0, 1]) openBalance(wallets, account, BigInt(rules.opening[account]))
    for (const account of [0, 1]) this.#equip(account, rules.bare && account === 1 ? 0 : 2)
    if (rules.sells.includes('server')) metering.timers.wake('hourCloses', metering.meter.hourStart + 3_600_000, 0)
    this.#goTo(START + rules.instants[0] * MS)
  }

  #equip(account: number, level: number): void {
    const { orders, servers } = this.#market
    orders.customers.registered[account] = 1
    orders.customers.paymentMethod[account] = level > 0 ? 1 : 0
    servers.owners.vpcs[account] = level > 1 ? 1 : 0
    servers.owners.securityGroup[account] = 1
    servers.owners.credentials[account] = 1
  }

  #writers(): FactWriters {
    const kept: Record<string, (fact: Record<string, number>) => void> = {
      order_steps: ({ order_id, to_state }) => {
        this.#known.states[order_id] = words[to_state]
      },
      instances: ({ id, order_id }) => {
        this.#known.servers[order_id] = { id, state: 'creating' }
      },
      instance_steps: ({ instance_id, to_state }) => {
        for (const server of Object.values(this.#known.servers))
          if (server.id === instance_id) server.state = words[to_state]
      },
      refusals: ({ code }) => {
        this.#refused = words[code]
      },
      card_charges: ({ outcome }) => {
        this.#declined = words[outcome] === 'declined'
      },
      appeals: () => {
        this.#known.appeals++
      },
      appeal_steps: ({ to_state }) => {
        if (words[to_state] === 'denied') this.#known.denied++
      },
    }
    return new Proxy({} as FactWriters, {
      get: (_, table) => kept[table as string] ?? (() => {}),
    })
  }

  // The clock

  on(kind: string, rank: number, handler: TimerHandler): void {
    this.#handlers.set(kind, { rank, handler })
  }

  wake(kind: string, at: number, entity: number, a = 0): number {
    this.#wakes.set(++this.#handles, { kind, at, entity, a })
    return this.#handles
  }

  cancel(handle: number): void {
    this.#wakes.delete(handle)
  }

  /** What is due next by an instant, in the order of T-06. */
  #takeDue(until: number): Wake | undefined {
    let next: readonly [handle: number, wake: Wake, rank: number] | undefined
    for (const [handle, wake] of this.#wakes) {
      if (wake.at > until) continue
      const rank = this.#handlers.get(wake.kind)?.rank ?? 0
      const before =
        next === undefined
          ? -1
          : wake.at - next[1].at || rank - next[2] || wake.entity - next[1].entity || handle - next[0]
      if (before < 0) next = [handle, wake, rank]
    }
    if (next === undefined) return undefined
    this.#wakes.delete(next[0])
    return next[1]
  }

  #goTo(until: number): void {
    for (let next = this.#takeDue(until); next !== undefined; next = this.#takeDue(until)) {
      this.now = next.at
      this.#handlers.get(next.kind)?.handler(next.entity, next.a)
    }
    this.now = until
  }

  // Snapshots

  save(): unknown {
    return structuredClone({
      parts: saveParts({ cell: this.#cell, ...Object.fromEntries(this.#cell.chapters) }),
      now: this.now,
      wakes: this.#wakes,
      handles: this.#handles,
      instant: this.#instant,
      known: this.#known,
    })
  }

  restore(saved: unknown): void {
    const state = structuredClone(saved) as {
      parts: unknown
      now: number
      wakes: Map<number, Wake>
      handles: number
      instant: number
      known: Known
    }
    restoreParts({ cell: this.#cell, ...Object.fromEntries(this.#cell.chapters) }, state.parts)
    this.now = state.now
    this.#wakes = state.wakes
    this.#handles = state.handles
    this.#instant = state.instant
    this.#known = state.known
  }

  // Actions

  /** Takes an action, and lets happen what it brings about at this instant; answers the answer to its doer. */
  take(action: Action): string {
    this.#refused = ''
    this.#declined = false
    const said = this.#take(action)
    // As the books close, no clock runs any more.
    if (action.do !== 'close') this.#goTo(this.now)
    this.#cell.checkInvariants()
    return said
  }

  #take(action: Action): string {
    const { wallets, orders, metering } = this.#market
    switch (action.do) {
      case 'order':
        return this.#order(action.account, action.what)
      case 'top-up':
        topUp(wallets, action.account, BigInt(this.#rules.topUp))
        return 'done'
      case 'equip':
        this.#equip(action.account, orders.customers.paymentMethod[action.account] === 0 ? 1 : 2)
        return 'done'
      case 'pay':
        payNow(orders, this.#rowOf(action.order))
        return this.#payment(action.order)
      case 'move':
        return this.#move(action.order, action.move)
      case 'pass':
        this.#instant++
        this.#goTo(START + this.#rules.instants[this.#instant] * MS)
        return 'done'
      case 'close':
        settleAll(metering)
        this.#instant++
        return 'done'
      default:
        return this.#own(action.order, action.do)
    }
  }

  #order(account: number, what: 'server' | FlowKind): string {
    const { orders, servers } = this.#market
    const { patience, creation } = this.#rules
    const { id, plans } = this.#cell.world.catalog.find(what, 's')
    const common = { account, specification: id, quantity: 1, channel: 'search', interest: 1 } as const
    const row =
      what === 'server'
        ? placeOrder(servers, {
            ...common,
            pool: 0,
            months: 0,
            lifetime: Number.POSITIVE_INFINITY,
            provisioning: 'customised',
            creation: () => ({ launches: [{ after: creation * MS, fails: false }], patience: patience * MS }),
          })
        : placeOrder(servers, { ...common, pool: NONE, months: plans[0].months, lifetime: 0 })
    if (typeof row !== 'number') return row.refused
    this.#known.orders.push(orders.orders.id[row])
    const order = this.#known.orders.length - 1
    if (what !== 'server') return this.#payment(order)
    return this.#known.servers[this.#known.orders[order]] === undefined ? 'waits' : 'admitted'
  }

  #payment(order: number): string {
    if (this.#known.states[this.#known.orders[order]] !== 'pending-payment') return 'paid'
    return this.#declined ? 'declined' : 'pending-payment'
  }

  #rowOf(order: number): number {
    return rowWith(this.#market.orders.orders, this.#known.orders[order])
  }

  #own(order: number, what: 'stop' | 'start' | 'delete'): string {
    const { servers } = this.#market
    const row = rowWith(servers.instances, this.#known.servers[this.#known.orders[order]].id)
    if (what === 'start') return restart(servers, row) ? 'done' : this.#refused
    if (what === 'stop') stop(servers, row, 'E-01')
    else endLife(servers, row)
    return 'done'
  }

  #move(order: number, move: FlowMove): string {
    const { supervision, wallets } = this.#market
    const id = this.#known.orders[order]
    const row = rowWith(supervision.flows, id)
    const { appeals, denied } = this.#known
    const account = supervision.flows.account[row]
    const before = wallets.balances.cash.at(account) - wallets.balances.due.at(account)
    const moves: Record<FlowMove, () => void> = {
      request: () => submitRequest(supervision, row),
      refuse: () => sellerMoves(supervision, row, 'reject-request'),
      deliver: () => sellerMoves(supervision, row, 'deliver'),
      accept: () => acceptProduct(supervision, row),
      reject: () => rejectProduct(supervision, row),
      remind: () => remindSeller(supervision, row),
      'buyer-appeals': () => fileAppeal(supervision, row, 'buyer'),
      'seller-appeals': () => fileAppeal(supervision, row, 'seller'),
      complete: () => decideAppeal(supervision, row, 'complete' satisfies Outcome),
      cancel: () => decideAppeal(supervision, row, 'cancel' satisfies Outcome),
      resume: () => decideAppeal(supervision, row, 'resume' satisfies Outcome),
      withdraw: () => withdrawOrder(supervision, row),
    }
    moves[move]()
    const state = this.#known.states[id]
    if (state === 'completed') return 'completed'
    if (state === 'cancelled')
      return wallets.balances.cash.at(account) - wallets.balances.due.at(account) > before ? 'refunded' : 'kept'
    if (this.#refused !== '') return this.#refused
    if (move !== 'buyer-appeals' && move !== 'seller-appeals') return 'done'
    if (this.#known.denied > denied) return 'denied'
    return this.#known.appeals > appeals ? 'filed' : 'no ground'
  }

  /** What the model's `view` shows. */
  view(): View {
    const { wallets, arrears, servers, supervision } = this.#market
    const { balances } = wallets
    return {
      accounts: [0, 1].map((account) => ({
        cash: Number(balances.cash.at(account)),
        due: Number(balances.due.at(account)),
        standing: standings[arrears.standings.state[account]],
      })),
      held: servers.pools.held[0],
      orders: this.#known.orders.map((id) => {
        const server = this.#known.servers[id]?.state ?? null
        const row = rowWith(supervision.flows, id)
        return {
          state: this.#known.states[id] as View['orders'][number]['state'],
          server: (server === 'deleted' || server === 'failed' ? 'gone' : server) as View['orders'][number]['server'],
          flow: row < 0 ? null : this.#flow(row),
        }
      }),
    }
  }

  #flow(row: number): NonNullable<View['orders'][number]['flow']> {
    const { supervision } = this.#market
    const { flows } = supervision
    const state = stateOf(supervision, row) as NonNullable<View['orders'][number]['flow']>['state']
    return {
      state,
      rejections: [flows.sellerRejections[row], flows.buyerRejections[row]],
      grounds: (['buyer', 'seller'] as const).map((by) => (state === 'frozen' ? null : groundOf(supervision, row, by))),
    }
  }
}

/** The row with a number; -1 for none. */
function rowWith(
  { rows, id }: { readonly rows: number; readonly id: { readonly [row: number]: number } },
  number: number,
) {
  for (let row = 0; row < rows; row++) if (id[row] === number) return row
  return NONE
}

const standings = ['good', 'grace', 'suspended', 'released'] as const
