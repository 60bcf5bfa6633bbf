/**
 * The best of several designs by simulation: which one has the largest mean. Run i of every design has the same seed (common
 * random numbers), which makes differences vary less, and so selection cheaper.
 *
 * The promise: if the best mean is larger than every other by `indifference` at least, it is selected with the promised
 * probability; otherwise some design within `indifference` of the best is. It is exact for normal runs.
 */
import { pow } from '../mathematics/power.ts'

export interface SelectionOptions {
  readonly designs: number
  /** A smaller difference between means does not matter. */
  readonly indifference: number
  /** Probability of correct selection, e.g. 0.95. */
  readonly confidence: number
  /** Runs of every design before the first comparison; default 10. */
  readonly firstRuns?: number
}

/** Runs in all that a design is to have. */
export interface WantedDesignRuns {
  readonly design: number
  readonly runs: number
}

/** Selects by asking for runs, until one design remains. */
export interface Selection {
  /** What to run next; empty when a design is selected. Depends on the runs so far and nothing else. */
  next(): readonly WantedDesignRuns[]
  /** All runs that were asked for have finished: the values of each design asked for, from its first run on. */
  finished(valuesOf: (design: number) => readonly number[]): void
  /** The designs that may still be the best. */
  readonly remaining: readonly number[]
}

const FIRST_RUNS = 10
/** Of the runs so far, those made between two looks. */
const GROWTH = 0.1

/**
 * The fully sequential procedure KN: designs that fall behind are dropped as soon as the runs say so.
 *
 * Source: S.-H. Kim, B. L. Nelson, "A fully sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11
 * (2001), with c = 1. Valid under common random numbers. Looks after some runs instead of each one drop a design later, never
 * wrongly.
 */
export class KimNelson implements Selection {
  readonly #options: SelectionOptions
  readonly #firstRuns: number
  /** h squared of the paper. */
  readonly #spread: number
  /** Variance of the difference of two designs over the first runs, by `i * designs + j` with i < j. */
  readonly #variances: Float64Array
  #remaining: number[]
  #runs = 0

  constructor(options: SelectionOptions) {
    demandOptions(options)
    const { designs, confidence, firstRuns = FIRST_RUNS } = options
    this.#options = options
    this.#firstRuns = firstRuns
    const freedom = firstRuns - 1
    const eta = designs === 1 ? 0 : (pow((2 * (1 - confidence)) / (designs - 1), -2 / freedom) - 1) / 2
    this.#spread = 2 * eta * freedom
    this.#variances = new Float64Array(designs * designs)
    this.#remaining = Array.from({ length: designs }, (_, design) => design)
  }

  get remaining(): readonly number[] {
    return this.#remaining
  }

