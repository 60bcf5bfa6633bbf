/** One cell's market without a clock of its own: a test says what time it is, and reads the facts that were written. */

import { startOfHour } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import { parseScenario } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { Cell } from '#sim/cell/cell.ts'
import { restoreParts, saveParts } from '#sim/cell/parts.ts'
import type { Clock, TimerHandler } from '#sim/cell/timers.ts'
import { openGrowth } from '#sim/market/growth/reviews.ts'
import { openHosts } from '#sim/market/hosts/host-changes.ts'
import type { Meter } from '#sim/market/metering/meter.ts'
import { assemble, type Chapters } from '#sim/market/modules.ts'
import { createOrder } from '#sim/market/orders/order-creation.ts'
import { step } from '#sim/market/orders/order-steps.ts'
import { admit } from '#sim/market/servers/instance-steps.ts'
import { openPool } from '#sim/market/servers/pools.ts'
import { dictionary, words } from '#sim/market/words.ts'
import { type Fact, type FactTableName, unitOf } from '#sim/record/columns.ts'
import type { FactWriters } from '#sim/record/fact-log.ts'
import { buildWorld } from '#sim/world/world.ts'

export const START = Date.parse('2024-05-06T08:00:00+08:00')

const scenario = `name: small
question: Does one rule hold?
start: 2024-05-06T08:00:00+08:00
duration: 30d
seed: 1
currency: USD
regions:
  - id: here
    zones:
      - id: here-1
        pools:
          - { flavour: small, capacity: 10, hourly: "3.6", provisioning: 0s }
          - { flavour: large, capacity: 2, hourly: "7.2", provisioning: 0s }
sellers: [{ segment: isv, count: 2 }]
catalog:
  - id: A
    kind: image
    seller: isv/1
    category: systems
    specifications:
      - { id: a1, billing: pay-per-use, hourly: "0.1" }
      - { id: a2, billing: pay-per-use, hourly: "0.1" }
  - id: B
    kind: image
    seller: isv/2
    category: systems
    specifications: [{ id: b1, billing: pay-per-use, hourly: "0.3" }]
buyers:
  - segment: people
    count: 4
    load: { poisson: { perBuyer: 1/week } }
    buys: [{ product: A, specification: a1, flavour: small, lifetime: 1d }]
`

/** Scenarios by their text and what was set: they never change, and many markets share them. */
const known = new Map<string, Scenario>()

function scenarioOf(text: string, sets: readonly string[]): Scenario {
  const key = JSON.stringify([text, sets])
  const found = known.get(key) ?? parseScenario(text, 'small.yaml', { sets })
  known.set(key, found)
  return found
}

interface Wake {
  readonly kind: string
  readonly at: number
  readonly entity: number
  readonly a: number
}

/** Facts as they were written, their words spelled out. */
export type Spelled = Readonly<Record<string, number | string>>

/** Gives an account all that an order may ask of it (O-02, E-03). */
export function equip({ orders, servers }: Chapters, account: number): void {
  orders.customers.registered[account] = 1
  orders.customers.paymentMethod[account] = 1
  servers.owners.vpcs[account] = 1
  servers.owners.securityGroup[account] = 1
  servers.owners.credentials[account] = 1
}

export class SmallMarket implements Clock {
  now = START
  /** Wake-ups that were asked for and not taken back, by handle. */
  readonly wakes = new Map<number, Wake>()
  readonly cell: Cell
  readonly market: Chapters
  readonly meter: Meter
  /** What ports said, as `name row`. */
  readonly portEvents: string[] = []
  readonly #handlers = new Map<string, { readonly rank: number; readonly handler: TimerHandler }>()
  readonly #facts = new Map<string, Spelled[]>()
  #handles = 0

