/**
 * A pool that refuses what does not fit, as a model for splitting: requests of several classes at random, at a rate that may
 * change over time, each for some units that it holds for a time of its class's distribution. The level is the units in use.
 */
import { log } from '../mathematics/logarithm.ts'
import type { Stream } from '../random/streams.ts'
import { type Distribution, survivalOf, upperQuantileOf } from '../random/variate.ts'
import type { Happened, SplittingModel } from './splitting.ts'

export interface LossClass {
  /** Units that a request takes; a whole number from 1. */
  readonly units: number
  /** Requests per unit of time; the sum over classes at a factor of 1. */
  readonly rate: number
  /** How long they are held, in the same unit of time. */
  readonly life: Distribution
  /** What multiplies this rate at a time, in place of the factor of all classes. */
  readonly factor?: RateFactor
}

/** From 0 to `most` at any time. */
export interface RateFactor {
  readonly at: (time: number) => number
  readonly most: number
}

export interface SplittableLossOptions {
  readonly capacity: number
  readonly classes: readonly LossClass[]
  /** What multiplies the rates at a time, from 0 to `most`; constant at 1 when left out. */
  readonly factor?: RateFactor
  readonly stream: Stream
}

/** Who is there, by place in the columns: class, when it came and when it goes; and the next arrival. */
export interface LossState {
  readonly now: number
  readonly level: number
  readonly arrival: number
  readonly classes: Uint16Array
  readonly begun: Float64Array
  readonly ends: Float64Array
}

export class SplittableLossSystem implements SplittingModel<LossState> {
  level = 0
  readonly #options: SplittableLossOptions
  /** Requests per unit of time, at most. */
  readonly #most: number
  readonly #varies: boolean
  /** By class, at the last arrival. */
  readonly #rates: Float64Array
  #now = 0
  #count = 0
  // A heap by end.
  readonly #ends: Float64Array
  readonly #begun: Float64Array
  readonly #classes: Uint16Array
  #arrival: number

  constructor(options: SplittableLossOptions) {
    const { capacity, classes } = options
    this.#options = options
    this.#most = classes.reduce((sum, each) => sum + each.rate * (this.#factorOf(each)?.most ?? 1), 0)
    this.#varies = classes.some((each) => this.#factorOf(each) !== undefined)
    this.#rates = Float64Array.from(classes, ({ rate }) => rate)
    this.#ends = new Float64Array(capacity)
    this.#begun = new Float64Array(capacity)
    this.#classes = new Uint16Array(capacity)
    this.#arrival = this.#gap()
  }

  /** Time of the last event. */
  get now(): number {
    return this.#now
  }

  step(): Happened {
    if (this.#count > 0 && this.#ends[0] <= this.#arrival) {
      this.#now = this.#ends[0]
      this.level -= this.#options.classes[this.#classes[0]].units
      this.#removeFirst()
      return 'nothing'
    }
    this.#now = this.#arrival
    this.#arrival = this.#now + this.#gap()
    const { stream, capacity, classes } = this.#options
    if (this.#varies && stream.next() * this.#most >= this.#rateNow()) return 'nothing'
    const chosen = this.#class()
    const { units, life } = classes[chosen]
    if (this.level + units > capacity) return 'rare'
    this.level += units
    this.#insert(chosen, this.#now, this.#now + life.sample(stream))
    return 'counted'
  }

  save(): LossState {
    return {
      now: this.#now,
      level: this.level,
      arrival: this.#arrival,
      classes: this.#classes.slice(0, this.#count),
      begun: this.#begun.slice(0, this.#count),
      ends: this.#ends.slice(0, this.#count),
    }
  }

  restore({ now, level, arrival, classes, begun, ends }: LossState): void {
    this.#now = now
    this.level = level
    this.#arrival = arrival
    this.#count = classes.length
    this.#classes.set(classes)
    this.#begun.set(begun)
    this.#ends.set(ends)
  }

  redraw(): void {
    this.#arrival = this.#now + this.#gap()
    const present = this.#count
    this.#count = 0
    // Places fill up in order, so that none is overwritten before it was read.
    for (let place = 0; place < present; place++) {
      const [of, begun] = [this.#classes[place], this.#begun[place]]
      this.#insert(of, begun, this.#now + this.#rest(of, this.#now - begun))
    }
  }

  /** The rest of a life that has lasted for `age` so far: from its distribution beyond that. */
  #rest(of: number, age: number): number {
    const { life } = this.#options.classes[of]
    const left = survivalOf(life, age)
    return Math.max(0, upperQuantileOf(life, (1 - this.#options.stream.next()) * left) - age)
  }

  #gap(): number {
    return -log(1 - this.#options.stream.next()) / this.#most
  }

  #factorOf({ factor }: LossClass): RateFactor | undefined {
    return factor ?? this.#options.factor
  }

  /** Requests per unit of time now; keeps those of each class. */
  #rateNow(): number {
    let sum = 0
    for (const [index, each] of this.#options.classes.entries()) {
      this.#rates[index] = each.rate * (this.#factorOf(each)?.at(this.#now) ?? 1)
      sum += this.#rates[index]
    }
    return sum
  }

  #class(): number {
    const { classes, stream } = this.#options
    if (classes.length === 1) return 0
    const rates = this.#rates
    let left = stream.next() * rates.reduce((sum, rate) => sum + rate, 0)
    let chosen = 0
    while (chosen < classes.length - 1 && left >= rates[chosen]) left -= rates[chosen++]
    return chosen
  }

  #insert(of: number, begun: number, end: number): void {
    let place = this.#count++
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#ends[parent] <= end) break
      this.#move(parent, place)
      place = parent
    }
    this.#put(place, of, begun, end)
  }

  #removeFirst(): void {
    const last = --this.#count
    const [of, begun, end] = [this.#classes[last], this.#begun[last], this.#ends[last]]
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= last) break
      if (child + 1 < last && this.#ends[child + 1] < this.#ends[child]) child++
      if (this.#ends[child] >= end) break
      this.#move(child, place)
      place = child
    }
    this.#put(place, of, begun, end)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#classes[from], this.#begun[from], this.#ends[from])
  }

  #put(place: number, of: number, begun: number, end: number): void {
    this.#classes[place] = of
    this.#begun[place] = begun
    this.#ends[place] = end
  }
}
