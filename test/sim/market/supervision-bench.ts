/** A market of one cell on a real clock, without people: the test itself is buyer, seller and manager. */
import { Kernel } from '#engine/kernel.ts'
import { type Policies, standardPolicies } from '#scenarios/policies.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { decideAppeal, fileAppeal, groundOf, type Outcome } from '#sim/market/supervision/appeal-steps.ts'
import { moveInvoice, requestInvoice } from '#sim/market/invoices/invoicing.ts'
import { Market, type Reactions } from '#sim/market/market.ts'
import type { OrderIntent } from '#sim/market/orders/order-steps.ts'
import { openAccount } from '#sim/market/orders/payment.ts'
import { orderSaas } from '#sim/market/orders/saas.ts'
import {
  acceptProduct,
  flowCompletes,
  flowGrowsOld,
  rejectProduct,
  remindSeller,
  sellerMoves,
  silenceLasts,
  submitRequest,
} from '#sim/market/supervision/moves.ts'
import { NONE } from '#sim/market/tables.ts'
import { type TimerKind, timerKinds } from '#sim/cell/timers.ts'
import { words } from '#sim/market/words.ts'
import { factTableNames } from '#sim/record/columns.ts'
import type { FactWriters } from '#sim/record/fact-log.ts'
import { buildWorld } from '#sim/world/world.ts'

export const HOUR = 3_600_000

/** Friday, 1 March 2024, 09:00 civil time. */
export const begin = Date.UTC(2024, 2, 1, 1)

const scenario = parseScenario(
  `
name: flows
start: 2024-03-01T09:00:00+08:00
end: 2027-03-01T09:00:00+08:00
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 1, hourly: 1 }] }] }]
sellers: [{ segment: isv }]
catalog:
  - { id: saas, kind: saas, supervised: true, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: 31 }] }] }
  - { id: license, kind: license, seller: isv/1, category: c, specifications: [{ id: s, billing: yearly, plans: [{ months: 12, price: 366 }] }] }
  - { id: service, kind: professional-service, seller: isv/1, category: c, specifications: [{ id: s, billing: one-off, price: 1000 }] }
buyers:
  - { segment: b, count: 1, load: { poisson: { total: 1/d } }, buys: [{ product: saas, specification: s }] }
`,
  'flows.yaml',
)

const idle: Reactions = {
  balanceFell: () => {},
  unfrozen: () => {},
  launched: () => {},
  imageChanged: () => {},
  vpcCreated: () => {},
  provisionOrdered: () => {},
  termTurned: () => {},
  paymentFails: () => false,
  orderBegan: () => {},
  orderEnded: () => {},
  flowTurned: () => {},
  appealPossible: () => {},
  appealFiled: () => {},
  flowCloses: () => {},
  paymentAwaited: () => {},
  flowBegan: () => {},
  sellerMailed: () => {},
  sellerUnreachable: () => {},
  ticketFiled: () => {},
  invoiceIssued: () => {},
  invoiceReturned: () => {},
  monthSold: () => {},
}

type Kind = 'saas' | 'license' | 'service'
export type Told = Record<string, string | number>

/** One order of one kind, paid at `begin`; moves are made at hours after it. */
export class Bench {
  readonly market: Market
  readonly facts: Record<string, Told[]> = {}
  readonly #kernel = new Kernel({ start: begin })
  readonly #flow: number
  readonly #intent: OrderIntent

