/**
 * The highest rate that a system holds, as an interval. Trials double the rate until one breaks; then they go in turn to
 * the middle and to both ends of the interval in which the knee is with 95 % probability, and now and then far below it,
 * to a control that says how often a trial breaks for other reasons. The search ends when the interval is narrow and
 * confirmed from both sides, or when the machine is too noisy to tell.
 */
import { exp } from '#engine/mathematics/exponential.ts'
import { type Belief, KneeBelief } from './knee-belief.ts'
import { MeasuredBelief } from './measured-belief.ts'

export interface Trial {
  /** Operations a second. */
  readonly rate: number
  readonly held: boolean
  /** ln(measured / allowed) where the target bounds a figure from above. A search has it for all of its trials or for none. */
  readonly excess?: number | undefined
  /** Whether others used the machine so much that the trial says nothing of the system. */
  readonly disturbed: boolean
}

export interface KneeOptions {
  /** Where the search begins, and the highest rate it tries, operations a second. */
  readonly from: number
  readonly most: number
  /** The search ends when the ends of the interval differ by this part (0.1). */
  readonly precision: number
  /** On a machine that does not keep still a search settles for a wider interval: this part, once it made so many trials. */
  readonly settles: { readonly precision: number; readonly from: number }
  /** How often a trial must hold just below the interval, and break just above it. */
  readonly confirmations: number
  /** Most trials. */
  readonly trials: number
}

/** How a search ended; `beyond`: nothing that was tried broke, `nothing`: no rate held. */
export type KneeVerdict = 'found' | 'noisy' | 'beyond' | 'nothing' | 'stopped'

export interface Tally {
  readonly held: number
  readonly of: number
}

export interface Knee<T extends Trial> {
  readonly verdict: KneeVerdict
  /** The knee is between them with 95 % probability, operations a second; null where no interval was found. */
  readonly low: number | null
  readonly high: number | null
  /** Trials that counted: just below the interval, just above it, controls far below and overloads far above it. */
  readonly below: Tally
  readonly above: Tally
  readonly control: Tally
  readonly overload: Tally
  /** What the median of the controls measured, as a share of the bound of the target; null where trials measure no such figure. */
  readonly idleShare: number | null
  /** Trials that said nothing, since others used the machine. */
  readonly disturbed: number
  /** Why it is too noisy to tell; empty for other verdicts. */
  readonly why: string
  readonly trials: readonly T[]
}

/** A search that began too high goes down no further than this, operations a second. */
const LEAST_RATE = 1
/** Ends of the interval in which the knee is with 95 % probability, and its middle. */
const ENDS = [0.025, 0.5, 0.975] as const
/**
 * The same for measured excesses. A search ends when the interval happens to be narrow, which costs some of its coverage: 99 % of
 * the odds cover the knee in 95 % of searches.
 */
const MEASURED_ENDS = [0.005, 0.5, 0.995] as const
/** Where trials go in turn: an end of this interval says more than one of the wider interval. */
const AIMS = [0.1, 0.5, 0.9] as const
/**
 * Trials this factor from the middle show the slope of measured excesses. Nearer ones say too little of the slope, and farther ones
 * only pile up work: with 1.3 and 1.12 fewer searches found an interval, or fewer intervals covered the knee (docs/design.md).
 */
const SPREAD = 1.2
/** With measured excesses an interval is looked for after this many trials, then after every so many further ones. */
const FIRST_LOOK = 15
const LOOK_EVERY = 5
/** Trials within this factor of an end of the interval confirm it. */
const NEAR = 1.25
/** A trial below this part of the knee is a control; where a search makes one, it is at this part. */
const CONTROL_BELOW = 0.5
const CONTROL_AT = 0.1
/** A search makes a control for so many trials, and no interval is believed without this many. */
const CONTROL_EVERY = 5
const LEAST_CONTROLS = 5
/** Overloads, far above the knee, must break: this many, from this factor on, made at the second factor. */
const LEAST_OVERLOADS = 2
const OVERLOAD_FROM = 1.5
const OVERLOAD_AT = 2
/** Controls and overloads are made so far inside of what counts as one: where one does not count, the next would be the same. */
const INSIDE = 0.95
/** The order in which a bracketed search tries the middle and both ends: the middle says most, the ends confirm. */
const turns = ['middle', 'low', 'middle', 'high'] as const
/** A search gives up when this many of its last trials are disturbed. */
const LAST_TRIALS = 8
const MOST_DISTURBED = 5
/** A search that ends without an interval names the machine's drift where it is more likely than this. */
const SURE_DRIFT = 0.9
/** It gives up, too, when more than this part of its controls break. */
const MOST_LAPSES = 0.4
/** No interval is believed while more of the controls break than this. */
const QUIET_LAPSES = 0.25

