/**
 * O-09, O-10, X-01, C-05, N-01, N-02, N-07: whether each refusal of a change, renewal or unsubscription was due, and whether an
 * order about a subscription should have been refused. Refusals that depend on what was asked for
 * (C-04, R-04, X-02, X-07) are judged by `asked`.
 */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { DAY, HOUR } from '../civil-time.ts'
import type { AccountFacts, Order, Refusal } from '../facts.ts'
import { kinds } from '../kinds.ts'
import type { Life, Lives } from '../lives.ts'

/** What is judged of one account, and of the record as a whole. */
export function refusedChanges(context: AuditContext): Check {
  return {
    account(facts, { lives }) {
      for (const refusal of facts.refusals) judgeRefusal(context, facts, refusal, lives)
      for (const order of facts.orders) judgeOrder(context, facts, order, lives)
    },
    record(database) {
      judgeInvoiced(context, database)
    },
  }
}

function judgeRefusal(context: AuditContext, facts: AccountFacts, refusal: Refusal, lives: Lives): void {
  const { premises, findings } = context
  const code = premises.word(refusal.code)
  const life = lives.byNumber(refusal.order)
  if (code === 'product-delisted' || code === 'not-renewable') judgeDelisted(context, refusal, code)
  const isDue =
    code === 'in-arrears' ? isInArrears(context, facts, refusal.at) : ruleOf(context, facts, code, refusal, life)
  if (isDue === undefined) return
  findings.compare(kinds.refusedChange, isDue ? 1 : 0, 1, () => ({
    subject: `refusal ${refusal.id}`,
    at: refusal.at,
    text: `${code} of subscription ${refusal.order}, by what the record says`,
  }))
}

/** C-05, C-07, O-14: what is not sold is refused, and by the rule that took it off sale. */
function judgeDelisted(context: AuditContext, { id, at, specification, order, rule }: Refusal, code: string): void {
  const { premises, findings } = context
  const { name } = goodsOf(context, specification)
  const listings = premises.listingsOf(name)
  const isOff = code === 'not-renewable' || !listings.isListed(at)
  const due = listings.isBanned(at) ? 'O-14' : listings.isAwaited(at) ? 'C-07' : 'C-05'
  const isByRule = premises.word(rule) === due
  findings.compare(kinds.refusedChange, isOff && isByRule ? 1 : 0, 1, () => ({
    subject: `refusal ${id}`,
    at,
    text: `${code}${order === 0 ? '' : ` of subscription ${order}`}: ${name} off sale, by ${premises.word(rule)}`,
  }))
}

/** Whether a subscription was to be refused for this reason; undefined where that is no reason of a subscription. */
function ruleOf(
  context: AuditContext,
  facts: AccountFacts,
  code: string,
  { at, order, rule }: Refusal,
  life: Life | undefined,
): boolean | undefined {
  if (context.premises.word(rule) === 'S-07') return isAppealed(context, facts, order, at)
  if (life === undefined) return undefined
  const { premises } = context
  const { specification, termEnd } = standingAt(life, at)
  const { kind, name, autoRenew } = goodsOf(context, specification)
  switch (code) {
    case 'change-in-progress':
      // One that ends at the same instant may have been open when the change was asked for.
      return facts.orders.some((other) => other.subject === order && isOpen(context, other, at - 1, at))
    case 'out-of-term':
      return at >= termEnd || kind !== 'saas'
    case 'not-in-term':
      return at >= termEnd
    case 'not-renewable':
      return !autoRenew || !premises.listingsOf(name).renewsAutomatically(at)
    case 'not-refundable':
      return kind !== 'image' || life.isTrial || premises.specifications.get(specification)?.billing === 'pay-per-use'
    case 'only-upwards':
      return !premises.policyAt('change.downAtRenewal', at) || at < termEnd - 30 * DAY
    case 'negative-upgrade':
      // X-01: with `change.downAtRenewal` a downgrade is a renewal, and no upgrade that is floored.
      return (
        kind === 'saas' &&
        at < termEnd &&
        (premises.policyAt('change.negative', at) !== 'floor' || premises.policyAt('change.downAtRenewal', at))
      )
    case 'renewal-unpaid':
      return at < termEnd
    default:
      return undefined
  }
}

/** O-09, O-10, X-01: an order about a subscription was placed although another was open, or out of its term. */
function judgeOrder(context: AuditContext, facts: AccountFacts, order: Order, lives: Lives): void {
  const life = order.subject === 0 ? undefined : lives.of(order)
  if (life === undefined) return
  const { premises, findings } = context
  const kind = premises.word(order.kind)
  if (kind === 'renewal') judgeRenewal(context, order, lives, life)
  const isLoss =
    kind === 'partial-refund' || (kind === 'unsubscription' && premises.everSays('outage.refund', 'rest-of-term'))
  const others = facts.orders.filter(({ subject, id }) => subject === order.subject && id < order.id)
  // X-05: an expansion that is priced again gives way to the next at the same instant.
  // What ends at the same instant is not in its way.
  const isBusy = others.some((other) => isOpen(context, other, order.at))
  const isLate =
    (kind === 'upgrade' || kind === 'expansion') && order.at >= standingAt(life, order.at, order.id).termEnd
  const isFine = (isLoss || !isBusy) && !isLate
  findings.compare(kinds.refusedChange, isFine ? 1 : 0, 1, () => ({
    subject: `order ${order.id}`,
    at: order.at,
    text: isLate
      ? `a change after the term of subscription ${order.subject}`
      : `while another order of it is open (O-09)`,
  }))
}

