/** The state in which each order ended the run. */
import { word } from './figures/figure.ts'
import type { RunRecord } from './record.ts'
import { orderStepsOf } from './steps/order-steps.ts'

/**
 * Makes the table `order_ends(order_id, state)` of orders that did not end completed: of those that have no final state, the
 * state that they are in.
 */
export function prepareOrderEnds(record: RunRecord): void {
  record.keepComputed('order_ends', ['order_id INTEGER PRIMARY KEY', 'state'], [], () => orderStepsOf(record).ends)
}

/** The state of the order of a row of `order_ends` that may be missing. */
export const endState = (ends: string): string => `coalesce(${ends}.state, ${word('completed')})`
