/** What the auditor found and what was billed (I-02). */
import { prepareCapacityAudit } from '../capacity/audited-costs.ts'
import { type Figure, monthOf, type Source, sum } from './figure.ts'

const auditSource: Source = {
  name: 'figure_audit',
  labels: ['kind'],
  needs: [prepareCapacityAudit],
  sql: `SELECT kind, amounts FROM audit_totals UNION ALL SELECT 'capacity cost', amounts FROM capacity_audit WHERE amounts > 0`,
}

/** `audit_differences` lists at most 10,000 of a kind, so they are counted here. */
const differencesSource: Source = {
  name: 'figure_differences',
  labels: ['kind'],
  needs: [prepareCapacityAudit],
  sql: `SELECT kind, differences FROM audit_totals WHERE differences > 0
    UNION ALL SELECT 'capacity cost', differences FROM capacity_audit WHERE differences > 0`,
}

const billsSource: Source = {
  name: 'figure_bills',
  labels: ['month', 'segment', 'region'],
  sql: `
SELECT ${monthOf('l.month')} AS month, c.segment, c.region, l.n, l.final, l.lines, l.charges, l.rounding, l.payable
FROM (
  SELECT l.month, b.crowd, count(*) AS n, sum(l.final) AS final, sum(l.lines) AS lines,
    sum(l.charges) AS charges, sum(l.rounding) AS rounding, sum(l.payable) AS payable
  FROM run CROSS JOIN bills l CROSS JOIN buyers b ON b.id = l.account
  WHERE l.month >= run.measured_from OR run.measured_from = run.start
  GROUP BY 1, 2) l CROSS JOIN run CROSS JOIN crowds c ON c.id = l.crowd`,
}

const bill = (name: string, text: string, column: string, unit: Figure['unit'] = 'count'): Figure => ({
  name,
  unit,
  text,
  source: billsSource,
  measure: { value: sum(column) },
  by: ['month', 'region', 'segment'],
})

export const proofFigures: readonly Figure[] = [
  {
    name: 'reconciliation.amounts',
    unit: 'count',
    text: 'amounts recomputed by the auditor from the recorded facts (Q-08)',
    source: auditSource,
    measure: { value: sum('amounts') },
    by: ['kind'],
  },
  {
    name: 'reconciliation.differences',
    unit: 'count',
    text: "amounts that differ from the auditor's; anything but 0 fails the run (Q-08)",
    source: differencesSource,
    measure: { value: sum('differences') },
    by: ['kind'],
  },
  bill('bills.count', 'monthly bills (I-02)', 'n'),
  bill('bills.final', 'monthly bills that became final within the run (I-02)', 'final'),
  bill('bills.charges', 'sum of the charges on bills, 8 decimals (I-02)', 'charges', 'money'),
  bill('bills.rounding', 'what brings the bills to minor units (M-08)', 'rounding', 'money'),
  bill('bills.payable', 'sum of the payables of bills, each in minor units (M-02, M-08)', 'payable', 'money'),
]
