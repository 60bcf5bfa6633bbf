/**
 * Rare events in the steady state by splitting: a run that reaches a level is continued several times from a snapshot of that
 * instant, and each continuation weighs correspondingly less. So the few ways into a rare state are seen many times.
 *
 * Source: M. Villén-Altamirano, J. Villén-Altamirano, "RESTART: a straightforward method for fast simulation of rare events",
 * Proc. Winter Simulation Conference 1994. A continuation made at a level ends when it falls below that level; the run
 * itself goes through. The weighted sums are unbiased whatever the levels and the numbers of continuations are
 * (P. Glasserman et al., "Multilevel splitting for estimating rare event probabilities", Operations Research 47, 1999); these
 * only change the effort. Levels are found by pilot runs, each of which reaches somewhat farther than the one before.
 */

/** A model that can be copied at any instant. */
export interface SplittingModel<State> {
  /** How close it is to the rare event; a whole number. */
  readonly level: number
  /** Lets the next event happen. */
  step(): Happened
  /** A snapshot, as plain data. */
  save(): State
  /** Puts the model where it was. */
  restore(state: State): void
  /**
   * Draws what is yet to come again, given the past: the next arrival, how long those present will stay. Otherwise
   * continuations of one snapshot would share it, and be worth little.
   */
  redraw(): void
}

/** What one event adds to numerator and denominator of the probability: refusals, and requests. */
export type Happened = 'nothing' | 'counted' | 'rare'

/** A level, and how often a run is continued there in all. */
export interface SplittingLevel {
  readonly level: number
  readonly factor: number
}

export interface SplittingCounts {
  /** Weighted rare events, and weighted events counted at all. */
  readonly rare: number
  readonly counted: number
  /** Events counted without weights: the effort. */
  readonly effort: number
}

export class Splitting<State> {
  readonly #model: SplittingModel<State>
  readonly #levels: readonly SplittingLevel[]
  /** By the number of levels at or below the present one. */
  readonly #weights: readonly number[]
  /** Called after each event with the weight of the run. */
  readonly #observe: ((weight: number) => void) | undefined
  #rare = 0
  #counted = 0
  #effort = 0

  constructor(model: SplittingModel<State>, levels: readonly SplittingLevel[], observe?: (weight: number) => void) {
    this.#model = model
    this.#levels = levels
    this.#observe = observe
    const weights = [1]
    for (const { factor } of levels) weights.push(weights[weights.length - 1] / factor)
    this.#weights = weights
  }

  /** Continues the run until its own events are `counted` more, with all continuations from its way. */
  run(counted: number): SplittingCounts {
    const before = { rare: this.#rare, counted: this.#counted, effort: this.#effort }
    let own = 0
    let region = this.#region()
    while (own < counted) {
      if (this.#step(region)) own++
      region = this.#crossed(region)
    }
    return {
      rare: this.#rare - before.rare,
      counted: this.#counted - before.counted,
      effort: this.#effort - before.effort,
    }
  }

  /** Whether the event counts. A rare event leaves the level as it is. */
  #step(region: number): boolean {
    const happened = this.#model.step()
    const weight = this.#weights[region]
    if (happened === 'rare') this.#rare += weight
    if (happened === 'nothing') return false
    this.#counted += weight
    this.#effort++
    return true
  }

  #region(): number {
    const { level } = this.#model
    let region = 0
    while (region < this.#levels.length && this.#levels[region].level <= level) region++
    return region
  }

  /** The region after an event, with the continuations of every level that it has crossed upwards. */
  #crossed(before: number): number {
    const after = this.#region()
    this.#observe?.(this.#weights[after])
    if (after > before) this.#split(before, after)
    return after
  }

  #split(from: number, to: number): void {
    for (let crossed = from; crossed < to; crossed++) {
      const state = this.#model.save()
      for (let copy = 1; copy < this.#levels[crossed].factor; copy++) {
        this.#model.restore(state)
        this.#model.redraw()
        if (crossed + 1 < to) this.#split(crossed + 1, to)
        this.#continue(crossed + 1)
      }
      this.#model.restore(state)
    }
  }

  /** Runs a continuation until it is below its level. */
  #continue(floor: number): void {
    let region = this.#region()
    while (region >= floor) {
      this.#step(region)
      region = this.#crossed(region)
    }
  }
}

export interface PilotOptions {
  /** The level at which the rare event happens, e.g. the capacity. */
  readonly top: number
  /** Counted events of each pilot run. */
  readonly counted: number
}

/** About the part of the time above a level that is spent above the next one (measured: 0.55 leaves a sixth less error than 0.35). */
const SHARE = 0.55
/** Events at a level or above from which on its part of the time is known well enough. */
const SEEN = 400
/** Pilot runs without a further level before the search is given up. */
const MOST_PILOTS = 20

/**
 * Finds levels for a model from its own behaviour: each pilot run splits at the levels found so far and places further ones as
 * far as it has seen enough. Each has as many continuations as make the runs at every level about equally many.
 * @returns the levels, and the counted events that it took
 * @throws RangeError when many pilot runs get no farther
 */
export function pilotLevels<State>(
  model: SplittingModel<State>,
  { top, counted }: PilotOptions,
): { readonly levels: readonly SplittingLevel[]; readonly effort: number } {
  const levels: SplittingLevel[] = []
  let effort = 0
  let [seen, times] = [new Float64Array(top + 1), new Float64Array(top + 1)]
  for (let pilots = 1; pilots <= MOST_PILOTS; pilots++) {
    const pilot = new Splitting(model, levels, (weight) => {
      const level = Math.min(top, model.level)
      seen[level]++
      times[level] += weight
    })
    effort += pilot.run(counted).effort
    const found = placed(levels, seen, times)
    levels.push(...found)
    if (seen[top] >= SEEN) return { levels, effort }
    // Without a further level the next pilot adds to what this one has seen.
    if (found.length === 0) continue
    seen = new Float64Array(top + 1)
    times = new Float64Array(top + 1)
    pilots = 0
  }
  throw new RangeError(
    `no way above level ${levels.at(-1)?.level ?? 0} was seen in ${MOST_PILOTS * counted} events: give more requests`,
  )
}

/** At each place the sum from there to the end. */
function sumsFrom(numbers: Float64Array): Float64Array {
  const sums = numbers.slice()
  for (let place = sums.length - 2; place >= 0; place--) sums[place] += sums[place + 1]
  return sums
}

/** Further levels, as far as there is enough to place them. */
function placed(levels: readonly SplittingLevel[], seen: Float64Array, times: Float64Array): SplittingLevel[] {
  const top = times.length - 1
  const [above, seenAbove] = [times, seen].map(sumsFrom)
  let last = levels.at(-1)?.level ?? 0
  let copies = levels.reduce((product, { factor }) => product * factor, 1)
  const found: SplittingLevel[] = []
  for (let level = last + 1; level <= top && seenAbove[level] >= SEEN; level++) {
    if (above[level] > SHARE * above[last]) continue
    const factor = Math.max(2, Math.round(above[0] / above[level] / copies))
    found.push({ level, factor })
    copies *= factor
    last = level
  }
  return found
}
