/** A platform fee below one percent is nearly always a share written where a percentage is meant (L-03). */
import type { Warn } from '../warnings.ts'
import type { Draft } from './draft.ts'

const KEY = 'settlement.platformFee'

/** `0.15` is 0.15 %; for 15 %, write 15. */
export function warnOfPlatformFees({ policies, events }: Draft, warn: Warn): void {
  const check = (fee: string | undefined, path: Parameters<Warn>[0]): void => {
    if (fee === undefined || Number(fee) === 0 || Number(fee) >= 1) return
    warn(path, {
      code: 'fee-below-one-percent',
      what: `the platform fee is ${fee} %, a percentage and not a share (L-03)`,
      hint: `write ${Number((Number(fee) * 100).toFixed(6))} if you mean ${Number((Number(fee) * 100).toFixed(6))} %; otherwise the fee is ${fee} %`,
    })
  }
  check(policies?.[KEY], ['policies', KEY])
  events.forEach((event, index) => {
    if (event?.kind === 'policyChange') check(event.policies[KEY], ['events', index, event.kind, KEY])
  })
}