/**
 * C-05, O-14: a product that is off sale is not renewed by hand, nor automatically where its renewals are stopped. Automatic renewals
 * are tried at 03:00, or, on the last day, when they are enabled.
 */
function judgeRenewal(context: AuditContext, order: Order, lives: Lives, life: Life): void {
  const { premises, findings } = context
  const { calendar } = premises
  const { at } = order
  const { name } = goodsOf(context, order.specification)
  const { termEnd } = lives.before(life, order)
  const isAtThree = at === calendar.instantOf(calendar.dayOf(at)) + 3 * HOUR
  const mayBeAutomatic = isAtThree || calendar.dayOf(termEnd - 1) === calendar.dayOf(at)
  const listings = premises.listingsOf(name)
  const isFine = [at - 1, at].some(
    (instant) => listings.isListed(instant) || (mayBeAutomatic && listings.renewsAutomatically(instant)),
  )
  const text = `renews ${name}, which is off sale (C-05)`
  if (!isFine) findings.differ(kinds.refusedChange, `order ${order.id}`, at, 1, 0, text)
}

/** Whether an order that was made by `until` ended after `at`. */
export function isOpen(
  { words }: Pick<AuditContext, 'words'>,
  { at: made, steps }: Order,
  at: number,
  until = at,
): boolean {
  const ended = steps.find(({ to }) => to === words.completed || to === words.cancelled)?.at
  return made <= until && (ended === undefined || ended > at)
}

/** S-07: neither side acts while an appeal is open; at the instants of its first and last step it may be either. */
function isAppealed({ words }: AuditContext, { orders }: AccountFacts, id: number, at: number): boolean {
  const steps = orders.find((order) => order.id === id)?.supervision ?? []
  return steps.some((step, index) => {
    const until = steps[index + 1]?.at ?? Number.POSITIVE_INFINITY
    return step.to === words.frozen && step.at <= at && at <= until
  })
}

/** How a subscription was at an instant, after all that happened then before the order of that number. */
const standingAt = (life: Life, at: number, before = Number.POSITIVE_INFINITY): Life['first'] =>
  life.effects.findLast((effect) => effect.at < at || (effect.at === at && effect.order.id < before))?.after ??
  life.first

/** What is sold under a number. */
export function goodsOf({ premises }: AuditContext, specification: number) {
  const { product = 0, name = '' } = premises.specifications.get(specification) ?? {}
  const listed = premises.scenario.catalog[product - 1]
  const written = listed?.specifications.find(({ id }) => id === name)
  const autoRenew = written === undefined || !('autoRenew' in written) || written.autoRenew
  return { kind: listed?.kind ?? '', name: listed?.id ?? '', autoRenew }
}

/** O-10: an account in arrears; at the instant of its first or last debt it may be either. */
function isInArrears({ premises, words }: AuditContext, { standing }: AccountFacts, at: number): boolean {
  return standing.some(({ at: from, to }, index) => {
    const until = standing[index + 1]?.at ?? premises.end
    return to !== words.good && from <= at && at <= until
  })
}

/** N-02: an invoice of the subscription had been requested and was not returned. */
function judgeInvoiced({ premises, findings }: AuditContext, database: Database): void {
  const code = premises.number('invoice-outstanding')
  const sql = `WITH invoiced AS (SELECT l.invoice_id, o.id AS about FROM invoice_lines l JOIN orders o ON o.id = l.order_id
      UNION SELECT l.invoice_id, o.subject FROM invoice_lines l JOIN orders o ON o.id = l.order_id),
    returned AS (SELECT invoice_id, min(at) AS at FROM invoice_steps WHERE to_state = ${premises.number('returned')} GROUP BY 1)
    SELECT id, at, id IN (SELECT r.id FROM refusals r JOIN invoiced v ON v.about = r.order_id
      JOIN invoices i ON i.id = v.invoice_id LEFT JOIN returned t ON t.invoice_id = i.id
      WHERE r.code = ${code} AND i.at <= r.at AND (t.at IS NULL OR t.at >= r.at))
    FROM refusals WHERE code = ${code}`
  for (const [id, at, isDue] of database.prepare<[], [number, number, number]>(sql).raw().all())
    findings.compare(kinds.refusedChange, isDue, 1, () => ({
      subject: `refusal ${id}`,
      at,
      text: 'an invoice of the subscription is out (N-02)',
    }))
}
