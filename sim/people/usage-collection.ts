/** The machinery that collects usage records, with the errors that a scenario gives it (U-09, `usage.faults`). */

import { HOUR } from '#base/time.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { UsageIntake } from '../market/metering/usage-faults.ts'
import type { UsageRecord } from '../market/metering/usage-record.ts'
import { happens } from './draws.ts'

type Faults = Policies['usage.faults']

/** Delivers a record whose hour is being closed: in time, or not, or more than once. What cannot happen is not drawn. */
export function collect(record: UsageRecord, faults: Faults, stream: Stream, intake: UsageIntake): void {
  const hits = (probability: number): boolean => happens(probability, () => stream)
  const delay = (): number => Math.max(1, Math.ceil(stream.next() * faults.maxDelay))
  const isDuplicated = hits(faults.duplicate)
  const isContradicted = hits(faults.conflict)
  const isLate = hits(faults.late)
  // Out of order: it comes with the records of the next hour, after them.
  const isOvertaken = hits(faults.outOfOrder)
  const wait = isLate ? delay() : isOvertaken ? HOUR : 0
  if (wait === 0) intake.take(record)
  else intake.send(record, record.seconds, wait, false)
  if (isDuplicated) intake.send(record, record.seconds, delay(), true)
  // Another quantity contradicts what came before it, so it comes after the first.
  if (isContradicted) {
    const seconds = record.seconds > 1 ? record.seconds - 1 : record.seconds + 1
    intake.send(record, seconds, wait + delay(), true)
  }
}
