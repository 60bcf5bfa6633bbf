import { RecordedLevel } from '../statistics/recorded-level.ts'
import { Tally } from '../statistics/tally.ts'
import { TimeWeighted } from '../statistics/time-weighted.ts'

/** What the use of a store or container looked like. Times in ticks. */
export class LevelUsage {
  /** What was in it. */
  readonly level: TimeWeighted
  /** Waits of those who took something, 0 included. */
  readonly getWait = new Tally()
  /** Waits for room. */
  readonly putWait = new Tally()

  constructor(now: number, level: number, record: boolean) {
    this.level = record ? new RecordedLevel(now, level) : new TimeWeighted(now, level)
  }

  /** Forgets the past, e.g. at the end of a warm-up. */
  reset(now: number): void {
    this.level.reset(now)
    this.getWait.reset()
    this.putWait.reset()
  }
}
