/** Looks at a load test from outside: how far it is, and what it takes of the machine. */
import { monotonicClock } from './clock.ts'
import type { Pauses } from './collections.ts'
import type { Control } from './control.ts'
import { intervalOf } from './measurements.ts'
import { type ProcessorTimes, processorTimes } from './processors.ts'
import { type Gap, Gaps, processStalls } from './stalls.ts'
import type { ThreadOutcome } from './worker.ts'

export interface LoadProgress {
  readonly phase: 'warming-up' | 'loading' | 'auditing'
  /** Ms since the start, and of the whole test. */
  readonly elapsed: number
  readonly duration: number
  /** Operations that were due by now, done, dropped, waiting. */
  readonly due: number
  readonly done: number
  readonly dropped: number
  readonly waiting: number
  /** How long the oldest operation of the last batch took, ms. */
  readonly behind: number
}

/** What the process took in one interval. */
export interface MachineSample {
  /** Processors that were computing, on average. */
  readonly processors: number
  /** Resident size at the end of it, MiB. */
  readonly memory: number
}

/** What the machine gave. */
export interface MachineUse {
  /** By interval of the measurements. */
  readonly samples: readonly MachineSample[]
  /** Processor time of the threads that serve, ms, and of the whole process. */
  readonly threadsCpu: number
  readonly processCpu: number
  /** Ms in which the threads that serve were ready to run and had no processor; null where the system does not say. */
  readonly waited: number | null
  /** Processor time of the process outside the threads that serve, while they served, ms: garbage collection, the display. */
  readonly helpersCpu: number
  /** Share of the processors that other programs and other virtual machines used, 0 to 1; null where it is unknown. */
  readonly others: number | null
  /** Largest resident size seen, MiB. */
  readonly peakMemory: number
  readonly pauses: Pauses
  /** Stretches in which the whole process stopped, in the order of time. */
  readonly stalls: readonly Gap[]
}

/** What is to come: how long the load lasts, ms, and how many operations are due by an instant. */
export interface Agenda {
  readonly duration: number
  readonly dueBy: (instant: number) => number
}

const MIB = 1 << 20
const LOOK_EVERY_MS = 250
const BEAT_MS = 20
/** The machine counts in steps of 10 ms: over less than this, the share of others would be a guess. */
const LEAST_TIMES_MS = 500

export class MachineWatch {
  readonly #timer: NodeJS.Timeout
  readonly #heart: NodeJS.Timeout
  readonly #gaps = new Gaps()
  readonly #tell: (phase: LoadProgress['phase']) => void
  readonly #cpu = process.cpuUsage()
  readonly #samples: MachineSample[] = []
  readonly #interval: number
  #peak = process.memoryUsage.rss()
  /** Processor times at the start: of the machine, and of this process. */
  #begun: { readonly times: ProcessorTimes | null; readonly own: number } | undefined
  #sampledAt = 0
  #sampledCpu = 0

  constructor(control: Control, { duration, dueBy }: Agenda, onProgress: (progress: LoadProgress) => void) {
    const clock = monotonicClock(control.wake)
    this.#interval = intervalOf(duration)
    this.#tell = (phase) => {
      const elapsed = control.begun ? clock.now() - control.start : 0
      const due = control.begun ? dueBy(elapsed) : 0
      onProgress({ phase, elapsed, duration, due, ...control.differences })
    }
    // Threads that are warm may begin before the first look.
    this.#tell('warming-up')
    this.#timer = setInterval(() => {
      this.#peak = Math.max(this.#peak, process.memoryUsage.rss())
      if (control.begun) this.#sample(clock.now() - control.start)
      this.#tell(control.begun ? 'loading' : 'warming-up')
    }, LOOK_EVERY_MS)
    let beat = clock.now()
    this.#heart = setInterval(() => {
      const now = clock.now()
      if (control.begun) this.#gaps.add(beat + BEAT_MS - control.start, now - control.start)
      if (control.begun && this.#begun === undefined) this.#begun = { times: processorTimes(), own: this.#cpuTime() }
      beat = now
    }, BEAT_MS)
  }

  /** Once an interval, as nearly as the event loop allows. `elapsed` in ms. */
  #sample(elapsed: number): void {
    const cpu = this.#cpuTime()
    if (this.#sampledAt > 0 && elapsed < (this.#samples.length + 1) * this.#interval) return
    const processors = (cpu - this.#sampledCpu) / Math.max(1, elapsed - this.#sampledAt)
    const memory = process.memoryUsage.rss() / MIB
    // The first look is where the first interval begins.
    if (this.#sampledAt > 0) this.#samples.push({ processors, memory })
    this.#sampledAt = elapsed
    this.#sampledCpu = cpu
  }

  /** `own`: processor time of this process since the start, ms. */
  #others(own: number): number | null {
    const [before, after] = [this.#begun?.times ?? null, processorTimes()]
    if (before === null || after === null || after.total - before.total < LEAST_TIMES_MS) return null
    return Math.min(1, Math.max(0, after.busy - before.busy - own) / (after.total - before.total))
  }

  #cpuTime(): number {
    const { user, system } = process.cpuUsage(this.#cpu)
    return (user + system) / 1_000
  }

  audits(): void {
    this.#tell('auditing')
  }

  end(outcomes: readonly ThreadOutcome[]): MachineUse {
    clearInterval(this.#timer)
    clearInterval(this.#heart)
    const pauses = outcomes.map((outcome) => outcome.pauses)
    const threadsCpu = sum(outcomes.map(({ cpu }) => cpu))
    const waited = outcomes.map((outcome) => outcome.waited)
    const own = this.#cpuTime() - (this.#begun?.own ?? 0)
    return {
      threadsCpu,
      processCpu: this.#cpuTime(),
      waited: waited.some((each) => each === null) ? null : sum(waited.map(Number)),
      helpersCpu: Math.max(0, own - threadsCpu),
      others: this.#others(own),
      samples: this.#samples,
      stalls: processStalls(
        this.#gaps.all,
        outcomes.map(({ served }) => served),
      ),
      peakMemory: Math.max(this.#peak, process.memoryUsage.rss()) / MIB,
      pauses: {
        count: sum(pauses.map(({ count }) => count)),
        total: sum(pauses.map(({ total }) => total)),
        longest: Math.max(0, ...pauses.map(({ longest }) => longest)),
      },
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