  next(): readonly WantedDesignRuns[] {
    if (this.#remaining.length === 1) return []
    const runs = this.#runs === 0 ? this.#firstRuns : this.#runs + Math.max(1, Math.floor(this.#runs * GROWTH))
    return this.#remaining.map((design) => ({ design, runs }))
  }

  finished(valuesOf: (design: number) => readonly number[]): void {
    const [{ runs }] = this.next()
    const values = this.#remaining.map(valuesOf)
    if (values.some(({ length }) => length < runs)) throw new RangeError(`a design has fewer than ${runs} runs`)
    if (this.#runs === 0) this.#keepVariances(values)
    this.#runs = runs
    const means = values.map((each) => sumOf(each, runs) / runs)
    const isBehind = (i: number, j: number): boolean => means[i] < means[j] - this.#margin(i, j)
    const left = this.#remaining.filter((_, i) => !this.#remaining.some((_other, j) => j !== i && isBehind(i, j)))
    // Once no difference could still count, the best mean is selected.
    const couldCount = this.#remaining.some((_, i) => this.#remaining.some((_other, j) => this.#margin(i, j) > 0))
    this.#remaining = couldCount && left.length > 0 ? left : [this.#remaining[means.indexOf(Math.max(...means))]]
  }

  #keepVariances(values: readonly (readonly number[])[]): void {
    const { designs } = this.#options
    for (let i = 0; i < designs; i++)
      for (let j = i + 1; j < designs; j++) this.#variances[i * designs + j] = differenceVariance(values[i], values[j])
  }

  /** How far a design may be behind another after this many runs; by place among the remaining ones. */
  #margin(i: number, j: number): number {
    if (i === j) return 0
    const { designs, indifference } = this.#options
    const [a, b] = [this.#remaining[i], this.#remaining[j]]
    const variance = this.#variances[Math.min(a, b) * designs + Math.max(a, b)]
    const runs = this.#runs
    return Math.max(0, (indifference / (2 * runs)) * ((this.#spread * variance) / (indifference * indifference) - runs))
  }
}

function demandOptions({ designs, indifference, confidence, firstRuns = FIRST_RUNS }: SelectionOptions): void {
  if (!Number.isInteger(designs) || designs < 1) throw new RangeError(`${designs} designs`)
  if (!(indifference > 0)) throw new RangeError(`indifference ${indifference} is not above 0`)
  if (!(confidence > 1 / designs && confidence < 1) && designs > 1)
    throw new RangeError(`confidence ${confidence} is not between 1 / ${designs} and 1`)
  if (!Number.isInteger(firstRuns) || firstRuns < 2) throw new RangeError(`${firstRuns} first runs are fewer than 2`)
}

function sumOf(values: readonly number[], runs: number): number {
  let sum = 0
  for (let run = 0; run < runs; run++) sum += values[run]
  return sum
}

function differenceVariance(a: readonly number[], b: readonly number[]): number {
  const count = a.length
  let mean = 0
  for (let run = 0; run < count; run++) mean += (a[run] - b[run]) / count
  let squares = 0
  for (let run = 0; run < count; run++) squares += (a[run] - b[run] - mean) ** 2
  return squares / (count - 1)
}

interface Match {
  readonly designs: readonly number[]
  readonly match: KimNelson
  /** Runs of earlier rounds, which this one does not use. */
  readonly from: number
}

/**
 * A knockout tournament: designs meet in pairs, each pair is decided by KN, and the winners meet again. No design is compared
 * with all others, so that many workers can play the matches of a round at the same time, and the error is shared by rounds
 * and not by pairs of designs.
 *
 * Source: Y. Zhong, L. J. Hong, "Knockout-tournament procedures for large-scale ranking and selection in parallel computing
 * environments", Operations Research 70 (2022): round r has the error alpha / 2^r. The best design loses no match with the
 * promised probability, as it meets one opponent in each round. A match uses only runs after those of earlier rounds, because
 * who won those was lucky in them; both sides begin it at the same run, so that they share random numbers.
 */
export class KnockoutTournament implements Selection {
  readonly #options: SelectionOptions
  #round = 0
  #matches: Match[] = []
  readonly #made: number[]
  #remaining: readonly number[]

  constructor(options: SelectionOptions) {
    demandOptions(options)
    this.#options = options
    this.#remaining = Array.from({ length: options.designs }, (_, design) => design)
    this.#made = this.#remaining.map(() => 0)
    this.#begin()
  }

  get remaining(): readonly number[] {
    return this.#matches.flatMap(({ designs, match }) => match.remaining.map((place) => designs[place]))
  }

  next(): readonly WantedDesignRuns[] {
    return this.#matches.flatMap(({ designs, match, from }) =>
      match.next().map(({ design, runs }) => ({ design: designs[design], runs: from + runs })),
    )
  }

  finished(valuesOf: (design: number) => readonly number[]): void {
    for (const { design, runs } of this.next()) this.#made[design] = runs
    for (const { designs, match, from } of this.#matches)
      if (match.next().length > 0) match.finished((place) => valuesOf(designs[place]).slice(from))
    if (this.next().length > 0) return
    this.#remaining = this.remaining
    if (this.#remaining.length > 1) this.#begin()
  }

  /** Pairs the remaining designs; the last of an odd number has no match in this round. */
  #begin(): void {
    this.#round++
    const { indifference, confidence, firstRuns = FIRST_RUNS } = this.#options
    const pairs = Array.from({ length: Math.ceil(this.#remaining.length / 2) }, (_, pair) =>
      this.#remaining.slice(2 * pair, 2 * pair + 2),
    )
    this.#matches = pairs.map((designs) => ({
      designs,
      from: Math.max(...designs.map((design) => this.#made[design])),
      match: new KimNelson({
        ...{ designs: designs.length, indifference, firstRuns },
        confidence: 1 - (1 - confidence) / 2 ** this.#round,
      }),
    }))
  }
}

/**
 * How to spend runs in all so that the probability of correct selection is about the largest: many on the best and its close
 * rivals, few on what is far behind. The alternative to KN where the budget is given and not the probability.
 *
 * Source: C.-H. Chen, J. Lin, E. Yücesan, S. E. Chick, "Simulation budget allocation for further enhancing the efficiency of
 * ordinal optimization", Discrete Event Dynamic Systems 10 (2000). It assumes independent runs, so common random numbers do
 * no harm and bring nothing.
 * @param means estimates; the largest is the best
 * @param deviations standard deviations of one run, above 0
 * @returns parts of all runs, which add up to 1
 */
export function optimalAllocation(means: readonly number[], deviations: readonly number[]): number[] {
  const best = means.indexOf(Math.max(...means))
  if (means.length === 1) return [1]
  // Designs that are level with the best need all that there is: a gap of a millionth of a deviation will do for that.
  const parts = means.map((mean, design) => {
    const gap = Math.max(means[best] - mean, 1e-6 * deviations[design])
    return design === best ? 0 : (deviations[design] / gap) ** 2
  })
  parts[best] =
    deviations[best] * Math.sqrt(parts.reduce((sum, part, design) => sum + (part / deviations[design]) ** 2, 0))
  const whole = parts.reduce((sum, part) => sum + part, 0)
  return parts.map((part) => part / whole)
}
