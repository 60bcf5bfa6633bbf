/**
 * O-13: what bound cards are charged, for which orders and top-ups, and which methods buyers selected. A declined order is
 * not paid by that charge.
 */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, CardCharge } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import { cardKey } from '../replay.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

export function cards(context: AuditContext): Check {
  return {
    account(facts, workings) {
      const { scenario } = context.premises
      const wallet = scenario.buyers.find(({ segment }) => segment === facts.segment)?.wallet
      judgeMethods(context, facts, workings, wallet)
      const booked = facts.transactions.filter(({ kind }) => kind === context.words.cardCharge)
      const topUps = facts.transactions.filter(({ kind }) => kind === context.words.topUp)
      for (const charge of facts.cards) {
        judgeReason(context, facts, charge, wallet)
        if (charge.order === 0) judgeTopUp(context, facts, charge, topUps)
        else judgeCharge(context, facts, charge, booked, workings)
      }
      judgeTries(context, facts, wallet)
      const byCard = wallet?.card?.topUps === true ? topUps : []
      for (const transaction of [...booked, ...byCard])
        context.findings.differ(
          kinds.card,
          `transaction ${transaction.id}`,
          transaction.at,
          moved(transaction, context.words.clearing),
          0n,
          'money of a card that was not charged',
        )
    },
  }
}

type Wallet = AuditContext['premises']['scenario']['buyers'][number]['wallet'] | undefined

/** Selected as the order is made, and possible for the segment. */
function judgeMethods(
  { findings, premises }: AuditContext,
  facts: AccountFacts,
  workings: Workings,
  wallet: Wallet,
): void {
  for (const [id, { at, method }] of facts.methods) {
    const order = workings.order(id)
    const weight = wallet?.methods[premises.word(method) as 'card' | 'credit'] ?? 0
    const isDue =
      order !== undefined && order.at === at && order.amount > 0n && weight > 0 && facts.budget === undefined
    if (isDue) findings.agree(kinds.card, 0n)
    else findings.differ(kinds.card, `order ${id}`, at, 1n, 0n, `a payment method that the buyer cannot select`)
  }
}

function judgeReason(
  { findings, premises, words }: AuditContext,
  facts: AccountFacts,
  charge: CardCharge,
  wallet: Wallet,
): void {
  const reasons: Readonly<Record<string, number>> = wallet?.card?.reasons ?? {}
  const isDeclined = charge.outcome === words.declined
  const isDue = isDeclined
    ? (reasons[premises.word(charge.reason)] ?? 0) > 0 && (wallet?.card?.declines ?? 0) > 0
    : charge.outcome === words.charged && charge.reason === 0
  if (isDue && wallet?.card != null) findings.agree(kinds.card, 0n)
  else findings.differ(kinds.card, `account ${facts.id}`, charge.at, 1n, 0n, 'an answer that the card cannot give')
}

/** Whether a delay of this distribution may be none: not where it is spread, or is always the same and longer. */
const mayTakeNoTime = (after: unknown): boolean => JSON.stringify(after).includes(':0')

/** An order whose card was declined waits until its buyer tries again: not at the same instant, unless that takes no time. */
function judgeTries({ findings, words }: AuditContext, { cards: charges }: AccountFacts, wallet: Wallet): void {
  if (wallet?.card == null || mayTakeNoTime(wallet.card.retry.after)) return
  const declined = new Set<string>()
  for (const { order, at, outcome } of charges) {
    if (order === 0) continue
    const key = `${order} ${at}`
    if (declined.has(key))
      findings.differ(kinds.card, `order ${order}`, at, 2n, 1n, 'charged again at the instant at which it was declined')
    if (outcome === words.declined) declined.add(key)
  }
}

const take = (from: Transaction[], isIt: (transaction: Transaction) => boolean): Transaction | undefined => {
  const index = from.findIndex(isIt)
  return index < 0 ? undefined : from.splice(index, 1)[0]
}

/** A top-up by card comes in as a top-up of that amount, unless it is declined. */
function judgeTopUp(
  { findings, words }: AuditContext,
  facts: AccountFacts,
  charge: CardCharge,
  topUps: Transaction[],
): void {
  if (charge.outcome === words.declined) return
  const booked = take(topUps, ({ at, id }) => at === charge.at && id >= charge.transactionsFrom)
  findings.compare(kinds.card, charge.amount, booked === undefined ? 0n : moved(booked, words.clearing), () => ({
    subject: `account ${facts.id}`,
    at: charge.at,
    text: 'a top-up by card',
  }))
}

function judgeCharge(
  { findings, premises, words }: AuditContext,
  facts: AccountFacts,
  charge: CardCharge,
  booked: Transaction[],
  workings: Workings,
): void {
  const subject = `order ${charge.order}`
  const described = (text: string) => () => ({ subject, at: charge.at, text })
  const isDeclined = charge.outcome === words.declined
  const transaction = isDeclined
    ? undefined
    : take(booked, ({ at, order: id }) => at === charge.at && id === charge.order)
  const due = workings.replay.cards.get(cardKey(charge)) ?? 0n
  const posted = transaction === undefined ? 0n : moved(transaction, words.clearing)
  // What a declined order would have cost then is known where its price does not depend on the payment.
  const isKnown =
    !isDeclined ||
    (premises.policyAt('order.quoteLock', charge.at) === 'order' &&
      premises.policyAt('tax.couponBase', charge.at) === 'price')
  if (isKnown) findings.compare(kinds.card, charge.amount, due, described('minor units that the balance lacks'))
  findings.compare(kinds.card, posted, isDeclined ? 0n : due, described('what the card adds to the balance'))
  const isByCard = facts.methods.get(charge.order)?.method === words.card
  const isPaid =
    workings.order(charge.order)?.steps.some(({ event, at }) => event === words.pay && at === charge.at) ?? false
  // A card that is tried again after 0 s may pay at the instant at which it was declined.
  const isAccepted = facts.cards.some(
    ({ order, at, outcome }) => order === charge.order && at === charge.at && outcome === words.charged,
  )
  // Or the balance pays it then, which rose after the card was declined.
  const isByBalance =
    isDeclined &&
    facts.transactions.some(
      ({ id, at, kind }) =>
        at === charge.at && id >= charge.transactionsFrom && (kind === words.topUp || kind === words.refund),
    )
  if (isByCard && (isPaid === isAccepted || isByBalance)) findings.agree(kinds.card, 0n)
  else
    findings.differ(kinds.card, subject, charge.at, 1n, 0n, isDeclined ? 'paid though declined' : 'charged, not paid')
}
