/**
 * I-04: each refund that gives something back is one credit note, of the month in which it is made, that names the bill of the month in which its
 * order was paid; bills, invoices and credit notes are numbered from 1 in each region; and an account's bills less its
 * credit notes are what it was charged.
 */
import type { Database } from 'better-sqlite3'
import { amountOf, money } from '../cells.ts'
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts } from '../facts.ts'
import { ExactSum } from '../findings.ts'
import { kinds } from '../kinds.ts'
import { nameCreditNotes } from '../refund-tables.ts'
import { CASH, CLEARING, COUPONS, RECEIVABLE } from '../settlements.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

/** A document with a number. */
type Numbered = [number: string, region: number, at: number, id: number]

interface DueNote {
  readonly account: number
  readonly order: number
  readonly at: number
  readonly month: number
  readonly billMonth: number
  readonly amount: bigint
}

/** A credit note as the record shows it. */
interface ShownNote extends DueNote {
  readonly id: number
  readonly billNumber: string | null
  readonly number: string
  readonly region: number
}

interface Shown {
  readonly notes: readonly ShownNote[]
  /** What the lines of each come to, by number of the transaction. */
  readonly lines: ReadonlyMap<number, bigint>
  /** Numbers of bills, by account and month, of those who have credit notes. */
  readonly bills: ReadonlyMap<string, string>
}

interface Gathered {
  readonly notes: ReadonlyMap<number, DueNote>
  readonly empty: number
  readonly refunds: number
  readonly shown: Shown | undefined
}

export function documents(context: AuditContext): Check {
  const { premises, words } = context
  /** In the record, and what it shows of them. */
  let refunds = 0
  let shown: Shown | undefined
  /** By number of the transaction. */
  const notes = new Map<number, DueNote>()
  /** Refunds that give nothing back: of orders that cost nothing, or less than a minor unit. */
  let empty = 0
  const received = [words.cash, words.coupons, words.clearing]
  const isPaidOut = (legs: Transaction['legs']): boolean => {
    for (let leg = legs.first; leg < legs.end; leg++) if (received.includes(legs.ledger(leg))) return true
    return false
  }
  const months = (instant: number): number => premises.calendar.monthOf(Math.min(instant, premises.end - 1))
  return {
    account(facts, workings) {
      const paidAt = new Map<number, number>()
      for (const { kind, order, at } of facts.transactions) if (kind === words.payment) paidAt.set(order, at)
      for (const { id, kind, at, order, legs } of facts.transactions) {
        if (kind !== words.refund) continue
        if (!isPaidOut(legs)) {
          empty++
          continue
        }
        const [month, billMonth] = [months(at), months(paidAt.get(order) ?? 0)]
        notes.set(id, { account: facts.id, order, at, month, billMonth, amount: refunded(workings, { id, order, at }) })
      }
      judgeCharged(context, facts, workings)
    },
    gathered: (): Gathered => ({ notes, empty, refunds, shown }),
    join(gathered) {
      const more = gathered as Gathered
      for (const [id, note] of more.notes) notes.set(id, note)
      empty += more.empty
      refunds += more.refunds
      shown ??= more.shown
    },
    record(database, mass) {
      for (const kind of mass.table('transactions').column('kind').values) if (kind === words.refund) refunds++
      const counted = (sql: string): number => database.prepare<[], number>(sql).pluck().get() ?? 0
      const numbers = (sql: string) => database.prepare<[], Numbered>(sql).raw().all()
      // Views of credit notes show refunds alone, and take long to be compiled.
      if (refunds > 0) nameCreditNotes(database, mass, words)
      const bills = numbers(
        'SELECT b.number, a.region_id, b.month, b.account FROM bill_numbers b JOIN accounts a ON a.id = b.account',
      )
      if (refunds > 0) shown = shownIn(database, bills)
      judgeNumbers(context, 'B', bills, counted('SELECT COUNT(*) FROM bills'))
      judgeNumbers(
        context,
        'I',
        numbers(
          'SELECT i.number, a.region_id, i.issued, i.invoice_id FROM invoice_numbers i JOIN accounts a ON a.id = i.account',
        ),
        counted(`SELECT COUNT(*) FROM invoice_steps WHERE event = ${premises.number('issue')}`),
      )
    },
    finish() {
      if (shown !== undefined) judgeNotes(context, shown, notes)
      const due = refunds - empty
      if (due === 0) context.findings.agree(kinds.document, 0)
      else {
        const numbers = shown?.notes.map(({ number, region, at, id }): Numbered => [number, region, at, id])
        judgeNumbers(context, 'C', numbers ?? [], due)
      }
    },
  }
}

/** What goes back of an order, with what rounds it to minor units. */
function refunded(workings: Workings, { id, order, at }: Pick<Transaction, 'id' | 'order' | 'at'>): bigint {
  const exact = workings.returnedBy({ order, at })?.back ?? workings.priced(order)?.amount ?? 0n
  return exact + (workings.replay.roundings.get(id)?.posted ?? 0n)
}

