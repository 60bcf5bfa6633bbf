/** M-03, M-04, M-06, M-07, P-01..P-05, O-05: what each order costs, line by line, and that it was paid once. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Order, OrderLine } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import type { Lives } from '../lives.ts'
import type { AuditedLine } from '../pricing.ts'
import type { Workings } from '../workings.ts'

export function orders(context: AuditContext): Check {
  return {
    account(facts, workings) {
      for (const order of facts.orders) {
        judgeQuantity(context, order, workings)
        judgeLines(context, order, workings)
        judgeRequotes(context, order, workings)
      }
      judgePayments(context, facts, workings)
    },
  }
}

/** C-04: a quantity that is sold, in whole units. */
function judgeQuantity({ findings, premises }: AuditContext, order: Order, { lives }: Workings): void {
  const sold = premises.specifications.get(order.specification)?.quantity
  const units = order.quantity / 1e8
  const { min, max, step } = sold ?? { min: 1, max: Number.POSITIVE_INFINITY, step: 1 }
  const isLeft = order.subject !== 0 && isWhatIsLeft(lives, order)
  const isSold = isLeft || (units >= min && units <= max && (units - min) % step === 0)
  const isServers = order.instances === 0 || order.instances === units
  if (isSold && isServers) findings.agree(kinds.orderShape, 1)
  else {
    const text = isSold ? `${order.instances} servers for a quantity of ${units}` : `a quantity of ${units} (C-04)`
    findings.differ(kinds.orderShape, `order ${order.id}`, order.at, 1, 0, text)
  }
}

/** E-05, E-10: servers that are left of an order, a quantity that is not sold otherwise. */
function isWhatIsLeft(lives: Lives, order: Order): boolean {
  const effects = lives.of(order)?.effects ?? []
  return effects.some(
    ({ kind, after, at }) => kind === 'partial-refund' && at <= order.at && after.quantity === order.quantity,
  )
}

function judgeLines(context: AuditContext, order: Order, workings: Workings): void {
  const { findings, premises } = context
  const audited = workings.quoted(order.id)
  const expected = audited?.lines ?? []
  const { billing } = premises.specifications.get(order.specification) ?? { billing: 'unknown' }
  const priced = expected.length > 0 || billing === 'pay-per-use' || order.kind === context.words.trial
  if (priced) findings.agree(kinds.orderShape, 1)
  else {
    const text = `no plan of specification ${order.specification} for ${order.months} months (P-05)`
    findings.differ(kinds.orderShape, `order ${order.id}`, order.at, 1, 0, text)
  }
  for (let index = 0; index < Math.max(expected.length, order.lines.length); index++)
    judgeLine(context, order, { index, line: order.lines[index], audited: expected[index], name: 'line' })
  const sum = order.lines.reduce((total, line) => total + line.amount, 0n)
  findings.compare(kinds.orderAmount, order.amount, sum, () => ({
    subject: `order ${order.id}`,
    at: order.at,
    text: 'the amount is not the sum of its lines',
  }))
}

/** O-04, M-07: other lines than those of its creation only where its price or its tax is another when it is paid. */
function judgeRequotes(context: AuditContext, order: Order, workings: Workings): void {
  const [quoted, paid] = [workings.quoted(order.id), workings.priced(order.id)]
  const isAnother = quoted?.amount !== paid?.amount || quoted?.net !== paid?.net
  const expected = isAnother ? (paid?.lines ?? []) : []
  const at = order.steps.find(({ event }) => event === context.words.pay)?.at
  for (let index = 0; index < Math.max(expected.length, order.requoted.length); index++) {
    const line = order.requoted[index]
    judgeLine(context, order, { index, line, audited: expected[index], name: 'paid line' })
    if (line !== undefined && line.at !== at)
      context.findings.differ(
        kinds.payment,
        `order ${order.id}`,
        line.at,
        1,
        0,
        'its lines change although it is not paid',
      )
  }
}

/** A line as recorded and as audited, at the same place. */
interface Compared {
  readonly index: number
  readonly line: OrderLine | undefined
  readonly audited: AuditedLine | undefined
  readonly name: string
}

