/**
 * Discounts of interruptible servers over time (E-11): by the steps of the scenario, or drawn at regular intervals from a
 * stream of the pool's own, so that nothing else moves them.
 */
import { parseDecimal } from '#base/decimal.ts'
import { distribution } from '#engine/random/distribution.ts'
import type { Streams } from '#engine/random/streams.ts'
import type { Interruptible as Terms } from '#scenarios/sections/interruptible.ts'
import { ranks } from '../cell/timers.ts'
import { setDiscount } from '../market/interruptible/discounts.ts'
import type { Interruptible } from '../market/interruptible/interruptible.ts'

const PERCENT = 100_000_000n
const percentOf = (text: string): bigint => parseDecimal(text, 8, 'percentOff', 'unsigned')

export class InterruptiblePrices {
  readonly #market: Interruptible
  readonly #streams: Streams

  constructor(market: Interruptible, streams: Streams) {
    this.#market = market
    this.#streams = streams
    market.at.clock.on('interruptiblePrice', ranks.expire, (pool, step) => this.#changes(pool, step))
  }

  /** Sets the discounts that hold at the start, before any server is there. */
  open(): void {
    const { places, world } = this.#market
    const { start } = world.scenario
    for (const { row, plan } of places) {
      if (plan.interruptible === null) continue
      if (plan.interruptible.random !== null) this.#draw(row, plan.interruptible.random)
      else {
        const { percentOff } = plan.interruptible
        this.#step(
          row,
          percentOff,
          Math.max(
            0,
            percentOff.findLastIndex(({ from }) => from <= start),
          ),
        )
      }
    }
  }

  #changes(pool: number, step: number): void {
    const terms = this.#market.places[pool].plan.interruptible
    if (terms === null) return
    if (terms.random !== null) this.#draw(pool, terms.random)
    else this.#step(pool, terms.percentOff, step)
  }

  #step(pool: number, steps: Terms['percentOff'], step: number): void {
    setDiscount(this.#market, pool, percentOf(steps[step].percentOff))
    if (step + 1 < steps.length) this.#market.at.clock.wake('interruptiblePrice', steps[step + 1].from, pool, step + 1)
  }

  #draw(pool: number, { percentOff, every }: NonNullable<Terms['random']>): void {
    const { at, now, places } = this.#market
    const { zone, plan } = places[pool]
    const stream = this.#streams.stream(`interruptible/${zone}/${plan.flavour}`)
    const drawn = Math.round(distribution(percentOff).sample(stream))
    setDiscount(this.#market, pool, BigInt(Math.min(100, Math.max(0, drawn))) * PERCENT)
    at.clock.wake('interruptiblePrice', now + every, pool)
  }
}
