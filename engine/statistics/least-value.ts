/**
 * The least value of an ordered range at which a system keeps its bounds, found from random runs: a search that looks
 * after every batch, stops when it is certain enough, and otherwise says what remains open.
 *
 * First it locates the value by interpolation between estimates, four runs a value. Then it proves two claims, each with
 * runs of its own: the value keeps the bounds, and the value below misses one. When estimates change their sides, it
 * moves.
 *
 * Looking often does not raise the probability of a wrong claim: all looks at a value have one level, from their joint
 * distribution (`repeated-looks.ts`), and the values that a claim is tested at have parts of the whole, the first three
 * quarters and each further one a quarter of the one before. What is tested next depends on earlier runs. That is exact
 * where values have their own random numbers, and safe with common ones if a larger value is no worse in any run, because
 * then a wrong claim at any value is one at the value next to the answer.
 *
 * Assumption: means do not get worse as the value grows. Claims that contradict it end the search.
 */
import { levelOfLooks } from './repeated-looks.ts'
import { LEAST_RUNS, nextRuns } from './run-precision.ts'

/** What the runs at a value say. */
export interface JudgedValue {
  /** Above 0 where the estimates keep every bound; the smaller in size, the closer. Used to search only. */
  readonly score: number
  /** p-value of "every bound is kept". */
  readonly kept: number
  /** p-value of "some bound is missed", for all bounds together. */
  readonly missed: number
  /** About how many runs in all would prove at a level what the runs lean to. */
  needed(level: number): number
}

export interface LeastValueOptions {
  /** Values in the range, 1 or more; values are numbered from 0, the last keeps best. */
  readonly size: number
  /** Probability that the answer is right, e.g. 0.95: the rest is shared by "kept" and "missed". */
  readonly confidence: number
  /** The most runs at one value. */
  readonly mostRuns: number
  /** Values that may remain open between "missed" and "kept"; default 0. */
  readonly within?: number
  /** Called when a value has finished the runs that were asked for. */
  readonly judge: (value: number) => JudgedValue
}

/** Runs in all that a value is to have. */
export interface WantedRuns {
  readonly value: number
  readonly runs: number
}

/** `none`: the last value misses a bound. `contradiction`: a value is proved to keep what a larger one is proved to miss. */
export type LeastValueEnd = 'found' | 'none' | 'undecided' | 'contradiction'

export interface LeastValue {
  readonly end: LeastValueEnd
  /** The least value that is proved to keep every bound; null if none is. */
  readonly kept: number | null
  /** The greatest that is proved to miss one; null if none is. */
  readonly missed: number | null
  /** About how many runs at a value would decide, where it is undecided; Infinity where it is unknown. */
  readonly needed: number
}

/** Runs that locate the answer: an estimate of which side of the bound a value is on, which claims nothing. */
export const LOCATING_RUNS = 4

/** Part of the error that a value that is tested leaves to those after it. Most searches test one or two. */
const LEFT = 1 / 4

/** A search ends early where more than this many times the most runs would be needed. */
const HOPELESS = 4
/** Not before this many runs, because the first estimates are poor. */
const PATIENCE = 40

/** How far from the answer a claim is still tried that cannot be proved next to it: 0, 1, 3 and 7 values. */
const FARTHEST_STEP = 8

/** A value whose claim is not proved. */
interface OpenValue {
  readonly side: Side
  readonly value: number
  /** It has its most runs, or far too few to hope for. */
  readonly isGivenUp: boolean
}

interface Side {
  /** Values that the claim was tested at, in turn. */
  readonly tested: number[]
  /** Values at which it is proved. */
  readonly proved: Set<number>
}

export class LeastValueSearch {
  readonly #options: LeastValueOptions
  readonly #runs = new Map<number, number>()
  readonly #judged = new Map<number, JudgedValue>()
  readonly #kept: Side = { tested: [], proved: new Set() }
  readonly #missed: Side = { tested: [], proved: new Set() }
  /** Runs of a value at each look, until it has its most. */
  readonly #looks: readonly number[]
  /** Level of each look at the value that is tested first, second, …: 1 is the first. */
  readonly #levels: number[] = []
  /** Whether the last interpolation moved the upper end: then the next one halves, so that no end stays forever. */
  #halves = false

