import { HOUR } from '#base/time.ts'
import { UsageInbox } from '#sim/billing/metering/usage-inbox.ts'
import { mix } from '../work/work.ts'
import { type BillingWork, digestOf } from './work.ts'

/** A permutation of 0..count-1 (Fisher and Yates). */
export function shuffled(count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, at) => at)
  for (let at = count - 1; at > 0; at--) {
    const other = (mix(at, 13) >>> 0) % (at + 1)
    const kept = order[at]
    order[at] = order[other]
    order[other] = kept
  }
  return order
}

/** U-09: an hour's usage records in random order, one of 17 twice. */
export const dedup: BillingWork = {
  work: 'dedup',
  subject: 'marketsim',
  sizes: [100_000],
  turnSize: 2000,
  start(size) {
    const records = size + (size >> 4)
    const order = shuffled(records)
    const inbox = new UsageInbox({ 'usage.lateWindow': HOUR })
    let hour = 0
    return {
      bytesPerLine: 16,
      batch() {
        const arrivedAt = hour + HOUR
        for (let at = 0; at < records; at++) {
          const resource = order[at] < size ? order[at] : order[at] - size
          inbox.receive(resource, resource & 3, hour, (resource * 7) % 3601, arrivedAt)
        }
        hour += HOUR
        inbox.forgetBefore(hour + HOUR)
        return records
      },
      digest: () => digestOf(Object.values(inbox.counts)),
    }
  },
}
