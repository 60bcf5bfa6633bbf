/** P-01..P-05, M-03, M-04, M-06, M-07: what an order should cost, on exact decimals, rounded once a line. */

import { ChangePrices, type PriceLine } from './change-prices.ts'
import { Exact, toMoney } from './exact.ts'
import type { AccountFacts, Order } from './facts.ts'
import type { Lives } from './lives.ts'
import type { Premises } from './premises.ts'

export interface AuditedLine {
  readonly part: 'price' | 'ecs' | 'tax' | 'refund'
  readonly plan: number
  readonly amount: number
  readonly rule: string
}

export interface AuditedOrder {
  readonly lines: readonly AuditedLine[]
  /** M-04: the sum of its lines. */
  readonly amount: number
  /** Its price net of tax. */
  readonly net: number
}

/** Works out the lines of an order. A plan that does not exist costs nothing; `orders` tells of it. */
export function priceOrder(premises: Premises, facts: AccountFacts, order: Order, lives: Lives): AuditedOrder {
  return withTax(premises, facts.region, order.at, linesOf(premises, order, lives))
}

/** M-04, M-07: the tax on the sum of the lines is a line of its own. */
export function withTax(premises: Premises, region: number, at: number, priced: readonly PriceLine[]): AuditedOrder {
  const rounding = premises.policies['rounding.charge']
  // Pay-per-use is charged as it is used: such an order has no lines.
  if (priced.length === 0) return { lines: [], amount: 0, net: 0 }
  const price = priced.reduce((sum, line) => sum + line.amount, 0)
  const lines: AuditedLine[] = [...priced]
  const ofRegion = premises.scenario.regions[region - 1]?.taxPercent
  const percent = new Exact(ofRegion ?? premises.policyAt('tax.percent', at))
  if (!percent.isZero()) {
    const tax = toMoney(new Exact(price).div(1e8).times(percent).div(100), rounding)
    lines.push({ part: 'tax', plan: 0, amount: tax, rule: 'M-07' })
  }
  return { lines, amount: lines.reduce((sum, line) => sum + line.amount, 0), net: price }
}

/** The lines before tax: of a purchase, or of an order about a subscription. */
function linesOf(premises: Premises, order: Order, lives: Lives): PriceLine[] {
  const prices = new ChangePrices(premises)
  const life = lives.of(order)
  const kind = premises.word(order.kind)
  if (kind === 'purchase') return prices.period(order)
  if (life === undefined) return []
  if (kind === 'renewal') return prices.renewal(lives, life, order)
  if (kind === 'upgrade') return prices.upgrade(lives, life, order)
  return kind === 'expansion' ? prices.expansion(lives, life, order) : []
}
