/** U-08, A-01, A-05: each hour's draw on the balance, what fell due of it, and what top-ups paid of the debt. */
import type { AuditContext, Check } from '../check.ts'
import { HOUR } from '../civil-time.ts'
import { amountWritten } from '../exact.ts'
import type { AccountFacts } from '../facts.ts'
import type { HourlyOwed } from '../hourly-owed.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import { CASH, CLEARING, CLOUD, COUPONS, MARKET, RECEIVABLE } from '../settlements.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

export function settlement(context: AuditContext): Check {
  const seen = new Uint8Array(context.premises.hours + 1)
  return {
    account(facts, workings) {
      const { owed } = workings
      seen.fill(0)
      if (!areAsOwed(context, facts, workings, seen)) {
        seen.fill(0)
        for (const transaction of facts.settlements?.among(facts.transactions) ?? facts.transactions)
          if (transaction.kind === context.words.usage) judgeUsage(context, facts, transaction, workings, seen)
      }
      for (let index = owed.first; index <= owed.last; index++) {
        if (seen[index] === 1 || !owed.isOwed(index)) continue
        const [hour, total] = [owed.hourAt(index), owed.totalAt(index)]
        context.findings.differ(kinds.settlement, `account ${facts.id}`, hour, 0, total, 'the hour was never settled')
      }
      judgeArrears(context, facts, workings)
      judgeOpening(context, facts)
    },
  }
}

/**
 * Whether all that was settled of an account is as it should be, which is nearly always so: hour by hour, and without an object for
 * each. Hours are marked as seen, and agreed to, only then.
 */
function areAsOwed(context: AuditContext, facts: AccountFacts, { owed }: Workings, seen: Uint8Array): boolean {
  const { findings, premises, words } = context
  const { budget, transactions, settlements } = facts
  if (settlements === undefined) return false
  const { hour, at, repeats, moved: columns } = settlements.columns
  const isResold = budget !== undefined
  const ofOther = columns[isResold ? RECEIVABLE : CLEARING]
  const [ofCash, ofCoupons, ofCloud, ofMarket] = [columns[CASH], columns[COUPONS], columns[CLOUD], columns[MARKET]]
  let hours = 0
  for (let row = settlements.first; row < settlements.end; row++) {
    if (ofOther[row] !== 0) return false
    const [first, times] = [hour[row], repeats[row]]
    const index = owed.indexOf(first)
    if (index < 0 || owed.indexOf(first + (times - 1) * HOUR) < 0) return false
    for (let repetition = 0; repetition < times; repetition++) {
      const place = index + repetition
      const later = repetition * HOUR
      if (seen[place] === 1) return false
      if (!owed.isSame(place, -ofCloud[row], -ofMarket[row], ofCoupons[row], ofCash[row])) return false
      if (at[row] + later !== premises.settledAt(first + later)) return false
      seen[place] = 1
    }
    hours += times
  }
  for (const transaction of transactions)
    if (transaction.kind === words.usage && !isAsOwed(context, isResold, transaction, owed, seen)) return false
  for (const transaction of transactions)
    if (transaction.kind === words.usage) agreeTo(context, isResold, transaction, transaction.repeats)
  if (hours === 0) return true
  const [drawn, earned] = [
    [CASH, COUPONS, RECEIVABLE, CLEARING],
    [CLOUD, MARKET],
  ]
  findings.agreeSum(kinds.settlement, settlements.movedOn(...drawn) - settlements.movedOn(...earned), 5 * hours)
  findings.agree(kinds.settledAt, 0, hours)
  return true
}

/** What one repetition draws and earns, by the legs that it may have; what float64 does not hold is NaN, which no hour equals. */
const drawnBy = ({ words }: AuditContext, isResold: boolean, { legs }: Transaction) => ({
  ofCash: legs.plain(words.cash),
  ofDue: legs.plain(isResold ? words.clearing : words.receivable),
  ofCoupon: legs.plain(words.coupons),
  ofEcs: -legs.plain(words.cloudRevenue),
  ofImage: -legs.plain(words.marketplaceRevenue),
})

/** Whether each repetition of a transaction is as it should be; its hours are marked as seen. */
function isAsOwed(
  context: AuditContext,
  isResold: boolean,
  transaction: Transaction,
  owed: HourlyOwed,
  seen: Uint8Array,
): boolean {
  const { ofCash, ofDue, ofCoupon, ofEcs, ofImage } = drawnBy(context, isResold, transaction)
  if (ofEcs + ofImage !== ofCash + ofDue + ofCoupon) return false
  for (let repetition = 0; repetition < transaction.repeats; repetition++) {
    const hour = transaction.hour + repetition * HOUR
    const index = owed.indexOf(hour)
    if (index < 0 || seen[index] === 1 || !owed.isSame(index, ofEcs, ofImage, ofCoupon, ofCash)) return false
    if (transaction.at + repetition * HOUR !== context.premises.settledAt(hour)) return false
    seen[index] = 1
  }
  return true
}

/** So many hours of a transaction are as they should be. */
function agreeTo(context: AuditContext, isResold: boolean, transaction: Transaction, hours: number): void {
  if (hours <= 0) return
  const { findings } = context
  const { ofCash, ofDue, ofCoupon, ofEcs, ofImage } = drawnBy(context, isResold, transaction)
  for (const amount of [ofCash, ofCoupon, ofDue, ofEcs, ofImage]) findings.agree(kinds.settlement, amount, hours)
  findings.agree(kinds.settledAt, transaction.at, hours)
}

