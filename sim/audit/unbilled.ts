/** U-04, A-03, O-14: when the image on a yearly/monthly server, or anything of a frozen account, is not billed. */
import type { AccountFacts, Instance, Order } from './facts.ts'
import { frozenPeriods } from './freezes.ts'
import type { GracePeriod } from './metering.ts'
import type { Premises } from './premises.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * By server: while its account is frozen, unless the policy bills its disk; if it is yearly/monthly also from its expiry until it
 * is renewed (by policy only frozen), and while the account is suspended.
 */
export function unbilledPeriods(premises: Premises, words: Vocabulary, facts: AccountFacts) {
  const { end, policies } = premises
  const suspended =
    facts.standing.length === 0
      ? []
      : facts.standing
          .map((step, index) => ({ from: step.at, to: facts.standing[index + 1]?.at ?? end, state: step.to }))
          .filter(({ state }) => premises.word(state) === 'suspended' || premises.word(state) === 'released')
  const frozen: readonly GracePeriod[] = policies['freeze.storage'] === 'free' ? frozenPeriods(premises, facts) : []
  let orders: ReadonlyMap<number, Order> | undefined
  return (instance: Instance): readonly GracePeriod[] => {
    if (instance.billing === words.payPerUse) return frozen
    orders ??= new Map(facts.orders.map((order) => [order.id, order]))
    const steps = orders.get(instance.order)?.subscription ?? []
    const expired: GracePeriod[] =
      policies['image.inYearlyGrace'] === 'billed'
        ? []
        : steps.flatMap(({ at, event }, index) => {
            if (event !== words.expire) return []
            const renewed = steps.slice(index).find((later) => premises.word(later.event) === 'renew')
            return [{ from: at, to: renewed?.at ?? end }]
          })
    return [...frozen, ...suspended, ...expired].sort((a, b) => a.from - b.from)
  }
}
