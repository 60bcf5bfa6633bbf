/** I-01..I-03: what invoices cover, that nothing is covered twice at a time, and their delays. */
import type { Database } from 'better-sqlite3'
import { amountOf, money } from '../cells.ts'
import type { AuditContext, Check } from '../check.ts'
import type { Step } from '../facts.ts'
import { kinds } from '../kinds.ts'
import type { Lifecycle } from '../lifecycles.ts'
import { payableOf } from '../rounding.ts'
import { StepJudge } from '../step-judge.ts'

const life: Lifecycle = {
  begins: ['requested'],
  first: '',
  steps: {
    issue: ['requested > issued'],
    requestReturn: ['issued > return-requested'],
    return: ['return-requested > returned'],
    lapse: ['requested > returned', 'issued > returned', 'return-requested > returned'],
  },
  final: ['returned'],
}

interface Invoice {
  readonly id: number
  readonly at: number
  readonly account: number
  readonly month: number
  readonly lineCount: number
  readonly amount: bigint
  readonly lines: { readonly order: number; readonly amount: bigint }[]
  /** M-08: what brings the sum of its lines to minor units. */
  readonly roundings: bigint[]
  readonly steps: Step[]
}

export function invoices(context: AuditContext): Check {
  const paid = new Map<number, bigint>()
  /** By account and month: what was metered in it, with the tax on it (M-07). */
  const metered = new Map<string, bigint>()
  /** When what was paid for an order went back and nothing of it stayed bought: cancelled, or unsubscribed from. */
  const refunded = new Map<number, number>()
  /** N-01: when an order under supervision was unsubscribed from. */
  const withdrawn = new Map<number, number>()
  return {
    account(facts, workings) {
      for (const { id, supervision } of facts.orders)
        for (const { at, event } of supervision) if (event === context.words.withdraw) withdrawn.set(id, at)
      for (const { id } of facts.orders) {
        const at = workings.refundedAt(id)
        if (at !== undefined) refunded.set(id, at)
      }
      for (const { by, period, at, back } of workings.returns) {
        const isWhole = context.premises.word(by.kind) !== 'partial-refund'
        if (isWhole && back > 0n) refunded.set(period.order.id, at)
      }
      const { months, taxes } = workings.replay
      for (const [month, { charges, orders }] of months) metered.set(`${facts.id} ${month}`, charges - orders)
      for (const { month, amount } of taxes.values()) {
        const key = `${facts.id} ${month}`
        metered.set(key, (metered.get(key) ?? 0n) + amount)
      }
      // Of most orders nothing is paid but what they use.
      for (const { id, steps } of facts.orders) {
        const amount = workings.priced(id)?.amount ?? 0n
        if (amount !== 0n && steps.some(({ event }) => event === context.words.pay)) paid.set(id, amount)
      }
    },
    gathered: () => ({ paid, metered, refunded, withdrawn }),
    join(gathered) {
      const later = gathered as {
        paid: typeof paid
        metered: typeof metered
        refunded: typeof refunded
        withdrawn: typeof withdrawn
      }
      for (const [order, amount] of later.paid) paid.set(order, amount)
      for (const [key, amount] of later.metered) metered.set(key, amount)
      for (const [order, at] of later.refunded) refunded.set(order, at)
      for (const [order, at] of later.withdrawn) withdrawn.set(order, at)
    },
    finish(database) {
      const judge = new StepJudge(context, 'invoice', life)
      const all = read(database, context.words.byCurrency)
      const returned = partsReturned(context, database)
      for (const one of all) {
        judge.judge(`invoice ${one.id}`, one.steps, one.at)
        judgeAmount(context, one, { paid, metered, returned })
        judgeTimes(context, one)
      }
      judgeCover(context, all)
      judgeRefunded(context, all, refunded)
      judgeWithdrawn(context, all, withdrawn)
    },
  }
}

