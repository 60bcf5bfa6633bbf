/**
 * Everything that proves one amount of a run, gathered from its record: how it was computed, what was posted, the prices and
 * policies in force, control totals, and the calculation of the auditor, who is asked again.
 */
import { type AccountAudit, auditAccount } from '#sim/audit/witness.ts'
import { factTableNames } from '#sim/record/columns.ts'
import { nameInRecord } from '../explain/document-numbers.ts'
import { explain } from '../explain/explain.ts'
import type { Explanation } from '../explain/explanation.ts'
import { FactReader } from '../explain/fact-reader.ts'
import { legsOf } from '../explain/money-moments.ts'
import type { Subject } from '../explain/subjects.ts'
import { balancesAt, type LedgerAccount } from '../ledger/chart-of-accounts.ts'
import type { RunRecord } from '../record.ts'
import { type PriceListLine, priceLists } from './price-lists.ts'

/** What evidence can be about: what belongs to one account. */
export const evidenceSubjects = [
  'bill',
  'order',
  'invoice',
  'credit-note',
  'refund',
  'instance',
  'transaction',
  'posting',
] as const satisfies readonly Subject[]
export type EvidenceSubject = (typeof evidenceSubjects)[number]
export const hasEvidence = (subject: Subject): subject is EvidenceSubject =>
  (evidenceSubjects as readonly Subject[]).includes(subject)

/** One leg of a transaction; `amount` is that of one repetition, whole 1e-8, debit positive. */
export interface PostedLeg {
  readonly transaction: bigint
  readonly at: number
  readonly kind: string
  readonly rule: string
  readonly repeats: bigint
  /** How many of the repetitions are on the bill; all of them where it is about no bill. */
  readonly times: bigint
  readonly ledger: string
  readonly owner: bigint
  readonly amount: bigint
}

export interface RowCount {
  readonly table: string
  readonly rows: bigint
}

export interface Evidence {
  readonly subject: EvidenceSubject
  readonly id: string
  readonly explanation: Explanation
  readonly account: { readonly id: bigint; readonly name: string }
  /** The stretch of time that it is about, ms. */
  readonly from: number
  readonly until: number
  readonly postings: readonly PostedLeg[]
  /** Prices at the beginning of the run and at `until`, of what the account used or ordered. */
  readonly prices: readonly PriceListLine[]
  readonly rowCounts: readonly RowCount[]
  readonly balances: readonly LedgerAccount[]
  /** The auditor's calculations about the account; `comparisons` are those within the stretch or about the orders. */
  readonly audit: AccountAudit
  /** Of the whole run, when it was made. */
  readonly audited: { readonly amounts: bigint; readonly differences: bigint }
}

/** The account of a subject, in SQL; `?` is its number. */
const accountSql: Readonly<Record<EvidenceSubject, string>> = {
  bill: 'SELECT id AS account FROM accounts WHERE name = ? OR CAST(id AS TEXT) = ? ORDER BY name = ? DESC',
  order: 'SELECT account FROM orders WHERE id = ?',
  refund: 'SELECT account FROM orders WHERE id = ?',
  invoice: 'SELECT account FROM invoices WHERE id = ?',
  'credit-note': 'SELECT account FROM credit_notes WHERE number = ?',
  instance: 'SELECT account FROM instances WHERE id = ?',
  transaction: 'SELECT account FROM transactions WHERE id = ?',
  posting: 'SELECT account FROM transactions WHERE id = ?',
}

const isOfLedger = (subject: EvidenceSubject): boolean => subject === 'transaction' || subject === 'posting'

/** Who it is about; undefined for movements of money that concern no buyer. */
function accountOf(record: RunRecord, subject: EvidenceSubject, id: string): Evidence['account'] | undefined {
  const key = subject === 'bill' ? id.slice(0, id.lastIndexOf('/')) : id.split('.')[0]
  const values = subject === 'bill' ? [key, key, key] : [subject === 'credit-note' ? id : BigInt(key)]
  const transaction = isOfLedger(subject)
    ? record.massRows('transactions', [{ column: 'id', comparison: '=', value: BigInt(key) }])
    : undefined
  const [found] = transaction ?? record.rows<{ account: bigint }>(accountSql[subject], ...values)
  if (found === undefined || found.account === 0n) return undefined
  const [{ name }] = record.rows<{ name: string }>('SELECT name FROM accounts WHERE id = ?', found.account)
  return { id: found.account, name }
}