/** Every repetition of a usage transaction against the replayed hour. */
function judgeUsage(
  context: AuditContext,
  facts: AccountFacts,
  transaction: Transaction,
  workings: Workings,
  seen: Uint8Array,
): void {
  const { findings, premises, words } = context
  const { owed } = workings
  const { legs } = transaction
  const isResold = facts.budget !== undefined
  const owing = isResold ? words.clearing : words.receivable
  const { ofCash, ofDue, ofCoupon, ofEcs, ofImage } = drawnBy(context, isResold, transaction)
  const isWhole = ofEcs + ofImage === ofCash + ofDue + ofCoupon
  /** Hours that are as they should be, which is nearly all of them. */
  let agreed = 0
  for (let repetition = 0; repetition < transaction.repeats; repetition++) {
    const hour = transaction.hour + repetition * HOUR
    const index = owed.indexOf(hour)
    const at = transaction.at + repetition * HOUR
    if (
      index >= 0 &&
      seen[index] === 0 &&
      isWhole &&
      owed.isSame(index, ofEcs, ofImage, ofCoupon, ofCash) &&
      at === premises.settledAt(hour)
    ) {
      seen[index] = 1
      agreed++
      continue
    }
    const [cash, coupon, due] = [words.cash, words.coupons, owing].map((ledger) => legs.moved(ledger))
    const [ecs, image] = [words.cloudRevenue, words.marketplaceRevenue].map((ledger) => -legs.moved(ledger))
    const described = (text: string) => () => ({
      subject: `transaction ${transaction.id} account ${facts.id}`,
      at: hour,
      text,
    })
    if (index < 0 || seen[index] === 1) {
      const { subject, at, text } = described(
        index < 0 ? 'an hour outside of the run' : 'the hour was settled before',
      )()
      findings.differ(kinds.settlement, subject, at, ecs + image, 0, text)
      continue
    }
    seen[index] = 1
    const audited = { ecs: owed.ecsAt(index), image: owed.imageAt(index) }
    const rest = owed.totalAt(index) - owed.couponAt(index) - owed.cashAt(index)
    findings.compare(kinds.settlement, cash, owed.cashAt(index), described('drawn from the balance'))
    findings.compare(kinds.settlement, coupon, owed.couponAt(index), described('drawn from cash coupons'))
    findings.compare(kinds.settlement, due, rest, described('drawn on credit, in arrears, or charged to the reseller'))
    findings.compare(kinds.settlement, ecs, audited.ecs, described('revenue of the servers of this hour'))
    findings.compare(kinds.settlement, image, audited.image, described('revenue of the images of this hour'))
    findings.compare(kinds.settledAt, at, premises.settledAt(hour), described('settled at another instant'))
  }
  agreeTo(context, isResold, transaction, agreed)
}

/** a top-up pays what is due, as far as it goes. */
function judgeArrears({ findings, words }: AuditContext, facts: AccountFacts, { replay }: Workings): void {
  const recorded = facts.transactions.filter(({ kind }) => kind === words.arrearsPaid)
  let index = 0
  for (const { at, amount, from } of replay.arrears) {
    const described = (text: string) => () => ({ subject: `account ${facts.id} transaction ${from}`, at, text })
    for (; index < recorded.length && recorded[index].at < at; index++) tellSurplus(recorded[index])
    const transaction = recorded[index]
    if (transaction === undefined || transaction.at !== at) {
      findings.compare(kinds.arrearsPaid, 0, amount, described('the debt was not paid'))
      continue
    }
    index++
    findings.compare(kinds.arrearsPaid, moved(transaction, words.cash), amount, described('drawn for the debt'))
    findings.compare(
      kinds.arrearsPaid,
      -moved(transaction, words.receivable),
      amount,
      described('deducted from the debt'),
    )
  }
  for (; index < recorded.length; index++) tellSurplus(recorded[index])
  function tellSurplus(transaction: Transaction): void {
    const subject = `transaction ${transaction.id} account ${facts.id}`
    findings.differ(kinds.arrearsPaid, subject, transaction.at, moved(transaction, words.cash), 0, 'nothing was due')
  }
}

/** M-05: an account opens once, at the start, with what its segment's wallet says. */
function judgeOpening({ findings, premises, words }: AuditContext, facts: AccountFacts): void {
  const wallet = premises.scenario.buyers.find(({ segment }) => segment === facts.segment)?.wallet
  // O-06: a reseller's customer has no wallet.
  const audited = facts.budget === undefined ? amountWritten(wallet?.opening ?? 0) : 0n
  let recorded = 0n
  let at = premises.start
  for (const transaction of facts.transactions)
    if (transaction.kind === words.opening) {
      recorded -= moved(transaction, words.cash)
      if (transaction.at !== premises.start) at = transaction.at
    }
  const subject = `account ${facts.id}`
  if (at !== premises.start) findings.differ(kinds.opening, subject, at, recorded, audited, 'opened after the start')
  else
    findings.compare(kinds.opening, recorded, audited, () => ({
      subject,
      at,
      text: 'the wallet has a different balance',
    }))
}