/** N-02: an order with an invoice that has not been returned is not unsubscribed from. */
function judgeWithdrawn(
  { findings, words }: AuditContext,
  all: readonly Invoice[],
  withdrawn: ReadonlyMap<number, number>,
): void {
  for (const { id, at: requested, lines, steps } of all)
    for (const { order } of lines) {
      const at = withdrawn.get(order)
      if (at === undefined || requested >= at) continue
      // The refund itself makes an invoice lapse.
      const isBack = steps.some((step) => step.to === words.returned && step.at <= at && step.event !== words.lapse)
      findings.compare(kinds.invoice, isBack ? 0 : 1, 0, () => ({
        subject: `invoice ${id}`,
        at,
        text: `order ${order} was unsubscribed from before it was returned (N-02)`,
      }))
    }
}

function read(database: Database, byCurrency: number): Invoice[] {
  const rows = <R extends readonly number[]>(sql: string) => database.prepare<[], R>(sql).raw().all()
  const found = new Map<number, Invoice>()
  const sql = `SELECT id, at, account, month, lines, ${money('amount')} FROM invoices ORDER BY id`
  for (const [id, at, account, month, lineCount, amount] of rows<[number, number, number, number, number, number]>(sql))
    found.set(id, { id, at, account, month, lineCount, amount: amountOf(amount), lines: [], roundings: [], steps: [] })
  for (const [id, order, amount, rule] of rows<[number, number, number, number]>(
    `SELECT invoice_id, order_id, ${money('amount')}, rule FROM invoice_lines ORDER BY rowid`,
  )) {
    const invoice = found.get(id)
    if (rule === byCurrency) invoice?.roundings.push(amountOf(amount))
    else invoice?.lines.push({ order, amount: amountOf(amount) })
  }
  for (const [id, at, event, from, to] of rows<[number, number, number, number, number]>(
    'SELECT invoice_id, at, event, from_state, to_state FROM invoice_steps ORDER BY rowid',
  ))
    found.get(id)?.steps.push({ at, event, from, to })
  return [...found.values()]
}

/** E-05, E-10: by order, when what of it was refunded although the rest stayed bought. */
function partsReturned({ premises }: AuditContext, database: Database): Map<number, { at: number; amount: bigint }[]> {
  const found = new Map<number, { at: number; amount: bigint }[]>()
  const sql = `SELECT r.paid_order, r.at, ${money('r.amount')}, ${money('r.coupon_returned')} FROM refunds r
    JOIN orders o ON o.id = r.order_id WHERE o.kind = ${premises.number('partial-refund')}`
  for (const [order, at, amount, coupon] of database.prepare<[], number[]>(sql).raw().all()) {
    const parts = found.get(order) ?? []
    parts.push({ at, amount: amountOf(amount) + amountOf(coupon) })
    found.set(order, parts)
  }
  return found
}

interface Covered {
  readonly paid: ReadonlyMap<number, bigint>
  readonly metered: ReadonlyMap<string, bigint>
  readonly returned: ReadonlyMap<number, readonly { readonly at: number; readonly amount: bigint }[]>
}

/** I-03: each order by what was paid for it less what was refunded by then; what was metered by the charges of its month and the tax on them. */
function judgeAmount({ findings, premises }: AuditContext, one: Invoice, { paid, metered, returned }: Covered): void {
  const described = (text: string) => () => ({ subject: `invoice ${one.id}`, at: one.at, text })
  const sum = one.lines.reduce((total, { amount }) => total + amount, 0n)
  const payable = payableOf(premises, one.at, sum)
  const rounding = one.roundings.reduce((total, amount) => total + amount, 0n)
  findings.compare(kinds.invoice, one.amount, payable, described('the sum of its lines, in minor units'))
  findings.compare(kinds.rounding, rounding, payable - sum, described('the line that brings it to minor units'))
  const lines = one.lines.length + (payable === sum ? 0 : 1)
  const isWhole = one.lineCount === lines && one.lines.length + one.roundings.length === lines
  if (!isWhole || sum === 0n)
    findings.differ(kinds.invoice, `invoice ${one.id}`, one.at, one.lineCount, lines, 'lines on it')
  const left = (order: number): bigint =>
    (returned.get(order) ?? [])
      .filter(({ at }) => at <= one.at)
      .reduce((rest, part) => rest - part.amount, paid.get(order) ?? 0n)
  for (const { order, amount } of one.lines)
    if (order !== 0)
      findings.compare(kinds.invoice, amount, left(order), described(`paid for order ${order}, and not refunded`))
    else
      findings.compare(
        kinds.invoice,
        amount,
        metered.get(`${one.account} ${one.month}`) ?? 0n,
        described('metered in the month, with its tax'),
      )
  if (one.month === 0) return
  const due = premises.calendar.billFinalAt(one.month)
  if (one.at < due)
    findings.differ(kinds.invoiceTime, `invoice ${one.id}`, one.at, one.at, due, 'before its bill is final')
}