  constructor(options: LeastValueOptions) {
    const { size, confidence, mostRuns } = options
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`a range of ${size} values`)
    if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} is not between 0 and 1`)
    if (!(mostRuns >= LEAST_RUNS)) throw new RangeError(`${mostRuns} runs at most are fewer than ${LEAST_RUNS}`)
    this.#options = options
    this.#looks = looksUpTo(mostRuns)
  }

  /** What to run next; empty when the search has ended. Depends on the runs so far and on nothing else. */
  next(): readonly WantedRuns[] {
    const { size } = this.#options
    if (this.#judged.size === 0) {
      const ends = size === 1 ? [0] : [0, size - 1]
      return ends.map((value) => ({ value, runs: LOCATING_RUNS }))
    }
    if (this.#contradicts()) return []
    const { low, high } = this.#bracket()
    if (high - low > 1 + (this.#options.within ?? 0)) return [{ value: this.#between(low, high), runs: LOCATING_RUNS }]
    return this.#open(low, high).flatMap(({ value, isGivenUp }) => {
      const made = this.#runs.get(value) ?? 0
      return isGivenUp ? [] : [{ value, runs: made + nextRuns(made, this.#options.mostRuns) }]
    })
  }

  /** All runs that were asked for have finished. */
  finished(wanted: readonly WantedRuns[]): void {
    for (const { value, runs } of wanted) {
      this.#runs.set(value, runs)
      this.#judged.set(value, this.#options.judge(value))
    }
    const { low, high } = this.#bracket()
    if (high - low > 1 + (this.#options.within ?? 0)) return
    for (const { side, value } of this.#open(low, high)) this.#test(side, value)
  }

  result(): LeastValue {
    const { size } = this.#options
    const kept = this.#kept.proved.size === 0 ? null : Math.min(...this.#kept.proved)
    const missed = this.#missed.proved.size === 0 ? null : Math.max(...this.#missed.proved)
    const needed = this.#needed()
    return { end: this.#end(kept ?? size, missed ?? -1), kept, missed, needed }
  }

  /** What is claimed of a value; `undecided` where it was tested without a proof, null where it was only estimated. */
  claimOf(value: number): 'kept' | 'missed' | 'undecided' | null {
    if (this.#kept.proved.has(value)) return 'kept'
    if (this.#missed.proved.has(value)) return 'missed'
    return this.#kept.tested.includes(value) || this.#missed.tested.includes(value) ? 'undecided' : null
  }

  #end(kept: number, missed: number): LeastValueEnd {
    const { size, within = 0 } = this.#options
    if (this.#contradicts()) return 'contradiction'
    if (kept < size && kept - missed <= 1 + within) return 'found'
    return missed === size - 1 ? 'none' : 'undecided'
  }

  #contradicts(): boolean {
    return Math.min(...this.#kept.proved) <= Math.max(...this.#missed.proved)
  }

  /** Neighbours in sight between which the answer is: -1 is below the range, its size above. */
  #bracket(): { low: number; high: number } {
    const { size } = this.#options
    const values = [...this.#judged.keys()].sort((a, b) => a - b)
    const misses = (value: number) =>
      this.#missed.proved.has(value) || (!this.#kept.proved.has(value) && !(this.#judged.get(value)!.score > 0))
    const low = Math.max(-1, ...values.filter(misses))
    const high = Math.min(size, ...values.filter((value) => value > low))
    return { low, high }
  }

  /** A value inside of the bracket, by interpolation of the scores, or in the middle after one that moved little. */
  #between(low: number, high: number): number {
    const [below, above] = [low, high].map((value) => this.#judged.get(value)?.score ?? Number.NaN)
    const share = this.#halves ? 0.5 : -below / (above - below)
    this.#halves = !this.#halves
    const at = low + (high - low) * (Number.isFinite(share) ? share : 0.5)
    return Math.min(high - 1, Math.max(low + 1, Math.round(at)))
  }

  /** Runs at the neighbours between which the answer is in sight, where a claim of one is not proved. */
  #needed(): number {
    const { low, high } = this.#bracket()
    const ends = [
      { side: this.#missed, value: low },
      { side: this.#kept, value: high },
    ]
    const open = ends.filter(({ side, value }) => this.#judged.has(value) && !side.proved.has(value))
    return Math.max(0, ...open.map(({ side, value }) => this.#neededAt(side, value)))
  }

  #neededAt(side: Side, value: number): number {
    return this.#judged.get(value)?.needed(this.#levelOf(side, value)) ?? Infinity
  }

  /** The values at which a claim is to be proved: the ends of the bracket, or farther out where those were given up. */
  #open(low: number, high: number): OpenValue[] {
    const sides = [
      { side: this.#missed, end: low, outward: -1 },
      { side: this.#kept, end: high, outward: 1 },
    ]
    return sides.flatMap(({ side, end, outward }) => this.#openAt(side, end, outward) ?? [])
  }

  #openAt(side: Side, end: number, outward: number): OpenValue | undefined {
    let last: OpenValue | undefined
    for (let step = 1; step <= FARTHEST_STEP; step *= 2) {
      const value = end + outward * (step - 1)
      if (value < 0 || value >= this.#options.size) return last
      if (side.proved.has(value)) return undefined
      const { mostRuns } = this.#options
      const made = this.#runs.get(value) ?? 0
      const needed = this.#neededAt(side, value)
      const isGivenUp = made >= mostRuns || (made >= PATIENCE && needed > HOPELESS * mostRuns)
      const open = { side, value, isGivenUp }
      if (!isGivenUp) return open
      last ??= open
    }
    return last
  }

  #test(side: Side, value: number): void {
    const judged = this.#judged.get(value)
    if (judged === undefined || this.#runs.get(value)! < LEAST_RUNS) return
    if (!side.tested.includes(value)) side.tested.push(value)
    if (judged[side === this.#kept ? 'kept' : 'missed'] <= this.#levelOf(side, value)) side.proved.add(value)
  }

  #levelOf({ tested }: Side, value: number): number {
    const known = tested.indexOf(value)
    const turn = (known < 0 ? tested.length : known) + 1
    const side = (1 - this.#options.confidence) / 2
    this.#levels[turn] ??= levelOfLooks(this.#looks, side * (1 - LEFT) * LEFT ** (turn - 1))
    return this.#levels[turn]
  }
}

/** Runs of a value at each look, until it has `mostRuns`. */
export function looksUpTo(mostRuns: number): number[] {
  const looks = [LEAST_RUNS]
  for (let made = LEAST_RUNS; made < mostRuns; looks.push(made)) made += nextRuns(made, mostRuns)
  return looks
}
