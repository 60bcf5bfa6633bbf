/**
 * C-04, C-05, R-04, X-01, X-02, X-03, X-07: of what was asked of a subscription and refused, the reason: the first that held, in the
 * order of admission. What happens at the same instant may have come before it or after it.
 */
import type { Database } from 'better-sqlite3'
import { changePricesOf } from '../change-prices.ts'
import type { AuditContext, Check } from '../check.ts'
import { DAY } from '../civil-time.ts'
import type { AccountFacts, Asked, Refusal } from '../facts.ts'
import { frozenPeriods } from '../freezes.ts'
import { kinds } from '../kinds.ts'
import { type Life, type Lives, periodStart, type Standing } from '../lives.ts'
import { goodsOf, isOpen } from './refused-changes.ts'

export function asked(context: AuditContext): Check {
  return {
    account(facts, { lives }) {
      for (const refusal of facts.refusals) judge(context, facts, refusal, lives)
    },
    record(database) {
      judgeRows(context, database)
    },
  }
}

/** Reasons that come before what was asked for, in this order (O-14, O-10, O-09). */
const bars: readonly string[] = ['account-frozen', 'in-arrears', 'change-in-progress']

/** What each code refuses; of others nothing is asked for. */
const askedBy: Readonly<Record<string, readonly string[]>> = {
  'out-of-term': ['upgrade', 'expansion'],
  'quantity-limit': ['expansion'],
  'negative-upgrade': ['upgrade'],
  'negative-expansion': ['expansion'],
  'only-upwards': ['expansion', 'renewal'],
  'duration-not-sold': ['upgrade', 'expansion', 'renewal', 'automatic-renewal'],
  'renewal-unpaid': ['automatic-renewal'],
  'not-in-term': ['unsubscription'],
  'invoice-outstanding': ['unsubscription'],
}

function judge(context: AuditContext, facts: AccountFacts, refusal: Refusal, lives: Lives): void {
  const { premises, findings } = context
  const { at, order, asked: what } = refusal
  const code = premises.word(refusal.code)
  const kind = what === undefined ? '' : premises.word(what.kind)
  const life = lives.byNumber(order)
  const isFlow = life === undefined && (code === 'not-refundable' || code === 'invoice-outstanding')
  const allowed = isFlow ? undefined : askedBy[code]
  const described = () => ({
    subject: `refusal ${refusal.id}`,
    at,
    text: `${code} of ${kind === '' ? 'what is not known' : kind}${order === 0 ? '' : ` of subscription ${order}`}, the first reason that held`,
  })
  if (allowed !== undefined) findings.compare(kinds.refusedRequest, allowed.includes(kind) ? 1 : 0, 1, described)
  if (what === undefined || life === undefined || kind === 'unsubscription' || kind === 'purchase') return
  const place = bars.indexOf(code)
  const isBar = place >= 0
  // Whether such a bar was in force is judged by `refused-changes`; here, that none before it was.
  const first = barsOf(context, facts, refusal).find((bar) => !isBar || bars.indexOf(bar) < place)
  const isAutomatic = kind === 'automatic-renewal'
  // C-05: an automatic renewal asks first whether the product is renewed at all.
  const isFirst = first === undefined || (isAutomatic && code === 'not-renewable')
  const isDue = isBar || reasonsFor(context, life, lives, refusal, { ...what, word: kind }).includes(code)
  findings.compare(kinds.refusedRequest, isFirst && isDue ? 1 : 0, 1, described)
}

/** The bars that were in force before and after an instant. */
function barsOf({ premises, words }: AuditContext, facts: AccountFacts, { at, order }: Refusal): string[] {
  const isFrozen = frozenPeriods(premises, facts).some(({ from, to }) => from < at && at < to)
  const isOwing = facts.standing.some(
    ({ at: from, to }, index) =>
      to !== words.good && from < at && at < (facts.standing[index + 1]?.at ?? Number.POSITIVE_INFINITY),
  )
  const isBusy = facts.orders.some((other) => other.subject === order && isOpen({ words }, other, at, at - 1))
  return [isFrozen ? 'account-frozen' : '', isOwing ? 'in-arrears' : '', isBusy ? 'change-in-progress' : ''].filter(
    (bar) => bar !== '',
  )
}