/** I-01: issued and, after the service desk took it on, returned with their delays. */
function judgeTimes({ findings, premises }: AuditContext, { id, at, steps }: Invoice): void {
  const event = (name: string) => steps.find((step) => premises.word(step.event) === name)?.at
  const issued = event('issue')
  const due = at + premises.policyAt('invoice.issueDelay', at)
  const described = (text: string) => () => ({ subject: `invoice ${id}`, at, text })
  const lapsed = event('lapse') ?? Number.POSITIVE_INFINITY
  if (issued !== undefined)
    findings.compare(kinds.invoiceTime, issued, due, described('issued after invoice.issueDelay'))
  else if (Math.min(premises.end, lapsed) > due)
    findings.differ(kinds.invoiceTime, `invoice ${id}`, at, 0, due, 'never issued')
  const [asked, returned] = [event('requestReturn'), event('return')]
  if (asked === undefined || returned === undefined) return
  // The desk takes it on some time between the two.
  const delay = (instant: number) => premises.policyAt('invoice.returnDelay', instant)
  const earliest = asked + Math.min(delay(asked), delay(returned))
  if (returned >= earliest) findings.agree(kinds.invoiceTime, 0)
  else
    findings.differ(kinds.invoiceTime, `invoice ${id}`, at, returned, earliest, 'returned before invoice.returnDelay')
}

/** I-03: no line is on two live invoices; an invoice lives from its request to its return. */
function judgeCover({ findings, premises }: AuditContext, all: readonly Invoice[]): void {
  const until = new Map<string, number>()
  for (const { id, at, account, month, lines, steps } of [...all].sort((a, b) => a.at - b.at || a.id - b.id)) {
    const returned = steps.find(({ to }) => premises.word(to) === 'returned')?.at ?? Number.POSITIVE_INFINITY
    for (const { order, amount } of lines) {
      const key = order === 0 ? `metered ${account} ${month}` : `order ${order}`
      const free = until.get(key) ?? 0
      if (at >= free) findings.agree(kinds.invoice, amount)
      else findings.differ(kinds.invoice, `invoice ${id} ${key}`, at, amount, 0, 'the line is on another live invoice')
      until.set(key, Math.max(free, returned))
    }
  }
}

/** I-03: what was refunded in full is on no invoice from then on: none is requested, and one that lives returns by itself. */
function judgeRefunded(
  { findings, premises }: AuditContext,
  all: readonly Invoice[],
  refunded: ReadonlyMap<number, number>,
): void {
  for (const { id, at, lines, steps } of all) {
    const returned = steps.find(({ to }) => premises.word(to) === 'returned')?.at ?? Number.POSITIVE_INFINITY
    for (const { order, amount } of lines) {
      const back = refunded.get(order)
      if (back === undefined || (at <= back && returned <= back)) continue
      if (at < back || (at === back && returned > back))
        findings.differ(kinds.invoice, `invoice ${id}`, back, amount, 0, `order ${order} was refunded, and stays on it`)
      else findings.differ(kinds.invoice, `invoice ${id}`, at, amount, 0, `order ${order} was refunded before`)
    }
  }
}