  constructor(sets: readonly string[] = [], text = scenario) {
    const world = buildWorld({ scenario: scenarioOf(text, sets), traces: {} })
    const writers = new Proxy({} as FactWriters, {
      get: (_, table) => (fact: Fact<FactTableName>) => this.#write(table as FactTableName, fact),
    })
    this.cell = new Cell(world, 0, this, writers, dictionary)
    this.market = assemble(this.cell)
    this.meter = this.market.metering.meter
    this.meter.hourStart = startOfHour(START, world.policies['time.utcOffset'])
    const { wallets, servers } = this.market
    for (const place of world.pools) openPool(servers, place, START)
    openHosts(servers.hostChapter)
    openGrowth(this.market.growth)
    for (const id of world.population.homes[0]) equip(this.market, this.cell.openAccount(id, 0))
    wallets.balanceFell.connect((account, missing) => void this.portEvents.push(`balanceFell ${account} ${missing}`))
    servers.imageReplaced.connect((row) => void this.portEvents.push(`imageReplaced ${row}`))
  }

  /** Takes on the whole state of another market, as from a snapshot. */
  restore(other: SmallMarket): void {
    const parts = (small: SmallMarket) => ({ cell: small.cell, ...small.market })
    restoreParts(parts(this), structuredClone(saveParts(parts(other))))
  }

  on(kind: string, rank: number, handler: TimerHandler): void {
    this.#handlers.set(kind, { rank, handler })
  }

  /** What is due by an instant, the first in the order of T-06; undefined for nothing. */
  takeDue(until: number): Wake | undefined {
    const rank = ({ kind }: Wake): number => this.#handlers.get(kind)?.rank ?? 0
    const due = [...this.wakes].filter(([, { at }]) => at <= until)
    due.sort(([a, x], [b, y]) => x.at - y.at || rank(x) - rank(y) || a - b)
    const next = due[0]
    if (next === undefined) return undefined
    this.wakes.delete(next[0])
    return next[1]
  }

  /** Lets it happen; actions without an agent have no effect. */
  happen({ kind, entity, a }: Wake): void {
    this.#handlers.get(kind)?.handler(entity, a)
  }

  wake(kind: string, at: number, entity: number, a = 0): number {
    this.wakes.set(++this.#handles, { kind, at, entity, a })
    return this.#handles
  }

  cancel(handle: number): void {
    this.wakes.delete(handle)
  }

  #write(table: FactTableName, fact: Fact<FactTableName>): void {
    const spelled = Object.entries(fact).map(([name, value]) => [
      name,
      unitOf(table, name) === 'word' ? words[Number(value)] : Number(value),
    ])
    this.#facts.set(table, [...this.facts(table), Object.fromEntries(spelled) as Spelled])
  }

  facts(table: FactTableName): Spelled[] {
    return this.#facts.get(table) ?? []
  }

  /** Goes to an instant; clock hours that end on the way are closed. */
  goTo(at: number): void {
    while (this.meter.hourStart + HOUR <= at) {
      this.now = this.meter.hourStart + HOUR
      this.meter.closeHour(this.now)
    }
    this.now = at
  }

  /** An instance being created for the first buyer: answers its row. */
  admit(specification = 1): number {
    const { market } = this
    const intent = { account: 0, specification, pool: 0, quantity: 1, months: 0, interest: 1, lifetime: Infinity }
    const order = createOrder(market.orders, { ...intent, channel: 'search' }, [])
    step(market.orders, order, 'pay', 'O-10')
    return admit(market.servers, {
      order,
      account: 0,
      pool: 0,
      specification,
      ecsPrice: market.wallets.world.pools[0].hourly,
      imagePrice: market.wallets.world.catalog.offers[specification - 1].hourly,
      lifetime: Infinity,
    })
  }
}

/** `08:45:30` or `+1 08:45:30`, that many days after the start. */
export function at(clock: string): number {
  const [days, time] = clock.startsWith('+') ? clock.slice(1).split(' ') : ['0', clock]
  return Date.parse(`2024-05-06T${time}+08:00`) + Number(days) * 24 * HOUR
}

/** Usage spans hour by hour: `item priced hour seconds amount`. */
export function hoursOf(
  spans: readonly Spelled[],
): { item: string; priced: number; hour: number; amount: number; seconds: number }[] {
  return spans.flatMap(({ item, priced, first_hour, hours, seconds, amount }) =>
    Array.from({ length: Number(hours) }, (_, index) => ({
      item: String(item),
      priced: Number(priced),
      hour: Number(first_hour) + index * HOUR,
      seconds: Number(seconds),
      amount: Number(amount),
    })),
  )
}
