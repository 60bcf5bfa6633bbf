/** Looks at a load test from outside: how far it is, and what it takes of the machine. */
import { monotonicClock } from './clock.ts'
import type { Control } from './control.ts'
import { intervalOf } from './measurements.ts'
import type { Schedule } from './schedule.ts'
import { type Gap, Gaps, processStalls } from './stalls.ts'
import type { Pauses, ThreadOutcome } from './worker.ts'

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
  /** Largest resident size seen, MiB. */
  readonly peakMemory: number
  readonly pauses: Pauses
  /** Stretches in which the whole process stood still, in the order of time. */
  readonly stalls: readonly Gap[]
}

const MIB = 1 << 20
const LOOK_EVERY_MS = 250
const BEAT_MS = 20

export class MachineWatch {
  readonly #timer: NodeJS.Timeout
  readonly #heart: NodeJS.Timeout
  readonly #gaps = new Gaps()
  readonly #tell: (phase: LoadProgress['phase']) => void
  readonly #cpu = process.cpuUsage()
  readonly #samples: MachineSample[] = []
  readonly #interval: number
  #peak = process.memoryUsage.rss()
  #sampledAt = 0
  #sampledCpu = 0

  constructor(control: Control, schedule: Schedule, onProgress: (progress: LoadProgress) => void) {
    const clock = monotonicClock(control.wake)
    this.#interval = intervalOf(schedule.duration)
    this.#tell = (phase) => {
      const elapsed = control.begun ? clock.now() - control.start : 0
      const due = control.begun ? schedule.dueBy(elapsed) : 0
      onProgress({ phase, elapsed, duration: schedule.duration, due, ...control.told })
    }
    this.#timer = setInterval(() => {
      this.#peak = Math.max(this.#peak, process.memoryUsage.rss())
      if (control.begun) this.#sample(clock.now() - control.start)
      this.#tell(control.begun ? 'loading' : 'warming-up')
    }, LOOK_EVERY_MS)
    let beat = clock.now()
    this.#heart = setInterval(() => {
      const now = clock.now()
      if (control.begun) this.#gaps.add(beat + BEAT_MS - control.start, now - control.start)
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
    return {
      threadsCpu: sum(outcomes.map(({ cpu }) => cpu)),
      processCpu: this.#cpuTime(),
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
