/** N-01..N-07: every period that an unsubscription refunds, what of it was consumed and what it cost, and the money. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import { lostAt, type Returned } from '../returns.ts'
import { serverLosses } from '../server-losses.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

export function unsubscriptions(context: AuditContext): Check {
  return {
    account(facts, workings) {
      const { returns } = workings
      judgeLosses(context, facts, workings)
      judgeParts(context, facts, workings)
      if (returns.length === 0 && facts.orders.every((order) => order.returns.length === 0)) return
      for (const returned of returns) {
        judgeRow(context, returned)
        judgeMoney(context, facts, returned)
        judgeRight(context, returned)
      }
      judgeSurplus(context, facts, workings)
    },
  }
}

/** E-10: a term whose last server an outage takes is refunded by policy, at that instant. */
function judgeLosses({ findings, premises }: AuditContext, facts: AccountFacts, { lives }: Workings): void {
  if (!premises.everSays('outage.refund', 'rest-of-term')) return
  for (const life of lives.all()) {
    const at = life.order.pool === 0 ? undefined : lostAt(premises, facts, life)
    if (at === undefined || premises.policyAt('outage.refund', at) === 'none') continue
    const isInTerm = at < lives.before(life, { at, id: Number.POSITIVE_INFINITY }).termEnd
    const due = isInTerm ? at : 0
    const is = life.unsubscribed !== undefined && life.unsubscribed <= at ? life.unsubscribed : 0
    findings.compare(kinds.returned, is, due, () => ({
      subject: `subscription ${life.order.id}`,
      at,
      text: 'the rest of the term is refunded when its last server is lost (E-10)',
    }))
  }
}

/**
 * E-05, E-10: by policy the part of servers that are not there is refunded, at the instant at which they fail; else no server
 * is kept where one could not be created, and those that an outage leaves continue without a refund.
 */
function judgeParts({ findings, premises, words }: AuditContext, facts: AccountFacts, { lives }: Workings): void {
  for (const life of lives.all()) {
    const losses = life.order.pool === 0 ? [] : serverLosses(facts, life.order, words)
    const due = losses.filter(({ at, rule }) => {
      if (rule === 'E-05') return true
      const isInTerm = at < lives.before(life, { at, id: Number.POSITIVE_INFINITY }).termEnd
      return isInTerm && premises.policyAt('outage.refund', at) === 'rest-of-term'
    })
    const parts = life.effects.filter(({ kind }) => kind === 'partial-refund')
    if (due.length === 0 && parts.length === 0) continue
    const textOf = (each: readonly string[]): string => each.join(', ') || 'nothing'
    const is = textOf(parts.map(({ at, order, lost }) => `${lost} by ${premises.word(order.rule)} at ${at}`))
    const should = textOf(due.map(({ at, rule, servers }) => `${servers} by ${rule} at ${at}`))
    findings.compare(kinds.returned, is === should ? 1 : 0, 1, () => ({
      subject: `subscription ${life.order.id}`,
      at: life.granted,
      text: `refunded of its servers: ${is}; due: ${should}`,
    }))
    for (const { at } of due.filter(({ rule }) => rule === 'E-05'))
      findings.compare(kinds.returned, premises.policyAt('custom.partial', at) === 'keep-created' ? 1 : 0, 1, () => ({
        subject: `subscription ${life.order.id}`,
        at,
        text: 'none of its servers is kept where one could not be created (E-05)',
      }))
  }
}

const subjectOf = ({ by, period }: Returned): string => `order ${by.id} for order ${period.order.id}`

