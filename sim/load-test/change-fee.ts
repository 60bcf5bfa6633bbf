/** X-02..X-09: what an upgrade or expansion costs, from what is known of its subscription. */
import { decidingTime, expansionFee } from '../billing/expansion.ts'
import { type Charged, isRefusal, type Line } from '../billing/line.ts'
import { priced } from '../billing/price/plan.ts'
import { remainingMonths, remainingPart } from '../billing/term-price.ts'
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

/** What prices the configuration before: by `upgrade.originalBasis`. */
const originalPlan = (world: World, request: ChangeRequest): OfferedPlan =>
  policiesOf(world, request)['upgrade.originalBasis'] === 'paid'
    ? world.catalog.plans[request.planBefore - 1]
    : soldPlan(world, request)

function upgradeOf(world: World, request: ChangeRequest): Charged | undefined {
  const { pricedAt, start, end } = request
  const policies = policiesOf(world, request)
  const offer = world.catalog.at(request.specification, pricedAt)
  const bought = world.catalog.plans[request.planBefore - 1]
  const from = originalPlan(world, request)
  const term = { start, end, months: bought.months }
  const months = { purchased: bought.months, remaining: remainingMonths(pricedAt, term, policies) }
  const to = matchedPlan(offer.plans, months, policies['upgrade.priceMatch'])
  if (to === undefined) return undefined
  const sideOf = ({ plan, months }: OfferedPlan, quantity: number) => ({
    price: priced(plan, BigInt(quantity) * QUANTITY),
    part: remainingPart(pricedAt, term, months, policies),
  })
  return upgradeFee(
    {
      to: sideOf(to, request.quantity),
      from: sideOf(from, request.quantityBefore),
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
  const original = originalPlan(world, request)
  const term = { start, end, months: world.catalog.plans[request.planBefore - 1].months }
  const from = BigInt(request.quantityBefore) * QUANTITY
  return expansionFee(
    {
      plan,
      from,
      to: BigInt(request.quantity) * QUANTITY,
      original: {
        price: priced(original.plan, from),
        part: remainingPart(pricedAt, term, original.months, policies),
      },
      remaining: remainingPart(pricedAt, term, months, policies),
      decidedAt: decidingTime({ created: pricedAt, paid: paidAt, bought: boughtAt }, policies['expansion.ruleKey']),
      discount: world.catalog.at(request.specification, pricedAt).discount,
      time: { at: pricedAt, termEnd: end },
    },
    policies,
  )
}
