/** How long each phase of a run took on the wall. */
export type Phase = 'simulating' | 'recording' | 'auditing' | 'reporting'

/** Seconds of the phases there were. */
export type PhaseSeconds = Readonly<Partial<Record<Phase, number>>>

/** Market events a second until they were recorded. */
export const paceOf = (marketEvents: number, { simulating = 0, recording = 0 }: PhaseSeconds): number =>
  Math.round(marketEvents / Math.max(simulating + recording, 0.001))

export class PhaseClock {
  readonly #clock: () => number
  readonly #milliseconds = new Map<Phase, number>()
  #phase: Phase | undefined
  #since = 0

  /** `clock` tells milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** The phase before it, if any, is over. */
  enter(phase: Phase): void {
    if (phase === this.#phase) return
    this.end()
    this.#phase = phase
    this.#since = this.#clock()
  }

  end(): void {
    if (this.#phase === undefined) return
    const spent = this.#clock() - this.#since
    this.#milliseconds.set(this.#phase, (this.#milliseconds.get(this.#phase) ?? 0) + spent)
    this.#phase = undefined
  }

  /** To the millisecond. */
  get seconds(): PhaseSeconds {
    return Object.fromEntries([...this.#milliseconds].map(([phase, ms]) => [phase, Math.round(ms) / 1000]))
  }
}
