/** A small market of subscriptions whose wake-ups really happen: a test buys, lets days pass, and reads the facts. */
import { startOfHour } from '#base/civil-time.ts'
import { NONE } from '#sim/cell/table.ts'
import { completeSaas, orderSaas } from '#sim/market/orders/saas.ts'
import { orderTermServers } from '#sim/market/servers/term-orders.ts'
import { recogniseAll } from '#sim/market/subscriptions/earnings.ts'
import { openBalance, topUp } from '#sim/market/wallets/cash.ts'
import { SmallMarket } from './small-market.ts'

const bands = '[{ upTo: 5, unit: "7" }, { upTo: 10, unit: "6.5" }, { upTo: null, unit: "6" }]'

const scenario = `name: terms
question: Does one rule of terms hold?
start: 2023-01-01T00:00:00+08:00
duration: 900d
seed: 1
currency: USD
regions:
  - id: here
    zones:
      - id: here-1
        pools:
          - flavour: small
            capacity: 12
            hourly: "3.6"
            plans: [{ months: 1, price: "40" }, { months: 12, price: "400" }, { months: 24, price: "700" }, { months: 36, price: "900" }]
sellers: [{ segment: isv, count: 1 }]
catalog:
  - id: crm
    kind: saas
    seller: isv/1
    category: c
    specifications:
      - { id: volume, billing: monthly, quantity: { attribute: users, min: 1, max: 20 }, plans: [{ months: 1, price: { model: volume, bands: ${bands} } }] }
      - { id: tiered, billing: monthly, quantity: { attribute: users, min: 1, max: 20 }, plans: [{ months: 1, price: { model: tiered, bands: ${bands} } }] }
  - id: app
    kind: saas
    seller: isv/1
    category: c
    specifications:
      - { id: plain, billing: monthly, plans: [{ months: 1, price: "10" }, { months: 12, price: "120" }] }
      - { id: better, billing: monthly, plans: [{ months: 1, price: "20" }, { months: 12, price: "240" }] }
      - { id: fixed, billing: monthly, autoRenew: false, plans: [{ months: 1, price: "10" }] }
  - id: stack
    kind: image
    seller: isv/1
    category: c
    specifications:
      - { id: monthly, billing: monthly, plans: [{ months: 1, price: "60" }, { months: 12, price: "600" }, { months: 24, price: "1300" }, { months: 36, price: "2100" }] }
      - { id: metered, billing: pay-per-use, hourly: "0.1" }
buyers:
  - segment: people
    count: 2
    load: { poisson: { perBuyer: 1/week } }
    buys: [{ product: stack, specification: metered, flavour: small, lifetime: 1d }]
`

/** Numbers of the specifications. */
export const sold = { volume: 1, tiered: 2, plain: 3, better: 4, fixed: 5, monthly: 6, metered: 7 } as const

/** An instant in the civil time of the vectors: `2024-01-15 18:40`. */
export const on = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00+08:00`)
/** `2024-01-15 18:40` of an instant. */
export const civilText = (instant: unknown): string =>
  new Date(Number(instant) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')

export class TermMarket extends SmallMarket {
  constructor(start: string, policies: Readonly<Record<string, string>> = {}, cash = 100_000) {
    super(
      Object.entries(policies).map(([key, value]) => `policies.${key}=${value}`),
      scenario,
    )
    this.now = on(start)
    this.meter.hourStart = startOfHour(this.now, 8 * 3_600_000)
    const { accounts } = this.cell
    for (let account = 0; account < accounts.rows; account++)
      openBalance(this.market.wallets, account, BigInt(cash * 1e8))
  }

  /** Lets all that is due up to an instant happen, in the order of T-06; an hour closes before anything else. */
  pass(until: string): void {
    const end = on(until)
    for (let next = this.takeDue(end); next !== undefined; next = this.takeDue(end)) {
      this.goTo(next.at)
      this.happen(next)
    }
    this.goTo(end)
  }

  /** What is due at this very instant: an order that was just paid takes effect. */
  settle(): void {
    this.pass(civilText(this.now))
  }

  /** Buys a SaaS term, set up immediately. Returns the row of its subscription. */
  buySaas(specification: number, quantity: number, months: number): number {
    const { market } = this
    const before = market.subscriptions.subscriptions.rows
    const intent = { account: 0, specification, pool: NONE, quantity, months, interest: 1, lifetime: 0 }
    completeSaas(market.orders, orderSaas(market.orders, { ...intent, channel: 'search' }) as number)
    return before
  }

  /** Orders servers with an image for a term; creating `fails` of them will fail. */
  orderServers(
    specification: number,
    quantity: number,
    months: number,
    how: { quick?: boolean; fails?: number; patience?: number } = {},
  ) {
    const intent = { account: 0, specification, pool: 0, quantity, months, interest: 1, lifetime: 0 }
    const launches = Array.from({ length: quantity }, (_, index) => ({
      after: 60_000,
      fails: index < (how.fails ?? 0),
    }))
    orderTermServers(this.market.servers, {
      ...intent,
      channel: 'search',
      provisioning: how.quick === true ? 'quick' : 'customised',
      creation: () => ({ launches, patience: how.patience ?? Number.POSITIVE_INFINITY }),
    })
  }

  pay(amount: number): void {
    topUp(this.market.wallets, 0, BigInt(amount * 1e8))
    this.settle()
  }

  /** The books close. */
  close(until: string): void {
    this.pass(until)
    recogniseAll(this.market.subscriptions)
  }

  /** Refusals as `code rule`. */
  get refusals(): string[] {
    return this.facts('refusals').map(({ code, rule }) => `${code} ${rule}`)
  }

  /** Orders of a kind as their amounts. */
  amounts(kind: string): number[] {
    return this.facts('orders')
      .filter((order) => order.kind === kind)
      .map(({ amount }) => Number(amount) / 1e8)
  }

  /** Steps of the subscriptions as `event to 2024-02-02 00:00`. */
  get steps(): string[] {
    return this.facts('subscription_steps').map(({ event, term_end }) => `${event} to ${civilText(term_end)}`)
  }

  /** Closing balance of a ledger account, debit positive, all owners. */
  balance(ledger: string): number {
    const rows = this.facts('postings').filter((posting) => posting.ledger === ledger)
    return rows.reduce((sum, { amount }) => sum + Number(amount), 0) / 1e8
  }
}
