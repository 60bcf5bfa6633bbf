import { moneyText, shownMoney } from '../../amounts.ts'
import { isoInstant } from '../../instants.ts'
import { type AuditDifference, gapOf, type ReconciliationRow } from '../../reconciliation.ts'
import { html, type Markup } from '../markup.ts'
import type { PageData, Section } from '../section.ts'
import { type Column, table } from '../table.ts'

/** So many differences are listed; all are in the record's table audit_differences. */
const LISTED = 200

const columns: readonly Column<ReconciliationRow>[] = [
  { title: 'Month', cell: ({ month }) => month },
  { title: 'kind', cell: ({ kind }) => kind },
  { title: 'price', cell: ({ model }) => model },
  { title: 'rule', cell: ({ rule }) => rule },
  { title: 'rated', number: true, cell: ({ rated }) => shownMoney(rated) },
  { title: 'charged', number: true, cell: ({ charged }) => shownMoney(charged) },
  { title: 'posted', number: true, cell: ({ posted }) => shownMoney(posted) },
  { title: 'audited', number: true, cell: ({ audited }) => shownMoney(audited) },
  { title: 'difference', number: true, cell: (row) => difference(gapOf(row)) },
]

const difference = (gap: bigint): Markup | string =>
  gap === 0n ? '0' : html`<span class="bad">${moneyText(gap)}</span>`

function listed(differences: readonly AuditDifference[], utcOffset: number): Markup | '' {
  if (differences.length === 0) return ''
  const rows = table(
    'Differences',
    [
      { title: 'What', cell: ({ kind, subject }: AuditDifference) => `${kind} ${subject}` },
      { title: 'when', cell: ({ at }) => (at === 0 ? '' : isoInstant(at, utcOffset)) },
      { title: 'rule', cell: ({ rule }) => rule },
      { title: 'recorded', number: true, cell: ({ recorded }) => moneyText(recorded) },
      { title: 'audited', number: true, cell: ({ audited }) => moneyText(audited) },
      { title: 'why', cell: ({ text }) => text },
    ],
    differences.slice(0, LISTED),
  )
  const more = differences.length - LISTED
  return html`<h3>Differences</h3>${rows}${more > 0 ? html`<p class="soft">… and ${more} more in the record's table <code>audit_differences</code>.</p>` : ''}`
}

/** What was rated, charged, posted and audited, side by side. */
export function reconciliation({ reconciliation: { rows, total, audits, differences }, record }: PageData): Section {
  const sum: ReconciliationRow = { month: 'Total', kind: '', model: '', rule: '', quantity: 0n, unit: '', ...total }
  return {
    id: 'reconciliation',
    title: 'Reconciliation',
    charts: [],
    body: html`<p class="soft">Rated by the billing core, charged to the buyer, posted in the ledger, and worked out again by the auditor from the
recorded facts alone. Exact amounts, with 8 decimals, are in <code>reconciliation.csv</code>.</p>
${table('Reconciliation by month, kind, price model and rule', columns, rows, sum)}
<h3>What the auditor worked out again</h3>
${table(
  'Audit by kind of amount',
  [
    { title: 'Kind', cell: ({ kind }) => kind },
    { title: 'amounts', number: true, cell: ({ amounts }) => amounts.toLocaleString('en') },
    { title: 'sum recorded', number: true, cell: ({ recorded }) => shownMoney(recorded) },
    { title: 'sum audited', number: true, cell: ({ audited }) => shownMoney(audited) },
    { title: 'difference', number: true, cell: ({ recorded, audited }) => difference(audited - recorded) },
  ],
  audits,
)}
${listed(differences, record.meta.utcOffset)}`,
  }
}
