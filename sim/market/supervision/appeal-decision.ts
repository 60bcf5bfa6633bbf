/** What an operations manager decides about an appeal (S-07). */

import type { SupervisionEvent } from '../../billing/supervision-flow.ts'
import type { Row } from '../../cell/table.ts'
import { endAppeal } from './appeal-steps.ts'
import type { Supervision } from './supervision.ts'
import { supervisionLifecycles } from './supervision-lifecycles.ts'
import { cancelSupervised, completeSupervised } from './supervision-orders.ts'
import { step } from './supervision-steps.ts'

export const outcomes = ['complete', 'cancel', 'resume'] as const
export type Outcome = (typeof outcomes)[number]

/** S-07: the operations manager has decided. A flow that resumes continues where it was frozen. */
export function decideAppeal(market: Supervision, row: Row<'flows'>, outcome: Outcome): void {
  const { flows } = market
  endAppeal(market, flows.appeal[row], 'decide', 'S-07', market.word(outcome))
  flows.appeal[row] = 0
  if (outcome === 'resume') {
    const place = supervisionLifecycles[flows.kind[row]].states[flows.frozenFrom[row]]
    step(market, row, `resume-${place}` as SupervisionEvent, 'S-07', 'manager')
    market.flowTurned.emit(row, true)
  } else {
    step(market, row, outcome, 'S-07', 'manager')
    if (outcome === 'complete') completeSupervised(market, row, 'S-07')
    else cancelSupervised(market, row, 'S-07', true)
  }
}
