/** One cell's market without a clock of its own: a test says what time it is, and reads the facts that were written. */
import { startOfHour } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { admit } from '#sim/market/servers/instance-steps.ts'
import { Market, type Reactions } from '#sim/market/market.ts'
import { Meter } from '#sim/market/metering/meter.ts'
import { createOrder, step } from '#sim/market/orders/order-steps.ts'
import { openPool } from '#sim/market/servers/pools.ts'
import { NONE } from '#sim/market/tables.ts'
import type { TimerKind, Timers } from '#sim/cell/timers.ts'
import { words } from '#sim/market/words.ts'
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

interface Wake {
  readonly kind: TimerKind
  readonly at: number
  readonly entity: number
  readonly a: number
}

/** Facts as they were written, their words spelled out. */
export type Spelled = Readonly<Record<string, number | string>>

export class SmallMarket implements Timers {
  now = START
  /** Wake-ups that were asked for and not taken back, by handle. */
  readonly wakes = new Map<number, Wake>()
  readonly market: Market
  readonly meter: Meter
  /** Calls of reactions as `name row`. */
  readonly told: string[] = []
  readonly #facts = new Map<string, Spelled[]>()
  #handles = 0

  constructor(sets: readonly string[] = [], text = scenario) {
    const world = buildWorld({ scenario: parseScenario(text, 'small.yaml', { sets }), traces: {} })
    const reactions = new Proxy({} as Reactions, {
      get:
        (_, name) =>
        (...values: unknown[]) =>
          void this.told.push([String(name), ...values].join(' ')),
    })
    const writers = new Proxy({} as FactWriters, {
      get: (_, table) => (fact: Fact<FactTableName>) => this.#write(table as FactTableName, fact),
    })
    this.market = new Market(world, 0, this, writers, reactions)
    this.meter = new Meter(this.market, startOfHour(START, world.policies['time.utcOffset']))
    for (const place of world.pools) openPool(this.market, place, START)
    for (const id of world.population.homes[0]) {
      const row = this.market.accounts.add()
      this.market.accounts.id[row] = id
      this.market.accounts.instances[row] = NONE
      this.market.accounts.unpaid[row] = NONE
      this.market.accounts.topUpTimer[row] = NONE
      this.market.accounts.standingTimer[row] = NONE
      this.market.accounts.paymentMethod[row] = 1
    }
  }

  wake(kind: TimerKind, at: number, entity: number, a = 0): number {
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
    const order = createOrder(market, { ...intent, channel: 'search' }, [])
    step(market, order, 'pay', 'O-10')
    return admit(market, {
      order,
      account: 0,
      pool: 0,
      specification,
      ecsPrice: market.world.pools[0].hourly,
      imagePrice: market.world.catalog.offers[specification - 1].hourly,
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
