/** A market of one cell on a real clock, without people: the test itself is buyer, seller and manager. */
import { Kernel } from '#engine/kernel.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { Cell } from '#sim/cell/cell.ts'
import { KernelClock } from '#sim/cell/kernel-clock.ts'
import { NONE } from '#sim/cell/table.ts'
import type { TimerHandler } from '#sim/cell/timers.ts'
import { moveInvoice, requestInvoice } from '#sim/market/invoices/invoicing.ts'
import { assemble, type Chapters } from '#sim/market/modules.ts'
import type { OrderIntent } from '#sim/market/orders/intent.ts'
import { orderSaas } from '#sim/market/orders/saas.ts'
import { decideAppeal, type Outcome } from '#sim/market/supervision/appeal-decision.ts'
import { fileAppeal, groundOf } from '#sim/market/supervision/appeal-steps.ts'
import {
  acceptProduct,
  rejectProduct,
  remindSeller,
  sellerMoves,
  submitRequest,
} from '#sim/market/supervision/moves.ts'
import { supervisionTimers } from '#sim/market/supervision/supervision.ts'
import { openBalance } from '#sim/market/wallets/cash.ts'
import { dictionary, words } from '#sim/market/words.ts'
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

/** What a test listens to, once the order is paid. */
export interface Listening {
  readonly appealPossible?: (flow: number, by: 'buyer' | 'seller') => void
  readonly handedToSeller?: (order: number) => void
}

type Kind = 'saas' | 'license' | 'service'
export type SpelledFact = Record<string, string | number>

/** Flows alone happen by themselves: invoices are issued, and terms end, when a test says so. */
class FlowClock extends KernelClock {
  override on(kind: string, rank: number, handler: TimerHandler): void {
    super.on(kind, rank, kind in supervisionTimers ? handler : () => {})
  }
}

/** One order of one kind, paid at `begin`; moves are made at hours after it. */
export class Bench {
  readonly market: Chapters
  readonly facts: Record<string, SpelledFact[]> = {}
  readonly #kernel = new Kernel({ start: begin })
  readonly #flow: number
  readonly #intent: OrderIntent

  constructor(kind: Kind, policies: Partial<Policies> = {}, listening: Listening = {}) {
    const world = buildWorld({
      scenario: { ...scenario, policies: { ...defaultPolicies, ...policies } },
      traces: {},
    })
    const cell = new Cell(world, 0, new FlowClock(this.#kernel), this.#writers(), dictionary)
    this.market = assemble(cell)
    const { wallets, orders, supervision } = this.market
    if (listening.appealPossible !== undefined) supervision.appealPossible.connect(listening.appealPossible)
    if (listening.handedToSeller !== undefined) orders.orderPaid.seller.connect(listening.handedToSeller)
    const account = cell.openAccount(1, 0)
    orders.customers.registered[account] = 1
    orders.customers.paymentMethod[account] = 1
    openBalance(wallets, account, 200_000_000_000n)
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
    orderSaas(this.market.orders, this.#intent)
    this.#flow = 0
  }

  /** Orders the same again, as a renewal of an order. */
  renew(subject: number): void {
    orderSaas(this.market.orders, { ...this.#intent, subject })
  }

  #writers(): FactWriters {
    return Object.fromEntries(
      factTableNames.map((table) => {
        this.facts[table] = []
        return [
          table,
          (fact: SpelledFact) =>
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
      const lines = [
        {
          order: market.supervision.flows.id[row],
          amount: market.orders.orders.amount.at(market.supervision.flows.order[row]),
        },
      ]
      requestInvoice(market.invoices, { account: market.supervision.flows.account[row], month: 0, reissueOf: 0, lines })
    }
    const moves: Record<string, () => void> = {
      request: () => submitRequest(market.supervision, row),
      refuse: () => sellerMoves(market.supervision, row, 'reject-request'),
      deliver: () => sellerMoves(market.supervision, row, 'deliver'),
      accept: () => acceptProduct(market.supervision, row),
      reject: () => rejectProduct(market.supervision, row),
      remind: () => remindSeller(market.supervision, row),
      appeal: () => fileAppeal(market.supervision, row, 'buyer'),
      'seller-appeal': () => fileAppeal(market.supervision, row, 'seller'),
      invoice: () => {
        wantInvoice()
      },
      issue: () => {
        wantInvoice()
        moveInvoice(market.invoices, market.invoices.book.covering.get(market.supervision.flows.id[row]) as number)
      },
    }
    if (move in moves) moves[move]()
    else decideAppeal(market.supervision, row, move as Outcome)
  }

  ground(by: 'buyer' | 'seller'): string {
    return groundOf(this.market.supervision, this.#flow, by) ?? 'none'
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
    return Number(this.market.wallets.balances.cash.at(0)) / 1e8
  }

  word(number: string | number): string {
    return words[number as number]
  }
}