/** Transactions of an explanation, in its order. */
const transactionsIn = ({ moments }: Explanation): bigint[] => [
  ...new Set(moments.flatMap(({ what }) => /^transaction (\d+):/.exec(what)?.slice(1) ?? []).map(BigInt)),
]

/** Orders that an explanation names. */
const ordersIn = ({ subject, workings, moments }: Explanation): ReadonlySet<string> =>
  new Set(
    [subject, ...workings.map(({ what }) => what), ...moments.map(({ what }) => what)].flatMap((text) =>
      [...text.matchAll(/\border (\d+)\b/g)].map(([, order]) => `order ${order}`),
    ),
  )

/** Transactions of an explanation, each with the repetitions that count. */
function postingsOf(reader: FactReader, explanation: Explanation): PostedLeg[] {
  const { charges = [], taxes = [] } = explanation.billed ?? {}
  const times = new Map([...charges, ...taxes].map((each) => [each.transaction, each.times]))
  const transactions = [...new Set([...transactionsIn(explanation), ...taxes.map(({ transaction }) => transaction)])]
  return transactions.flatMap((id) => {
    const [transaction] = reader.facts('transactions', 'id = ?', id)
    return legsOf(reader, id).map(({ ledger, owner, amount }) => ({
      transaction: id,
      at: Number(transaction.at),
      kind: reader.word(transaction.kind),
      rule: reader.word(transaction.rule),
      repeats: transaction.repeats,
      times: times.get(id) ?? transaction.repeats,
      ledger: reader.word(ledger),
      owner,
      amount,
    }))
  })
}

/** Rows of every table of facts. */
function rowCountsOf(record: RunRecord): RowCount[] {
  const mass = new Map(
    record
      .plainRows<{ name: string; rows: bigint }>(
        'SELECT "table" AS name, sum(rows) AS rows FROM column_files GROUP BY 1',
      )
      .map(({ name, rows }) => [name, rows]),
  )
  return factTableNames.map((table) => ({
    table,
    rows: mass.get(table) ?? record.plainRows<{ n: bigint }>(`SELECT count(*) AS n FROM ${table}`)[0].n,
  }))
}

/** The month of a bill; otherwise from the first moment to the last. */
function stretchOf(record: RunRecord, { moments }: Explanation): { from: number; until: number } {
  const { start, end } = record.meta
  const instants = moments.map(({ at }) => at).filter((at) => at > 0)
  return { from: Math.min(end, ...instants), until: Math.max(start, ...instants) }
}

/** Gathers what proves a subject. @throws RecordError, DamageError; undefined where it is of no account */
export function evidenceOf(record: RunRecord, subject: EvidenceSubject, asked: string): Evidence | undefined {
  const id = nameInRecord(record, subject, asked)
  const explanation = explain(record, subject, id)
  const account = accountOf(record, subject, id)
  if (account === undefined) return undefined
  const reader = new FactReader(record)
  const { from, until } = stretchOf(record, explanation)
  const orders = ordersIn(explanation)
  const audit = auditAccount(record.path, Number(account.id))
  const month = subject === 'bill' ? Date.parse(`${id.slice(-7)}-01T00:00:00Z`) - record.meta.utcOffset : from
  const isAbout = ({ subject: what, at }: AccountAudit['comparisons'][number]): boolean =>
    (at >= Math.min(from, month) && at <= until) || orders.has(what)
  const [audited] = record.plainRows<{ amounts: bigint; differences: bigint }>(
    'SELECT coalesce(sum(amounts), 0) AS amounts, coalesce(sum(differences), 0) AS differences FROM audit_totals',
  )
  return {
    ...{ subject, id, explanation, account, from, until, audited },
    postings: postingsOf(reader, explanation),
    prices: priceLists(record, account.id, until),
    rowCounts: rowCountsOf(record),
    balances: balancesAt(record),
    audit: { comparisons: audit.comparisons.filter(isAbout).toSorted((a, b) => a.at - b.at), kinds: audit.kinds },
  }
}
