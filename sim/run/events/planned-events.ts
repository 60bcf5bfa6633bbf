/**
 * What happens by plan in one cell. Some events need nothing done at their instant, since what they change is a function
 * of time: a surge of demand (a factor on rates), listing and delisting, policies, prices by duration.
 */
import type { PlannedEvent } from '#scenarios/sections/events.ts'
import { ranks } from '../../cell/timers.ts'
import type { Servers } from '../../market/servers/servers.ts'
import { freezeBegins } from './account-freeze.ts'
import { capacityChange } from './capacity-change.ts'
import type { EventScope } from './event-scope.ts'
import { flavourChange } from './flavour-change.ts'
import { newSeed } from './new-seed.ts'
import { outageBegins, outageEnds } from './outage.ts'
import { paymentFailureEnds } from './payment-failure.ts'
import { priceChange } from './price-change.ts'
import { sellerStrike } from './seller-strike.ts'
import { serverPriceChange } from './server-price-change.ts'

/**
 * Events are woken with numbers from here on, so that of all that expires or is released at one instant they come last:
 * a server that ends as its zone goes down is not broken, and an event overrides a pool's own schedule.
 */
const FIRST = 1 << 30

const BEGINS = 0
const ENDS = 1

export class PlannedEvents {
  readonly #scope: EventScope
  readonly #events: readonly PlannedEvent[]
  /** How many of the events, from the first on, have been set. */
  #opened = 0

  constructor(market: Servers, others: Omit<EventScope, 'market'>) {
    this.#scope = { market, ...others }
    this.#events = market.world.scenario.events
    market.at.clock.on('plannedEvent', ranks.expire, (number, phase) => this.#happens(number, phase))
  }

  /** Sets all events that are not set yet. */
  open(): void {
    for (; this.#opened < this.#events.length; this.#opened++) this.#set(this.#events[this.#opened], this.#opened)
  }

  #set(event: PlannedEvent, index: number): void {
    const { world, at } = this.#scope.market
    const { clock } = at
    if (event.at >= world.scenario.end) return
    clock.wake('plannedEvent', event.at, FIRST + index, BEGINS)
    if ('for' in event && event.for !== null) clock.wake('plannedEvent', event.at + event.for, FIRST + index, ENDS)
  }

  save(): number {
    return this.#opened
  }

  /** A fork continues with more events than its history had: they come last in the scenario. */
  restore(opened: number): void {
    this.#opened = opened
    this.open()
  }

  #happens(number: number, phase: number): void {
    const index = number - FIRST
    if (phase === BEGINS) this.#begins(this.#events[index], index)
    else this.#ends(this.#events[index])
  }

  #begins(event: PlannedEvent, index: number): void {
    const scope = this.#scope
    if (event.kind === 'priceChange') priceChange(scope, event)
    else if (event.kind === 'serverPriceChange') serverPriceChange(scope, event)
    else if (event.kind === 'capacityChange') capacityChange(scope, event)
    else if (event.kind === 'flavourChange') flavourChange(scope, event)
    else if (event.kind === 'outage') outageBegins(scope, event, index)
    else if (event.kind === 'accountFreeze') freezeBegins(scope, event, index)
    else if (event.kind === 'sellerStrike') sellerStrike(scope, event)
    else if (event.kind === 'newSeed') newSeed(scope, event)
  }

  #ends(event: PlannedEvent): void {
    if (event.kind === 'outage') outageEnds(this.#scope, event)
    else if (event.kind === 'paymentFailure') paymentFailureEnds(this.#scope, event)
  }
}
