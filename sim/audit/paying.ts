/** How long orders wait for their payment, and whose buyers set out to pay when they order. */
import type { AccountFacts, Order } from './facts.ts'
import type { Premises } from './premises.ts'

/** Such buyers have set out to pay each order when they make it; others do later, which is not in the record. */
export function paysImmediately({ scenario }: Premises, { segment }: AccountFacts): boolean {
  const paying = scenario.buyers.find((buyers) => buyers.segment === segment)?.habits.paying
  if (paying === undefined) return false
  const { reaction, abandon, together } = paying
  return 'constant' in reaction && reaction.constant === 0 && abandon === 0 && together === 0
}

/** When an order was paid, cancelled or expired. */
export const leftAt = (premises: Premises, { steps }: Order): number =>
  steps.find(({ from }) => premises.word(from) === 'pending-payment')?.at ?? Number.POSITIVE_INFINITY
