/** Replacing the image of a server by another one of the segment's buys (E-07). */

import type { Distribution } from '#engine/random/distribution.ts'
import { kindOf } from '#scenarios/product-kinds.ts'
import { NONE } from '../cell/table.ts'
import { standing } from '../market/arrears/standing.ts'
import { switchImage } from '../market/servers/image-switch.ts'
import { stop } from '../market/servers/running.ts'
import type { Servers } from '../market/servers/servers.ts'
import type { Offer } from '../world/catalog.ts'
import { durationLaw } from './duration-law.ts'
import type { ServerWishes } from './server-wishes.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

/** A pay-per-use image that buyers of a segment may choose. */
interface Choice {
  readonly offer: Offer
  readonly weight: number
}

interface Habit {
  readonly probability: number
  readonly after: Distribution
  readonly choices: readonly Choice[]
}

export class Switching {
  readonly #market: Servers
  readonly #streamOf: StreamOf
  readonly #wishes: ServerWishes
  /** By segment. */
  readonly #habits: readonly Habit[]

  constructor(market: Servers, streamOf: StreamOf, wishes: ServerWishes) {
    this.#market = market
    this.#streamOf = streamOf
    this.#wishes = wishes
    const { scenario, catalog } = market.world
    this.#habits = scenario.buyers.map(({ habits: { switchImage: habit }, buys }) => ({
      probability: habit.probability,
      after: durationLaw(habit.after),
      choices: buys
        .map(({ product, specification, weight }) => ({ offer: catalog.find(product, specification), weight }))
        .filter(({ offer }) => kindOf(offer.product).needsServer && offer.specification.billing === 'pay-per-use'),
    }))
  }

  #habit(row: number): Habit {
    const { instances, accounts } = this.#market
    return this.#habits[accounts.segment[instances.account[row]]]
  }

  /** A server is there: whether its image will be replaced is drawn once. */
  launched(row: number): void {
    const timers = timersOf(this.#market)
    const { instances } = this.#market
    const { probability, after } = this.#habit(row)
    if (probability === 0) return
    const stream = this.#streamOf(instances.account[row], 'switching')
    if (stream.next() >= probability) return
    const wait = Math.max(0, Math.round(after.sample(stream)))
    instances.imageTimer[row] = timers.wake('buyerSwitches', timers.now + wait, row)
  }

  /** The owner stops it if it runs, and replaces its system disk; it starts again when that is done. */
  switches(row: number): void {
    const { instances, standings } = this.#market
    instances.imageTimer[row] = NONE
    const account = instances.account[row]
    const stream = this.#streamOf(account, 'switching')
    const specification = choose(this.#habit(row).choices, instances.specification[row], stream.next())
    if (specification === null) return
    const time = this.#wishes.replacement(instances.pool[row], stream)
    // An account in arrears is refused before it stops the server (O-10).
    if (standings.state[account] === standing.state.good) stop(this.#market, row, 'E-07')
    switchImage(this.#market, row, specification, time)
  }
}

/** One of the images that are not `current`, by weight; `at` in [0, 1). Null where there is none. */
function choose(choices: readonly Choice[], current: number, at: number): number | null {
  const others = choices.filter(({ offer, weight }) => offer.id !== current && weight > 0)
  let rest = at * others.reduce((sum, { weight }) => sum + weight, 0)
  for (const { offer, weight } of others) {
    if (rest < weight) return offer.id
    rest -= weight
  }
  return others.at(-1)?.offer.id ?? null
}
