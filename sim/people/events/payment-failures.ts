/** Planned failures of payments and top-ups: whose fail, how likely, and until when. */

import type { Scenario } from '#scenarios/schema.ts'
import type { Row } from '../../cell/table.ts'
import type { Orders } from '../../market/orders/orders.ts'
import type { StreamOf } from '../stream-of.ts'

export interface PaymentFailure {
  readonly from: number
  readonly until: number
  readonly probability: number
}

export function paymentFailures({ events }: Scenario, segment: string): PaymentFailure[] {
  return events.flatMap((event) =>
    event.kind === 'paymentFailure' && (event.segment === null || event.segment === segment)
      ? [{ from: event.at, until: event.at + event.for, probability: event.probability }]
      : [],
  )
}

/** Whether payments go through. Who pays when nothing fails draws nothing. */
export class PaymentFailures {
  readonly #market: Orders
  readonly #streamOf: StreamOf
  /** By segment. */
  readonly #failures: readonly (readonly PaymentFailure[])[]

  constructor(market: Orders, streamOf: StreamOf) {
    const { scenario } = market.world
    this.#market = market
    this.#streamOf = streamOf
    this.#failures = scenario.buyers.map(({ segment }) => paymentFailures(scenario, segment))
  }

  /** Whether a payment that an account makes now fails, by each failure that is on. */
  fails(account: Row<'accounts'>): boolean {
    const { accounts, now } = this.#market
    for (const { from, until, probability } of this.#failures[accounts.segment[account]]) {
      if (now < from || now >= until || probability === 0) continue
      if (probability === 1 || this.#streamOf(account, 'payment-failure').next() < probability) return true
    }
    return false
  }
}