/** The reasons for which it may have been refused: with the subscription as it was before the instant, and after it. */
function reasonsFor(
  context: AuditContext,
  life: Life,
  lives: Lives,
  { at }: Refusal,
  what: Asked & { readonly word: string },
): string[] {
  const ids = [0, ...life.effects.filter((effect) => effect.at === at).map(({ order }) => order.id + 0.5)]
  return ids.map((id) => {
    const before = lives.before(life, { at, id })
    return what.word === 'upgrade' || what.word === 'expansion'
      ? changeReason(context, before, { life, at, id }, what)
      : renewalReason(context, before, { life, at }, what)
  })
}

const isDown = ({ premises }: AuditContext, at: number, { termEnd }: Standing): boolean =>
  premises.policyAt('change.downAtRenewal', at) && at >= termEnd - 30 * DAY

function changeReason(
  context: AuditContext,
  before: Standing,
  { life, at, id }: { life: Life; at: number; id: number },
  { word, specification, quantity }: Asked & { readonly word: string },
): string {
  const { premises } = context
  const { kind } = goodsOf(context, before.specification)
  if (kind !== 'saas' || at >= before.termEnd) return 'out-of-term'
  const order = { at, specification, quantity: quantity * 1e8 }
  const started = periodStart(life, { at, id })
  const prices = changePricesOf(premises)
  if (word === 'upgrade') {
    const fault = prices.upgradeFault(before, started, order)
    if (fault === 'unsold') return 'duration-not-sold'
    // X-01: downwards goes a renewal, and no order of its own.
    const mayFall =
      !premises.policyAt('change.downAtRenewal', at) && premises.policyAt('change.negative', at) === 'floor'
    return fault === 'negative' && !mayFall ? 'negative-upgrade' : ''
  }
  const decided = premises.policyAt('expansion.ruleKey', at) === 'originally-bought' ? life.order.at : at
  const fault = prices.expansionFault(before, started, decided, order)
  if (fault === 'unsold') return 'duration-not-sold'
  if (order.quantity === before.quantity) return 'quantity-limit'
  if (order.quantity < before.quantity) return isDown(context, at, before) ? '' : 'only-upwards'
  return fault === 'negative' && premises.policyAt('change.negative', at) === 'refuse' ? 'negative-expansion' : ''
}

function renewalReason(
  context: AuditContext,
  before: Standing,
  { life, at }: { life: Life; at: number },
  { word, specification, quantity, months }: Asked & { readonly word: string },
): string {
  const { premises } = context
  const { name, autoRenew } = goodsOf(context, before.specification)
  const listings = premises.listingsOf(name)
  const { pool, months: own } = life.order
  const isSold = (duration: number): boolean =>
    (premises.plansAt(specification, at).length === 0 || premises.planOf(specification, duration, at) !== undefined) &&
    (pool === 0 || premises.serverPlans.some((plan) => plan.pool === pool && plan.months === duration))
  if (word === 'automatic-renewal') {
    if (!autoRenew || !listings.renewsAutomatically(at)) return 'not-renewable'
    return isSold(months) || isSold(own) ? 'renewal-unpaid' : 'duration-not-sold'
  }
  if (!listings.isListed(at)) return 'product-delisted'
  const isSame = specification === before.specification && quantity * 1e8 === before.quantity
  if (!isSame && !isDown(context, at, before)) return 'only-upwards'
  return isSold(months) ? '' : 'duration-not-sold'
}

/** Each request belongs to one refusal, whose rule it names. */
function judgeRows({ findings }: AuditContext, database: Database): void {
  const sql = `SELECT q.refusal_id FROM refused_requests q LEFT JOIN refusals r ON r.id = q.refusal_id AND r.rule = q.rule
    GROUP BY q.refusal_id HAVING count(*) > 1 OR max(r.id) IS NULL`
  for (const [id] of database.prepare<[], [number]>(sql).raw().all())
    findings.differ(kinds.refusedRequest, `refusal ${id}`, 0, 0, 1, 'one request of a refusal that exists, by its rule')
}