  constructor(kind: Kind, policies: Partial<Policies> = {}, reactions: Partial<Reactions> = {}) {
    const world = buildWorld({
      scenario: { ...scenario, policies: { ...standardPolicies, ...policies } },
      traces: {},
    })
    const kernel = this.#kernel
    const kinds = new Map<TimerKind, number>()
    const handlers: Partial<Record<TimerKind, (row: number) => void>> = {
      silenceLasts: (row) => silenceLasts(this.market, row),
      flowCompletes: (row) => flowCompletes(this.market, row),
      flowGrowsOld: (row) => flowGrowsOld(this.market, row),
    }
    for (const name of Object.keys(timerKinds) as TimerKind[])
      kinds.set(name, kernel.on(name, timerKinds[name], handlers[name] ?? (() => {})))
    const timers = {
      get now() {
        return kernel.now
      },
      wake: (name: TimerKind, at: number, entity: number, a = 0) => kernel.at(at, kinds.get(name) ?? 0, entity, a),
      cancel: (handle: number) => {
        if (handle !== NONE) kernel.cancel(handle)
      },
    }
    this.market = new Market(world, 0, timers, this.#writers(), { ...idle, ...reactions })
    const { accounts } = this.market
    const account = accounts.add()
    accounts.id[account] = 1
    accounts.unpaid[account] = NONE
    openAccount(this.market, account, 200_000_000_000n)
    const { id: specification, plans } = world.catalog.find(kind, 's')
    const [{ months }] = plans
    this.#intent = {
      account,
      specification,
      pool: NONE,
      quantity: 1,
      months,
      channel: 'search',
      interest: 1,
      lifetime: 0,
    }
    orderSaas(this.market, this.#intent)
    this.#flow = 0
  }

  /** Orders the same again, as a renewal of an order. */
  renew(subject: number): void {
    orderSaas(this.market, { ...this.#intent, subject })
  }

  #writers(): FactWriters {
    return Object.fromEntries(
      factTableNames.map((table) => {
        this.facts[table] = []
        return [
          table,
          (fact: Told) =>
            this.facts[table].push(
              Object.fromEntries(Object.entries(fact).map(([name, value]) => [name, Number(value)])),
            ),
        ]
      }),
    ) as unknown as FactWriters
  }

  /** Lets the clock come to so many hours (and ms) after payment; what is due by then has happened. */
  until(hours: number, ms = 0): this {
    this.#kernel.runUntil(begin + hours * HOUR + ms + 1)
    return this
  }

  /** Makes the moves of `0 request, 5 deliver, …`: hours after payment, and what is done then. */
  play(log: string): this {
    for (const entry of log === '-' ? [] : log.split(', ')) {
      const [hours, ...move] = entry.split(' ')
      this.#kernel.runUntil(begin + Math.round(Number(hours) * HOUR))
      this.#do(move.join(' '))
    }
    return this
  }

  #do(move: string): void {
    const row = this.#flow
    const { market } = this
    const wantInvoice = () => {
      const lines = [{ order: market.flows.id[row], amount: market.orders.amount.at(market.flows.order[row]) }]
      requestInvoice(market, { account: market.flows.account[row], month: 0, reissueOf: 0, lines })
    }
    const moves: Record<string, () => void> = {
      request: () => submitRequest(market, row),
      refuse: () => sellerMoves(market, row, 'reject-request'),
      deliver: () => sellerMoves(market, row, 'deliver'),
      accept: () => acceptProduct(market, row),
      reject: () => rejectProduct(market, row),
      remind: () => remindSeller(market, row),
      appeal: () => fileAppeal(market, row, 'buyer'),
      'seller-appeal': () => fileAppeal(market, row, 'seller'),
      invoice: () => {
        wantInvoice()
      },
      issue: () => {
        wantInvoice()
        moveInvoice(market, market.invoices.covering.get(market.flows.id[row]) as number)
      },
    }
    if (move in moves) moves[move]()
    else decideAppeal(market, row, move as Outcome)
  }

  ground(by: 'buyer' | 'seller'): string {
    return groundOf(this.market, this.#flow, by) ?? 'none'
  }

  /** The state of the flow as its last step says. */
  get state(): string {
    return words[this.facts.supervision_steps.at(-1)?.to_state as number]
  }

  /** The rule of its last step, and hours after payment. */
  get ended(): string {
    const { at, rule } = this.facts.supervision_steps.at(-1) as { at: number; rule: number }
    return `${words[rule]} ${(at - begin) / HOUR}`
  }

  /** The last step of the order. */
  get order(): string {
    return words[this.facts.order_steps.at(-1)?.to_state as number]
  }

  get cash(): number {
    return Number(this.market.accounts.cash.at(0)) / 1e8
  }

  word(number: string | number): string {
    return words[number as number]
  }
}
