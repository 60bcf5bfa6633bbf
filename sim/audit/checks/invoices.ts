/** I-01..I-03: what invoices cover, that nothing is covered twice at a time, nor left out of the invoice of a bill, and their delays. */
import type { Database } from 'better-sqlite3'
import { amountOf, money } from '../cells.ts'
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Step } from '../facts.ts'
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
  /** What was metered in a month, with the tax on it (M-07). */
  const metered: MeteredSums = new Map()
  /** Final bills that `invoice.mode: auto` invoices. */
  const due: DueInvoice[] = []
  /** N-01: when an order under supervision was unsubscribed from. */
  const withdrawn = new Map<number, number>()
  return {
    account(facts, workings) {
      for (const { id, supervision } of facts.orders)
        for (const { at, event } of supervision) if (event === context.words.withdraw) withdrawn.set(id, at)
      const { months, taxes } = workings.replay
      for (const [month, { charges, orders }] of months) noteMetered(metered, facts.id, month, charges - orders)
      for (const { month, amount } of taxes.values())
        noteMetered(metered, facts.id, month, meteredIn(metered, facts.id, month) + amount)
      // Of most orders nothing is paid but what they use.
      for (const { id, steps } of facts.orders) {
        const amount = workings.priced(id)?.amount ?? 0n
        if (amount > 0n && steps.some(({ event }) => event === context.words.pay)) paid.set(id, amount)
      }
      due.push(...dueOf(context, facts, { paid, metered }))
    },
    gathered: () => ({ paid, metered, withdrawn, due }),
    join(gathered) {
      const later = gathered as {
        paid: typeof paid
        metered: typeof metered
        withdrawn: typeof withdrawn
        due: typeof due
      }
      for (const [order, amount] of later.paid) paid.set(order, amount)
      for (const [month, sums] of later.metered)
        for (const [account, amount] of sums) noteMetered(metered, account, month, amount)
      for (const [order, at] of later.withdrawn) withdrawn.set(order, at)
      for (const one of later.due) due.push(one)
    },
    finish(database) {
      const judge = new StepJudge(context, 'invoice', life)
      const all = read(database, context.words.byCurrency)
      for (const one of all) {
        judge.judge('invoice', one.id, one.steps, one.at)
        judgeAmount(context, one, { paid, metered })
        judgeTimes(context, one)
      }
      judgeCover(context, all)
      judgeDue(context, all, due)
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
      const isBack = steps.some((step) => step.to === words.returned && step.at <= at)
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

interface Covered {
  readonly paid: ReadonlyMap<number, bigint>
  readonly metered: MeteredSums
}

/** By month, then by account. */
type MeteredSums = Map<number, Map<number, bigint>>

function noteMetered(metered: MeteredSums, account: number, month: number, amount: bigint): void {
  let sums = metered.get(month)
  if (sums === undefined) metered.set(month, (sums = new Map()))
  sums.set(account, amount)
}

const meteredIn = (metered: MeteredSums, account: number, month: number): bigint =>
  metered.get(month)?.get(account) ?? 0n

/** I-03, I-04: each order by what was paid for it, whatever was refunded; what was metered by the charges of its month and the tax on them. */
function judgeAmount({ findings, premises }: AuditContext, one: Invoice, { paid, metered }: Covered): void {
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
  for (const { order, amount } of one.lines)
    if (order !== 0)
      findings.compare(kinds.invoice, amount, paid.get(order) ?? 0n, described(`paid for order ${order}`))
    else
      findings.compare(
        kinds.invoice,
        amount,
        meteredIn(metered, one.account, one.month),
        described('metered in the month, with its tax'),
      )
  if (one.month === 0) return
  const due = premises.calendar.billFinalAt(one.month)
  if (one.at < due)
    findings.differ(kinds.invoiceTime, `invoice ${one.id}`, one.at, one.at, due, 'before its bill is final')
}

/** I-02: what of an account and month `invoice.mode: auto` invoices as the bill is final. */
interface DueInvoice {
  readonly account: number
  readonly month: number
  readonly at: number
  readonly orders: readonly (readonly [id: number, amount: bigint])[]
  /** With the tax on it. */
  readonly use: bigint
}

function dueOf({ premises, words }: AuditContext, facts: AccountFacts, { paid, metered }: Covered): DueInvoice[] {
  // O-06: the customer of a reseller gets none.
  if (facts.budget !== undefined || !premises.everSays('invoice.mode', 'auto')) return []
  const { calendar } = premises
  const payments = facts.orders.flatMap(({ id, steps }) => {
    const at = steps.find(({ event }) => event === words.pay)?.at
    const isAuto = at !== undefined && paid.has(id) && premises.policyAt('invoice.mode', at) === 'auto'
    return isAuto ? [{ id, month: calendar.monthOf(at) }] : []
  })
  return facts.bills.flatMap(({ month, final }) => {
    const at = calendar.billFinalAt(month)
    if (final === 0 || premises.policyAt('invoice.mode', at) !== 'auto') return []
    const own = payments.filter((payment) => payment.month === month)
    const orders = own.map(({ id }) => [id, paid.get(id) ?? 0n] as const)
    return [{ account: facts.id, month, at, orders, use: meteredIn(metered, facts.id, month) }]
  })
}

/** I-02, I-04: the invoice of a final bill has all that was paid in the month and is on no other live one, refunded or not. */
function judgeDue({ findings, premises }: AuditContext, all: readonly Invoice[], due: readonly DueInvoice[]): void {
  if (due.length === 0) return
  const covers = new Map<number, { readonly by: Invoice; readonly until: number }[]>()
  const first = new Map<string, Invoice>()
  for (const one of all) {
    const until = one.steps.find(({ to }) => premises.word(to) === 'returned')?.at ?? Number.POSITIVE_INFINITY
    for (const { order } of one.lines) {
      const known = covers.get(order)
      if (known === undefined) covers.set(order, [{ by: one, until }])
      else known.push({ by: one, until })
    }
    const key = `${one.account} ${one.month}`
    if (one.month !== 0 && !first.has(key)) first.set(key, one)
  }
  for (const { account, month, at, orders, use } of due) {
    const own = first.get(`${account} ${month}`)
    const isFree = (order: number): boolean =>
      covers.get(order)?.every(({ by, until }) => by === own || by.at > at || until <= at) ?? true
    const owed = orders.reduce((sum, [id, amount]) => (isFree(id) ? sum + amount : sum), use)
    const sum = own?.lines.reduce((total, { amount }) => total + amount, 0n) ?? 0n
    const isTooSmall = own === undefined && payableOf(premises, at, owed) === 0n
    findings.compare(kinds.invoice, sum, isTooSmall ? 0n : owed, () => ({
      subject: `account ${account} invoice`,
      at,
      text: 'what was paid in the month of the bill, and metered',
    }))
  }
}

/** I-01: issued and, after the service desk took it on, returned with their delays. */
function judgeTimes({ findings, premises }: AuditContext, { id, at, steps }: Invoice): void {
  const event = (name: string) => steps.find((step) => premises.word(step.event) === name)?.at
  const issued = event('issue')
  const due = at + premises.policyAt('invoice.issueDelay', at)
  const described = (text: string) => () => ({ subject: `invoice ${id}`, at, text })
  if (issued !== undefined)
    findings.compare(kinds.invoiceTime, issued, due, described('issued after invoice.issueDelay'))
  else if (premises.end > due) findings.differ(kinds.invoiceTime, `invoice ${id}`, at, 0, due, 'never issued')
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