/** Searches with `probe`, which tries a rate once. A trial that is undefined was stopped: the search ends with it. */
export async function findKnee<T extends Trial>(
  probe: (rate: number) => Promise<T | undefined>,
  options: KneeOptions,
): Promise<Knee<T>> {
  const search = new KneeSearch<T>(options)
  for (;;) {
    const rate = search.next()
    if (rate === undefined) return search.knee()
    const trial = await probe(rate)
    if (trial === undefined) return search.knee('stopped')
    search.add(trial)
  }
}

const toThreeDigits = (rate: number): number => Number(rate.toPrecision(3))

const tally = (trials: readonly Trial[]): Tally => ({
  held: trials.filter(({ held }) => held).length,
  of: trials.length,
})

const isQuiet = ({ held, of }: Tally): boolean => of - held <= of * QUIET_LAPSES

/** The search as a state: which rate comes next, and what is known. It runs nothing itself. */
export class KneeSearch<T extends Trial> {
  readonly #options: KneeOptions
  readonly #held = new KneeBelief()
  #measured: MeasuredBelief | undefined
  readonly #trials: T[] = []
  #turn = 0
  #ends: readonly number[]
  #aims: readonly number[]

  constructor(options: KneeOptions) {
    this.#options = options
    this.#ends = this.#belief.quantiles(ENDS)
    this.#aims = this.#belief.quantiles(AIMS)
  }