/** Bills less credit notes against what was drawn for charges less what was refunded. */
function judgeCharged({ findings, premises, words }: AuditContext, facts: AccountFacts, workings: Workings): void {
  const isCharge = (kind: number): boolean =>
    kind === words.payment ||
    kind === words.usage ||
    kind === words.lateUsage ||
    kind === words.usageTax ||
    kind === words.billRounding ||
    kind === words.refund
  const isSource = (ledger: number): boolean =>
    ledger === words.cash || ledger === words.coupons || ledger === words.receivable || ledger === words.clearing
  const charged = new ExactSum()
  let credited = 0n
  for (const { id, at, kind, order, legs, repeats } of facts.transactions) {
    if (!isCharge(kind)) continue
    for (let leg = legs.first; leg < legs.end; leg++)
      if (isSource(legs.ledger(leg))) charged.add(legs.amount(leg), repeats)
    if (kind === words.refund) credited += refunded(workings, { id, order, at })
  }
  charged.addSum(facts.settlements?.movedOn(CASH, COUPONS, RECEIVABLE, CLEARING) ?? 0n)
  // By `rounding.rest = keep` what rounds a bill stays on the balance.
  const billed = facts.bills.reduce((sum, { month, payable, rounding }) => {
    const written = Math.min(premises.calendar.billFinalAt(month), premises.end)
    return sum + payable - (premises.policyAt('rounding.rest', written) === 'settle' ? 0n : rounding)
  }, 0n)
  findings.compare(kinds.creditNote, billed - credited, charged.value, () => ({
    subject: `account ${facts.id}`,
    at: premises.end,
    text: 'bills less credit notes are what was charged',
  }))
}

const notesSql = `SELECT n.transaction_id, n.account, n.order_id, n.at, n.month, n.bill_month, ${money('n.amount')}, n.bill_number,
  n.number, a.region_id FROM credit_notes n JOIN accounts a ON a.id = n.account`
const linesSql = `SELECT n.transaction_id, ${money('l.amount')} FROM credit_note_lines l JOIN credit_notes n ON n.number = l.number`

function shownIn(database: Database, numbered: readonly Numbered[]): Shown {
  type Row = [number, number, number, number, number, number, number | string, string | null, string, number]
  const notes = (database.prepare<[], Row>(notesSql).raw().all() as Row[]).map(
    ([id, account, order, at, month, billMonth, amount, billNumber, number, region]): ShownNote => ({
      ...{ id, account, order, at, month, billMonth, billNumber, number, region },
      amount: amountOf(amount),
    }),
  )
  const lines = new Map<number, bigint>()
  type Line = [number, number | string]
  for (const [id, amount] of database.prepare<[], Line>(linesSql).raw().all() as Line[])
    lines.set(id, (lines.get(id) ?? 0n) + amountOf(amount))
  const noted = new Set(notes.map(({ account }) => account))
  const bills = new Map<string, string>()
  for (const [number, , month, account] of numbered) if (noted.has(account)) bills.set(`${account} ${month}`, number)
  return { notes, lines, bills }
}

function judgeNotes(
  { findings }: AuditContext,
  { notes, lines, bills }: Shown,
  due: ReadonlyMap<number, DueNote>,
): void {
  const seen = new Set<number>()
  for (const { id, account, order, at, month, billMonth, amount, billNumber } of notes) {
    const note = due.get(id)
    const described = (text: string) => () => ({ subject: `credit note of order ${order}`, at, text })
    findings.compare(kinds.creditNote, amount, note?.amount ?? 0n, described('what is refunded'))
    findings.compare(kinds.creditNote, lines.get(id) ?? 0n, note?.amount ?? 0n, described('the sum of its lines'))
    const isOf =
      note !== undefined &&
      !seen.has(id) &&
      note.account === account &&
      note.order === order &&
      note.month === month &&
      note.billMonth === billMonth &&
      bills.get(`${account} ${note.billMonth}`) === (billNumber ?? undefined)
    findings.compare(kinds.document, isOf ? 1 : 0, 1, described('its month, and the bill that it corrects'))
    seen.add(id)
  }
  for (const [id, { at, order, amount }] of [...due].sort(([a], [b]) => a - b))
    if (!seen.has(id))
      findings.differ(kinds.creditNote, `order ${order}`, at, 0n, amount, 'a refund without a credit note')
}

/** In each region 1, 2, 3, … in the order in which they were made. */
function judgeNumbers(
  { findings, premises }: AuditContext,
  letter: string,
  rows: readonly Numbered[],
  all: number,
): void {
  for (const [region, mine] of Map.groupBy(rows, ([, of]) => of)) {
    const name = premises.scenario.regions[region - 1]?.id ?? ''
    mine.sort((a, b) => a[2] - b[2] || a[3] - b[3])
    mine.forEach(([number, , at], index) => {
      const due = `${letter}-${name}-${String(index + 1).padStart(6, '0')}`
      findings.compare(kinds.document, number === due ? 1 : 0, 1, () => ({
        subject: number,
        at,
        text: `should be ${due}`,
      }))
    })
  }
  findings.compare(kinds.document, rows.length, all, () => ({
    subject: letter,
    at: 0,
    text: 'documents that have a number',
  }))
}
