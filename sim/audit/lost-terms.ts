/**
 * What a refusal of a term did not sell: a renewal that could not be paid, or servers for one of the durations sold.
 */
import { ChangePrices } from './change-prices.ts'
import type { AccountFacts, Refusal } from './facts.ts'
import type { Lives } from './lives.ts'
import type { Premises } from './premises.ts'
import { withTax } from './pricing.ts'

/** one more period of the subscription, as it was: the chosen one, that of `autoRenew.period`, or else its own term. */
export function lostRenewal(premises: Premises, facts: AccountFacts, lives: Lives, refusal: Refusal): bigint {
  const life = lives.byNumber(refusal.order)
  if (life === undefined) return 0n
  const prices = new ChangePrices(premises)
  const { specification, quantity } = lives.before(life, { at: refusal.at, id: Number.POSITIVE_INFINITY })
  const asked = premises.policyAt('autoRenew.period', refusal.at)
  const own = life.order.months
  // the buyer may have chosen another period.
  const changes = facts.autoRenewals.filter(
    ({ subscription, at }) => subscription === refusal.order && at <= refusal.at,
  )
  const chosen = changes.at(-1)?.months ?? 0
  const usual = asked === 'term' ? own : asked
  for (const months of [chosen === 0 ? usual : chosen, own]) {
    const wish = { ...life.order, at: refusal.at, id: Number.POSITIVE_INFINITY, specification, quantity, months }
    const lines = prices.renewal(lives, life, wish)
    const wanted = life.order.lines.filter(({ plan }) => plan > 0).length
    if (lines.length === wanted) return withTax(premises, facts.region, refusal.at, lines).amount
  }
  return 0n
}

/** E-02: the price of yearly/monthly servers with their image, for the duration that was asked for; none by the hour. */
export function lostServers(premises: Premises, facts: AccountFacts, refusal: Refusal): bigint[] {
  const { specification, pool, asked, at } = refusal
  if (asked === undefined) return []
  const quantity = refusal.quantity * 1e8
  const lines = new ChangePrices(premises).period({ specification, quantity, months: asked.months, pool, at })
  return [withTax(premises, facts.region, at, lines).amount]
}
