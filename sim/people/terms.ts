/** What buyers do with the subscriptions they have: renewing, changing and giving them back, each by its own habit. */
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import { Changing } from './changing.ts'
import { Renewing } from './renewing.ts'
import type { StreamOf } from './stream-of.ts'
import { Unsubscribing } from './unsubscribing.ts'

export class Terms {
  readonly renewing: Renewing
  readonly changing: Changing
  readonly unsubscribing: Unsubscribing

  constructor(market: Subscriptions, stream: StreamOf) {
    this.renewing = new Renewing(market, stream)
    this.changing = new Changing(market, stream)
    this.unsubscribing = new Unsubscribing(market, stream)
  }

  /** A subscription's term began, was renewed or expired. */
  turned(row: number, how: 'begun' | 'renewed' | 'expired'): void {
    this.renewing.turned(row, how)
    if (how !== 'begun') return
    this.changing.begun(row)
    this.unsubscribing.begun(row)
  }
}
