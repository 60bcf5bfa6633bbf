/** What is computed from a record the first time that it is asked for, and kept as long as the record is open. */
import type { RunRecord } from './record.ts'

export function oncePerRecord<Made extends object>(make: (record: RunRecord) => Made): (record: RunRecord) => Made {
  const kept = new WeakMap<RunRecord, Made>()
  return (record) => {
    let made = kept.get(record)
    if (made === undefined) kept.set(record, (made = make(record)))
    return made
  }
}
