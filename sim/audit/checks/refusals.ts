/** E-02, O-01: what each refusal says was not sold. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Confirmation, Refusal } from '../facts.ts'
import { type PriceHistory, priceAt } from '../hourly-prices.ts'
import { kinds } from '../kinds.ts'
import { lostRenewal, lostServers } from '../lost-terms.ts'
import type { Workings } from '../workings.ts'

export function refusals(context: AuditContext): Check {
  return {
    account(facts, workings) {
      const declined = facts.confirmations.filter(({ isConfirmed }) => !isConfirmed)
      for (const refusal of facts.refusals) judge(context, facts, refusal, { workings, declined })
      judgeUnpaid(context, facts)
    },
  }
}

/** What refusals are judged by. */
interface Known {
  readonly workings: Workings
  /** O-06: what was declined and is not yet found among the refusals; several at one instant follow each other in order. */
  readonly declined: Confirmation[]
}

function judge(context: AuditContext, facts: AccountFacts, refusal: Refusal, known: Known): void {
  const { findings, premises } = context
  const code = premises.word(refusal.code)
  const subject = `refusal ${refusal.id}`
  findings.compare(kinds.lost, refusal.lost, lostBy(context, facts, refusal, code, known), () => ({
    subject,
    at: refusal.at,
    text: `${code}: one hour of the request, or the order that ended`,
  }))
}

/** E-02, O-08: pools that have no room, or whose servers cannot be created. */
const ofPools = new Set([
  'capacity-sold-out',
  'flavour-abandoned',
  'zone-down',
  'patience-exhausted',
  'never-fits',
  'no-host',
  'provisioning-failed',
])

/** O-06: the amount that was declined; its own judge is `reseller`. */
const isDeclined = (asked: Confirmation, { at, specification, pool, order }: Refusal): boolean =>
  asked.at === at && asked.specification === specification && asked.pool === pool && asked.subject === order

/** One hour of the servers and images asked for, or the price of the order; nothing where the buyer was the reason. */
function lostBy(
  { premises }: AuditContext,
  facts: AccountFacts,
  refusal: Refusal,
  code: string,
  { workings, declined }: Known,
): bigint {
  const { at, specification, pool, quantity, order, rule } = refusal
  if (code === 'unpaid' || (code === 'provisioning-failed' && pool === 0)) return workings.priced(order)?.amount ?? 0n
  if (code === 'insufficient-balance') return workings.priced(order)?.amount ?? 0n
  if (code === 'renewal-unpaid') return lostRenewal(premises, facts, workings.lives, refusal)
  if (code === 'reseller-declined') {
    const index = declined.findIndex((asked) => isDeclined(asked, refusal))
    return index < 0 ? 0n : declined.splice(index, 1)[0].amount
  }
  if (!ofPools.has(code)) return 0n
  const { resources = {} } = premises.pools.get(pool) ?? {}
  const hour = (history: PriceHistory): number => premises.charges.of(priceAt(history, at), 3600)
  const server = hour(premises.serverPricesFor(pool, facts.segment))
  // A server that cannot start again has its image and its resources already, and pays for them (E-09).
  const prices = premises.specifications.get(specification)?.prices ?? []
  const more =
    premises.word(rule) === 'E-01'
      ? []
      : [prices, ...Object.values(resources).filter((history) => history !== undefined)]
  const whole = more.reduce((sum, history) => sum + BigInt(hour(history)), BigInt(server))
  // An order of servers by the hour costs nothing itself; a term may, and then that is what was lost.
  const ended = workings.order(order)
  const amount = workings.priced(order)?.amount ?? 0n
  // E-05: servers of an order that could not be created, a part of them by policy.
  const part = BigInt(quantity) * 100_000_000n
  const ofOrder = ended === undefined || ended.months === 0 ? [] : [(amount * part) / BigInt(ended.quantity)]
  const terms = order > 0 ? ofOrder : lostServers(premises, facts, refusal)
  return terms[0] ?? whole * BigInt(quantity)
}

/** O-01: every order that expired unpaid was refused as such, once. */
function judgeUnpaid({ findings, premises, words }: AuditContext, facts: AccountFacts): void {
  const refused = new Map<number, number>()
  for (const { code, order } of facts.refusals)
    if (premises.word(code) === 'unpaid') refused.set(order, (refused.get(order) ?? 0) + 1)
  for (const order of facts.orders) {
    const expired = order.steps.filter(({ event }) => event === words.expire).length
    const described = () => ({
      subject: `order ${order.id}`,
      at: order.at,
      text: 'refusals as unpaid, one for an order that expired',
    })
    findings.compare(kinds.orderShape, refused.get(order.id) ?? 0, expired, described)
  }
}
