/**
 * O-06: a reseller's customer confirms the amount of an order first. Each amount that was asked about is the price of the
 * instant of the question; an order has an amount that was confirmed for it; and what was declined was refused.
 */
import { ChangePrices, type PriceLine } from '../change-prices.ts'
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Confirmation, Order } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { withTax } from '../pricing.ts'
import type { Workings } from '../workings.ts'

export function reseller(context: AuditContext): Check {
  return {
    account(facts, workings) {
      for (const asked of facts.confirmations) judgeAmount(context, facts, asked, workings)
      judgeDeclined(context, facts)
      const { scenario } = context.premises
      const segment = scenario.buyers.find((buyers) => buyers.segment === facts.segment)
      if (facts.budget !== undefined && segment?.reseller?.confirmation) judgeOrders(context, facts)
    },
  }
}

function judgeAmount(
  { findings, premises }: AuditContext,
  facts: AccountFacts,
  asked: Confirmation,
  workings: Workings,
): void {
  const prices = new ChangePrices(premises)
  const life = workings.lives.byNumber(asked.subject)
  const kind = premises.word(asked.kind)
  const wish = { ...asked, at: asked.asked }
  const linesBefore = (id: number): readonly PriceLine[] => {
    if (kind === 'purchase') return prices.period(wish)
    if (life === undefined) return []
    const about = { ...life.order, ...wish, id } as Order
    if (kind === 'renewal') return prices.renewal(workings.lives, life, about)
    if (kind === 'upgrade') return prices.upgrade(workings.lives, life, about)
    return prices.expansion(workings.lives, life, about)
  }
  // Orders of the same instant, its own among them, may have come before the question or after it.
  const places = [...facts.orders.filter(({ at }) => at === asked.asked).map(({ id }) => id), Number.POSITIVE_INFINITY]
  const amounts = places.map((id) => withTax(premises, facts.region, asked.asked, linesBefore(id)).amount)
  const amount = amounts.find((each) => each === asked.amount) ?? amounts[0]
  const isInTime = asked.at >= asked.asked && facts.budget !== undefined
  findings.compare(kinds.confirmation, asked.amount, isInTime ? amount : -1n, () => ({
    subject: `account ${facts.id} ${kind} of ${asked.specification}`,
    at: asked.asked,
    text: 'the amount that a customer of a reseller asks the reseller about',
  }))
}

/** What was declined was refused as such, once each. */
function judgeDeclined({ findings, premises }: AuditContext, facts: AccountFacts): void {
  const refused = facts.refusals.filter(({ code }) => premises.word(code) === 'reseller-declined')
  const declined = facts.confirmations.filter(({ isConfirmed }) => !isConfirmed)
  const keyOf = (at: number, specification: number, lost: bigint) => `${at} ${specification} ${lost}`
  const open = refused.map(({ at, specification, lost }) => keyOf(at, specification, lost))
  for (const { at, specification, amount } of declined) {
    const index = open.indexOf(keyOf(at, specification, amount))
    if (index >= 0) {
      open.splice(index, 1)
      findings.agree(kinds.confirmation, amount)
    } else findings.differ(kinds.confirmation, `account ${facts.id}`, at, 0n, amount, 'declined, but not refused')
  }
  for (const key of open)
    findings.differ(kinds.confirmation, `account ${facts.id}`, Number(key.split(' ')[0]), 1, 0, 'refused, not declined')
}

/** Every order that costs something, but for automatic renewals, follows a confirmation of its own at its amount. */
function judgeOrders({ findings, premises }: AuditContext, facts: AccountFacts): void {
  const open = facts.confirmations.filter(({ isConfirmed }) => isConfirmed)
  for (const order of facts.orders) {
    const kind = premises.word(order.kind)
    if (order.amount <= 0n || kind === 'trial' || kind === 'unsubscription') continue
    const index = open.findLastIndex((asked) => isOf(asked, order))
    if (index >= 0) findings.agree(kinds.confirmation, open.splice(index, 1)[0].amount)
    else if (kind !== 'renewal')
      findings.differ(kinds.confirmation, `order ${order.id}`, order.at, order.amount, 0n, 'ordered unconfirmed')
  }
}

const isOf = (asked: Confirmation, order: Order): boolean =>
  asked.at <= order.at &&
  asked.kind === order.kind &&
  asked.specification === order.specification &&
  asked.pool === order.pool &&
  asked.quantity === order.quantity &&
  asked.months === order.months &&
  asked.subject === order.subject &&
  asked.amount === order.amount
