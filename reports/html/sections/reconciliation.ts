import { shownInstant } from '#base/civil-text.ts'
import { decimalText, grouped } from '#base/decimal-text.ts'
import { moneyText, shownMoney } from '#base/money.ts'
import { shownSeconds } from '../../figures/show.ts'
import { type AuditDifference, type AuditUnit, gapOf, type ReconciliationRow } from '../../reconciliation.ts'
import { html, type Markup } from '../markup.ts'
import { ruleCell } from '../rule-cell.ts'
import type { PageData, Section } from '../section.ts'
import { type Column, reportSection, table } from '../table.ts'

/** So many differences are listed; all are in the record's table audit_differences. */
const LISTED = 200

const columns: readonly Column<ReconciliationRow>[] = [
  { title: 'Month', cell: ({ month }) => month },
  { title: 'kind', cell: ({ kind }) => kind },
  { title: 'price', cell: ({ model }) => model },
  { title: 'rule', cell: ({ rule }) => ruleCell(rule) },
  { title: 'rated', number: true, cell: ({ rated }) => shownMoney(rated), sort: ({ rated }) => moneyText(rated) },
  {
    title: 'charged',
    number: true,
    cell: ({ charged }) => shownMoney(charged),
    sort: ({ charged }) => moneyText(charged),
  },
  { title: 'posted', number: true, cell: ({ posted }) => shownMoney(posted), sort: ({ posted }) => moneyText(posted) },
  {
    title: 'audited',
    number: true,
    cell: ({ audited }) => shownMoney(audited),
    sort: ({ audited }) => moneyText(audited),
  },
  { title: 'difference', number: true, cell: (row) => difference(gapOf(row)), sort: (row) => moneyText(gapOf(row)) },
]

const difference = (gap: bigint): Markup | string =>
  gap === 0n ? '0' : html`<span class="bad">${moneyText(gap)}</span>`

/** A number of the auditor by what it counts; money in full where `exact`. */
function counted(unit: AuditUnit, value: bigint, utcOffset: number, exact: boolean): string {
  if (unit === 'money') return exact ? moneyText(value) : shownMoney(value)
  if (unit === 'price') return decimalText(value, 10, 2)
  if (unit === 'instant') return value === 0n ? '' : shownInstant(Number(value), utcOffset)
  if (unit === 'milliseconds') return shownSeconds({ numerator: value, denominator: 1000n })
  if (unit === 'seconds') return shownSeconds({ numerator: value, denominator: 1n })
  return grouped(value.toString())
}

/** What a sum counts, for the eye: durations say it themselves. */
const unitName = (unit: AuditUnit, currency: string): string =>
  unit === 'money' ? currency : unit === 'milliseconds' || unit === 'seconds' ? 'duration' : unit

/** Sums of instants, prices and flags mean nothing. */
const hasSum = (unit: AuditUnit): boolean => !['instant', 'price', 'flag'].includes(unit)

function listed(differences: readonly AuditDifference[], utcOffset: number): Markup | '' {
  if (differences.length === 0) return ''
  const rows = table(
    'Differences',
    [
      { title: 'What', cell: ({ kind, subject }: AuditDifference) => `${kind} ${subject}` },
      { title: 'when', cell: ({ at }) => (at === 0 ? '' : shownInstant(at, utcOffset)) },
      { title: 'rule', cell: ({ rule }) => ruleCell(rule) },
      { title: 'recorded', number: true, cell: ({ unit, recorded }) => counted(unit, recorded, utcOffset, true) },
      { title: 'audited', number: true, cell: ({ unit, audited }) => counted(unit, audited, utcOffset, true) },
      { title: 'why', cell: ({ text }) => text },
    ],
    differences.slice(0, LISTED),
  )
  const more = differences.length - LISTED
  const count = grouped(String(differences.length))
  return html`<h3>Differences: ${count}</h3>${rows}${more > 0 ? html`<p class="soft">… and ${more} more in the record's table <code>audit_differences</code>.</p>` : ''}`
}

/** What was rated, charged, posted and audited, side by side. */
export function reconciliation({
  reconciliation: { rows, total, audits, differences },
  record,
  tables,
}: PageData): Section {
  const sum: ReconciliationRow = { month: 'Total', kind: '', model: '', rule: '', quantity: 0n, unit: '', ...total }
  return {
    id: 'reconciliation',
    title: 'Reconciliation',
    charts: [],
    body: html`<p class="soft">Rated by the billing core, charged to the buyer, posted in the ledger, and recomputed by the auditor from the
recorded facts alone. Exact amounts, with 8 decimals, are in <code>reconciliation.csv</code>.</p>
${table('Reconciliation by month, kind, price model and rule', columns, rows, sum)}
<details><summary>Amounts recomputed by the auditor, by kind (${audits.length})</summary>
${table(
  'Audit by kind of amount',
  [
    { title: 'Kind', cell: ({ kind }) => kind },
    { title: 'rule', cell: ({ rule }) => ruleCell(rule) },
    { title: 'amounts', number: true, cell: ({ amounts }) => grouped(amounts.toString()) },
    { title: 'unit', cell: ({ unit }) => unitName(unit, record.meta.currency) },
    {
      title: 'sum recorded',
      number: true,
      cell: ({ unit, recorded }) => (hasSum(unit) ? counted(unit, recorded, 0, false) : ''),
    },
    {
      title: 'sum audited',
      number: true,
      cell: ({ unit, audited }) => (hasSum(unit) ? counted(unit, audited, 0, false) : ''),
    },
  ],
  audits,
)}</details>
${listed(differences, record.meta.utcOffset)}
<details><summary>Account by account</summary>${reportSection(tables.accounts, record.meta.utcOffset)}</details>`,
  }
}