function judgeLine(
  { findings, premises, words }: AuditContext,
  order: Order,
  { index, line, audited, name }: Compared,
): void {
  const isTax = audited ? audited.part === 'tax' : line?.part === words.tax
  const text = !line
    ? 'the line is missing'
    : !audited
      ? 'a line that no rule requires'
      : `by ${audited.rule} it should be ${audited.amount} (1e-8)`
  const described = () => ({ subject: `order ${order.id} ${name} ${index + 1}`, at: order.at, text })
  findings.compare(isTax ? kinds.taxLine : kinds.orderLine, line?.amount ?? 0n, audited?.amount ?? 0n, described)
  if (!line || !audited) return
  const sameness =
    line.line === index + 1 &&
    premises.word(line.part) === audited.part &&
    line.plan === audited.plan &&
    premises.word(line.rule) === audited.rule
  if (sameness) findings.agree(kinds.orderShape, 1)
  else {
    const expected = `${audited.part} of plan ${audited.plan} by ${audited.rule}`
    const recorded = `${premises.word(line.part)} of plan ${line.plan} by ${premises.word(line.rule)}`
    const subject = `order ${order.id} ${name} ${index + 1}`
    findings.differ(
      kinds.orderShape,
      subject,
      order.at,
      1,
      0,
      `position ${line.line}, ${recorded}, should be ${expected}`,
    )
  }
}

/** O-05: an order that was paid was drawn once, at that instant, its whole amount; another never. */
function judgePayments(context: AuditContext, facts: AccountFacts, workings: Workings): void {
  const { findings, words } = context
  const payments = new Map<number, number>()
  for (const transaction of facts.transactions) {
    if (transaction.kind !== words.payment) continue
    const subject = `transaction ${transaction.id} order ${transaction.order}`
    const order = workings.order(transaction.order)
    const drawn = moved(transaction, words.cash)
    const paid = order?.steps.find(({ event }) => event === words.pay)
    const before = payments.get(transaction.order) ?? 0
    payments.set(transaction.order, before + 1)
    if (paid === undefined || before > 0 || paid.at !== transaction.at) {
      const text = before > 0 ? 'the order was paid before' : 'the order has no such step at this instant'
      findings.differ(kinds.payment, subject, transaction.at, drawn, 0, text)
      continue
    }
    const amount = workings.priced(transaction.order)?.amount ?? 0n
    const tax = amount - (workings.priced(transaction.order)?.net ?? 0n)
    const described = (text: string) => () => ({ subject, at: transaction.at, text })
    const draw = workings.replay.paid.get(transaction.order)
    const resold = facts.budget !== undefined
    const sources = [
      [words.cash, draw?.cash, 'drawn from the balance'],
      [words.coupons, draw && draw.discount + draw.coupon, 'drawn from coupons'],
      [words.receivable, draw?.credit, 'drawn on credit'],
      [words.clearing, resold ? amount : 0n, 'charged to the reseller'],
    ] as const
    for (const [ledger, audited, text] of sources)
      findings.compare(kinds.payment, moved(transaction, ledger), audited ?? 0n, described(text))
    findings.compare(
      kinds.payment,
      -moved(transaction, words.taxPayable),
      tax,
      described('tax payable is not the tax line'),
    )
    const net = -moved(transaction, words.deferredRevenue)
    findings.compare(kinds.payment, net, amount - tax, described('deferred revenue is not the price net of tax'))
  }
  for (const order of facts.orders) {
    const step = order.steps.find(({ event }) => event === words.pay)
    const amount = workings.priced(order.id)?.amount ?? 0n
    if (step !== undefined && amount > 0n && !payments.has(order.id))
      findings.differ(kinds.payment, `order ${order.id}`, step.at, 0, amount, 'paid, but nothing was drawn')
  }
  for (const { transaction, cash, due } of workings.replay.uncovered) {
    const text = due > 0n ? `paid while ${due} (1e-8) were due` : `paid from a balance of ${cash} (1e-8)`
    const subject = `transaction ${transaction.id} order ${transaction.order}`
    findings.differ(kinds.payment, subject, transaction.at, moved(transaction, words.cash), cash, text)
  }
}