function judgeRow({ findings, premises }: AuditContext, returned: Returned): void {
  const { by, period, at } = returned
  const row = by.returns.find(({ paidOrder }) => paidOrder === period.order.id)
  const described = (text: string) => () => ({ subject: subjectOf(returned), at, text })
  if (row === undefined) {
    findings.differ(kinds.returned, subjectOf(returned), at, 0, returned.amount, 'the period is not in refunds')
    return
  }
  const fields: readonly [name: string, said: number | bigint, is: number | bigint][] = [
    ['at', row.at, at],
    ['subscription_id', row.subscription, returned.life.order.id],
    ['begun', row.begun, returned.begun ? 1 : 0],
    ['period_start', row.periodStart, period.from],
    ['period_end', row.periodEnd, period.to],
    ['months', row.months, period.order.months],
    ['cash', row.cash, returned.cash],
    ['coupon', row.coupon, returned.coupon],
    ['coupon_returned', row.couponReturned, returned.couponReturned],
    ['servers', row.servers, returned.servers],
    ['returns', row.returns, returned.returns],
    ['consumed', row.consumed, returned.consumed],
    ['fee', row.fee, returned.fee],
    ['amount', row.amount, returned.amount],
    ['rounding', row.rounding, returned.rounding],
    ['tax', row.tax, returned.tax],
    ['cloud', row.cloud, returned.cloud],
  ]
  for (const [name, said, is] of fields) findings.compare(kinds.returned, said, is, described(`${name} of its refund`))
  const rule = premises.word(row.rule)
  if (rule !== returned.rule)
    findings.differ(kinds.returned, subjectOf(returned), at, 0, 0, `refunded by ${rule}, not by ${returned.rule}`)
}

/** The money goes back once, at that instant; Q-05: never more than was paid. */
function judgeMoney({ findings, words }: AuditContext, facts: AccountFacts, returned: Returned): void {
  const { period, at, amount, rounding, couponReturned, tax } = returned
  const resold = facts.budget !== undefined
  const described = (text: string) => () => ({ subject: subjectOf(returned), at, text })
  const back = facts.transactions.filter(
    ({ kind, order, at: made }) => kind === words.refund && order === period.order.id && made === at,
  )
  const sum = (ledger: number): bigint =>
    back.reduce((total, transaction: Transaction) => total + moved(transaction, ledger), 0n)
  findings.compare(
    kinds.returned,
    -sum(resold ? words.clearing : words.cash),
    amount + rounding,
    described('paid back'),
  )
  findings.compare(kinds.rounding, sum(words.rounding), rounding, described('what brings it to minor units'))
  findings.compare(kinds.returned, -sum(words.coupons), couponReturned, described('refunded to coupons'))
  findings.compare(kinds.returned, sum(words.taxPayable), tax, described('its tax is refunded with it'))
  if (back.length > 1)
    findings.differ(kinds.returned, subjectOf(returned), at, back.length, 1, 'paid back once, with the unsubscription')
  if (returned.back > returned.cash + returned.coupon)
    findings.differ(
      kinds.refund,
      subjectOf(returned),
      at,
      returned.back,
      returned.cash + returned.coupon,
      'more than was paid (Q-05)',
    )
}

/** N-01, N-07: images with a term of their own only, and only within it. */
function judgeRight({ findings, premises }: AuditContext, returned: Returned): void {
  const { life, at } = returned
  const { billing, product } = premises.specifications.get(life.order.specification) ?? { billing: '', product: 0 }
  const { kind } = premises.scenario.catalog[product - 1] ?? { kind: 'unknown' }
  const isImage = returned.isLost || returned.share !== undefined || (kind === 'image' && billing !== 'pay-per-use')
  const end = life.periods.reduce((latest, { to }) => Math.max(latest, to), 0)
  if (isImage && at < end) findings.agree(kinds.change, 1)
  else
    findings.differ(kinds.change, subjectOf(returned), at, 1, 0, `a ${billing} ${kind} that could not be unsubscribed`)
}

/** Nothing else is refunded by an unsubscription. */
function judgeSurplus({ findings, words }: AuditContext, facts: AccountFacts, { returns }: Workings): void {
  const refunded = new Set(returns.map(({ period }) => period.order.id))
  for (const { id, at, kind, order } of facts.transactions)
    if (
      kind === words.refund &&
      refunded.has(order) &&
      !returns.some((each) => each.at === at && each.period.order.id === order)
    )
      findings.differ(
        kinds.returned,
        `transaction ${id} order ${order}`,
        at,
        1,
        0,
        'not refunded with an unsubscription',
      )
  for (const order of facts.orders)
    for (const row of order.returns)
      if (!returns.some(({ by, period }) => by.id === order.id && period.order.id === row.paidOrder))
        findings.differ(kinds.returned, `order ${order.id}`, row.at, row.amount, 0, 'a period that is not refunded')
}
