/** X-02..X-07: what an upgrade or expansion costs, from what is known of its subscription. */
import { decidingTime, expansionFee } from '../billing/expansion.ts'
import { literal, times } from '../billing/formula.ts'
import { type Charged, isRefusal, type Line } from '../billing/line.ts'
import { priced } from '../billing/price/plan.ts'
import { remaining } from '../billing/proration.ts'
import { remainingPart } from '../billing/term-price.ts'
import { matchedPlan, upgradeFee } from '../billing/upgrade.ts'
import type { OfferedPlan } from '../world/catalog.ts'
import { inForce } from '../world/timeline.ts'
import type { World } from '../world/world.ts'
import type { ChangeRequest } from './request-stream.ts'

const QUANTITY = 100_000_000n

/** The fee's lines before tax, of a change that is paid at an instant; none where the rules refuse the change. */
export function changeFee(world: World, request: ChangeRequest, paidAt: number): readonly Line[] {
  const fee = request.isExpansion ? expansionOf(world, request, paidAt) : upgradeOf(world, request)
  return fee === undefined || isRefusal(fee) ? [] : fee.lines
}

function policiesOf(world: World, { pricedAt }: ChangeRequest) {
  return inForce(world.policyTimeline, pricedAt)
}

/** The plan of the configuration before as it is sold at the time, or else as it was bought. */
function soldPlan({ catalog }: World, request: ChangeRequest): OfferedPlan {
  const bought = catalog.plans[request.planBefore - 1]
  const sold = catalog.at(request.before, request.pricedAt).plans
  return sold.find(({ months }) => months === bought.months) ?? bought
}

function upgradeOf(world: World, request: ChangeRequest): Charged | undefined {
  const { pricedAt, start, end } = request
  const policies = policiesOf(world, request)
  const offer = world.catalog.at(request.specification, pricedAt)
  const bought = world.catalog.plans[request.planBefore - 1]
  const from = policies['upgrade.originalBasis'] === 'paid' ? bought : soldPlan(world, request)
  const { numerator, denominator } = remaining(pricedAt, end, 'month', policies, start).value
  const months = { purchased: bought.months, remaining: Number(numerator / denominator) }
  const to = matchedPlan(offer.plans, months, policies['upgrade.priceMatch'])
  if (to === undefined) return undefined
  const priceOf = ({ plan, months: bought }: OfferedPlan, quantity: number) =>
    times(priced(plan, BigInt(quantity) * QUANTITY), remainingPart(pricedAt, { start, end }, bought, policies))
  return upgradeFee(
    {
      newPrice: priceOf(to, request.quantity),
      oldPrice: priceOf(from, request.quantityBefore),
      remaining: literal(1n, 0),
      discount: offer.discount,
      time: { at: pricedAt, termEnd: end },
    },
    policies,
  )
}

function expansionOf(world: World, request: ChangeRequest, paidAt: number): Charged {
  const { pricedAt, start, end, boughtAt } = request
  const policies = policiesOf(world, request)
  const { plan, months } = soldPlan(world, request)
  return expansionFee(
    {
      plan,
      from: BigInt(request.quantityBefore) * QUANTITY,
      to: BigInt(request.quantity) * QUANTITY,
      remaining: remainingPart(pricedAt, { start, end }, months, policies),
      decidedAt: decidingTime({ created: pricedAt, paid: paidAt, bought: boughtAt }, policies['expansion.ruleKey']),
      discount: world.catalog.at(request.specification, pricedAt).discount,
      time: { at: pricedAt, termEnd: end },
    },
    policies,
  )
}
