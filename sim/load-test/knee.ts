/**
 * The highest rate that a system holds: the rate is doubled until it breaks, then the gap is halved by ratio, then the
 * rate found is tried again and again. One bad moment of a shared machine is not the end of the search, and one good
 * moment is not its result: a rate breaks when it breaks twice, and is found when it holds every time.
 */
import { wilson } from '#engine/statistics/wilson.ts'

export interface Trial {
  /** Operations a second. */
  readonly rate: number
  readonly held: boolean
}

export interface KneeOptions {
  /** Where the search begins, and the highest rate it tries, operations a second. */
  readonly from: number
  readonly most: number
  /** The search ends when the lowest rate that broke is within this part of the one that held (0.05). */
  readonly precision: number
  /** How often the rate found must hold again. */
  readonly confirmations: number
}

export interface Knee<T extends Trial> {
  /** The highest rate that held every time; null where none did. */
  readonly held: number | null
  /** The lowest rate above it that broke; null where none did. */
  readonly broke: number | null
  /** Trials at the rate found that held, of all that were made there. */
  readonly holds: number
  readonly of: number
  /** Least share of trials that would hold at this rate, with 95 % confidence (Wilson). */
  readonly sure: number
  readonly trials: readonly T[]
}

/** A search that began too high goes down no further than this, operations a second. */
const LEAST_RATE = 1
const CONFIDENCE = 0.95

/** Searches with `probe`, which tries a rate once. A trial that is undefined was stopped: the search ends with it. */
export async function findKnee<T extends Trial>(
  probe: (rate: number) => Promise<T | undefined>,
  options: KneeOptions,
): Promise<Knee<T>> {
  const search = new Search(probe, options)
  await search.bracket()
  await search.narrow()
  await search.confirm()
  return search.knee()
}

class Search<T extends Trial> {
  readonly #probe: (rate: number) => Promise<T | undefined>
  readonly #options: KneeOptions
  readonly #trials: T[] = []
  #held: number | null = null
  #broke: number | null = null
  #stopped = false

  constructor(probe: (rate: number) => Promise<T | undefined>, options: KneeOptions) {
    this.#probe = probe
    this.#options = options
  }

  async #once(rate: number): Promise<boolean> {
    if (this.#stopped) return false
    const trial = await this.#probe(rate)
    if (trial === undefined) this.#stopped = true
    else this.#trials.push(trial)
    return trial?.held ?? false
  }

  /** Whether the rate holds, at the second try at the latest; what is learned of it is kept. */
  async #holds(rate: number): Promise<boolean> {
    const held = (await this.#once(rate)) || (await this.#once(rate))
    if (this.#stopped) return false
    if (held) this.#held = rate
    else this.#broke = rate
    return held
  }

  /** Doubles until it breaks, or halves until it holds. */
  async bracket(): Promise<void> {
    const { from, most } = this.#options
    let rate = Math.min(from, most)
    if (await this.#holds(rate)) while (rate < most && (await this.#holds((rate = Math.min(rate * 2, most)))));
    else while (!this.#stopped && rate > LEAST_RATE) if (await this.#holds((rate = Math.floor(rate / 2)))) return
  }

  /** Brings the rate that broke to within the precision of the one that held. */
  async narrow(holds = (rate: number) => this.#holds(rate)): Promise<void> {
    while (!this.#stopped && this.#held !== null && this.#broke !== null) {
      if (this.#broke <= this.#held * (1 + this.#options.precision)) return
      const middle = Math.round(Math.sqrt(this.#held * this.#broke))
      if (middle <= this.#held || middle >= this.#broke) return
      await holds(middle)
    }
  }

  /** The rate found must hold every time; where it does not, lower ones must, in growing steps down and then up again. */
  async confirm(): Promise<void> {
    const strictly = (rate: number) => this.#holdsAlways(rate)
    if (this.#held === null || (await strictly(this.#held))) return
    for (let step = this.#options.precision; !this.#stopped; step *= 2) {
      const lower = Math.floor((this.#broke ?? 0) / (1 + step))
      this.#held = null
      if (lower < LEAST_RATE || (await strictly(lower))) break
    }
    await this.narrow(strictly)
  }

  async #holdsAlways(rate: number): Promise<boolean> {
    let holds = 0
    while (holds < this.#options.confirmations && (await this.#once(rate))) holds++
    if (this.#stopped) return false
    const always = holds === this.#options.confirmations
    if (always) this.#held = rate
    else this.#broke = rate
    return always
  }

  knee(): Knee<T> {
    const here = this.#trials.filter(({ rate }) => rate === this.#held)
    const holds = here.filter(({ held }) => held).length
    return {
      held: this.#held,
      broke: this.#broke,
      holds,
      of: here.length,
      sure: here.length === 0 ? 0 : wilson(holds, here.length, CONFIDENCE).low,
      trials: this.#trials,
    }
  }
}
