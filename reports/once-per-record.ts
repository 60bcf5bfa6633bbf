/** What is computed from a record the first time that it is asked for, and kept as long as the record is open. */
import type { RunRecord } from './record.ts'

export interface OncePerRecord<Made extends object> {
  (record: RunRecord): Made
  /** Keeps what was computed from the same record elsewhere. */
  keep(record: RunRecord, made: Made): void
}

export function oncePerRecord<Made extends object>(make: (record: RunRecord) => Made): OncePerRecord<Made> {
  const kept = new WeakMap<RunRecord, Made>()
  const once = (record: RunRecord): Made => {
    let made = kept.get(record)
    if (made === undefined) kept.set(record, (made = make(record)))
    return made
  }
  return Object.assign(once, { keep: (record: RunRecord, made: Made) => void kept.set(record, made) })
}