  get #belief(): Belief {
    return this.#measured ?? this.#held
  }

  add(trial: T): void {
    this.#trials.push(trial)
    if (trial.disturbed) return
    if (trial.excess === undefined) this.#held.add(trial.rate, trial.held)
    else {
      this.#measured ??= new MeasuredBelief()
      this.#measured.add(trial.rate, trial.excess)
    }
    this.#ends = this.#belief.quantiles(this.#measured === undefined ? ENDS : MEASURED_ENDS)
    this.#aims = this.#belief.quantiles(AIMS)
  }

  /** The rate to try next, operations a second; undefined where the search is over. */
  next(): number | undefined {
    if (this.#verdict() !== undefined) return undefined
    const { from, most } = this.#options
    if (this.#counted.length === 0) return Math.max(LEAST_RATE, Math.min(from, most))
    const [low, middle, high] = this.#aims
    const highest = Math.max(0, ...this.#counted.filter(({ held }) => held).map(({ rate }) => rate))
    const reach = Math.min(most, highest === 0 ? from : highest * 2)
    // Not yet bracketed: doubling from below, or halving the odds from above.
    if (high > low * 4) return Math.max(LEAST_RATE, Math.min(middle, reach))
    const { control, overload } = this.#sides(this.#ends[0], this.#ends[2])
    const isDue = control.of * CONTROL_EVERY < this.#counted.length || this.#isNarrow
    const isDoubtful = control.of < LEAST_CONTROLS || !isQuiet(control)
    const [lowest, , uppermost] = this.#ends
    if (isDue && isDoubtful)
      return Math.max(LEAST_RATE, toThreeDigits(Math.min(middle * CONTROL_AT, lowest * CONTROL_BELOW * INSIDE)))
    if (this.#isNarrow && overload.of < LEAST_OVERLOADS) {
      const far = Math.max(Math.min(reach, middle * OVERLOAD_AT), (uppermost * OVERLOAD_FROM) / INSIDE)
      return toThreeDigits(Math.min(most, far))
    }
    const turn = turns[this.#turn++ % turns.length]
    const aims =
      this.#measured === undefined
        ? { low, middle, high }
        : { low: Math.min(low, middle / SPREAD), middle, high: Math.max(high, middle * SPREAD) }
    return Math.max(LEAST_RATE, toThreeDigits(Math.min(aims[turn], reach)))
  }

  get #isNarrow(): boolean {
    const [low, , high] = this.#ends
    const { precision, settles } = this.#options
    return high <= low * (1 + (this.#trials.length >= settles.from ? settles.precision : precision))
  }

  get #counted(): readonly T[] {
    return this.#trials.filter(({ disturbed }) => !disturbed)
  }

  #verdict(): Exclude<KneeVerdict, 'stopped'> | undefined {
    const { most, confirmations, trials } = this.#options
    const counted = this.#counted
    if (this.#noise() !== '') return 'noisy'
    const atMost = tally(counted.filter(({ rate }) => rate >= most))
    if (atMost.held >= confirmations) return 'beyond'
    const atLeast = tally(counted.filter(({ rate }) => rate <= LEAST_RATE))
    if (atLeast.of - atLeast.held >= confirmations && atLeast.held === 0) return 'nothing'
    const [low, , high] = this.#ends
    const { below, above, control, overload } = this.#sides(low, high)
    const isSure = control.of >= LEAST_CONTROLS && isQuiet(control) && overload.of >= LEAST_OVERLOADS
    const isConfirmed = isSure && below.held >= confirmations && above.of - above.held >= confirmations
    const isDue = this.#measured === undefined || (counted.length >= FIRST_LOOK && counted.length % LOOK_EVERY === 0)
    if (isDue && this.#isNarrow && isConfirmed) return 'found'
    return this.#trials.length >= trials ? 'noisy' : undefined
  }

  #sides(low: number, high: number): { below: Tally; above: Tally; control: Tally; overload: Tally } {
    const counted = this.#counted
    const middle = Math.sqrt(low * high)
    return {
      below: tally(counted.filter(({ rate }) => rate <= middle && rate >= low / NEAR)),
      above: tally(counted.filter(({ rate }) => rate > middle && rate <= high * NEAR)),
      control: tally(this.#controls(low)),
      overload: tally(counted.filter(({ rate }) => rate >= high * OVERLOAD_FROM)),
    }
  }

  /** There is no lower rate than the least one, so that this is a control of any knee. */
  #controls(low: number): readonly T[] {
    return this.#counted.filter(({ rate }) => rate < low * CONTROL_BELOW || rate <= LEAST_RATE)
  }

  #idleShare(low: number): number | null {
    const excesses = this.#controls(low)
      .flatMap(({ excess }) => (excess === undefined ? [] : [excess]))
      .sort((a, b) => a - b)
    return excesses.length === 0 ? null : exp(excesses[excesses.length >> 1])
  }

  /** Why the machine is too noisy, whatever is tried next; empty where it is not. */
  #noise(): string {
    const last = this.#trials.slice(-LAST_TRIALS)
    const disturbed = last.filter((trial) => trial.disturbed).length
    if (disturbed >= MOST_DISTURBED)
      return `other processes used the machine in ${disturbed} of the last ${last.length} trials`
    const [low, , high] = this.#ends
    const { control } = this.#sides(low, high)
    const broke = control.of - control.held
    if (control.of >= LEAST_CONTROLS && broke > control.of * MOST_LAPSES)
      return `${broke} of ${control.of} trials failed far below the knee`
    return ''
  }

  knee(ended?: 'stopped'): Knee<T> {
    const verdict = ended ?? this.#verdict() ?? 'stopped'
    const [low, , high] = this.#ends
    const noise = this.#noise()
    const drifting =
      (this.#measured?.drifting ?? 0) > SURE_DRIFT ? ', and the machine became faster or slower meanwhile' : ''
    const wide = `after ${this.#trials.length} trials it is between ${low} and ${high}${drifting}`
    return {
      verdict,
      low: verdict === 'found' ? low : null,
      high: verdict === 'found' ? high : null,
      ...this.#sides(low, high),
      idleShare: this.#idleShare(low),
      disturbed: this.#trials.length - this.#counted.length,
      why: verdict === 'noisy' ? noise || wide : '',
      trials: this.#trials,
    }
  }
}
