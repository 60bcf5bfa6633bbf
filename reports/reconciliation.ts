/**
 * Reconciliation (Q-02, Q-08): what was metered or sold, what it was rated at, what buyers were charged, what the ledger
 * holds and what the auditor found, side by side by month, product kind, price model and rule.
 *
 * Ledger transactions know the month and the kind, not the rule of each line. A row of several rules takes its charge
 * and posting from its own lines; where the ledger holds another sum than the lines do, the first row of the group
 * carries the difference, so that the columns' totals are the ledger's, whatever went wrong.
 */
import { costDifferences } from './capacity/audited-costs.ts'
import { type CsvCell, csv } from './csv.ts'
import { type QuantityUnit, readSides, type Side } from './reconciliation-sides.ts'
import type { RunRecord } from './record.ts'

export interface ReconciliationRow {
  readonly month: string
  readonly kind: string
  readonly model: string
  readonly rule: string
  /** Metered seconds of use, less those that were never charged (U-09), orders paid, or refunds given. */
  readonly quantity: bigint
  readonly unit: QuantityUnit | ''
  /** Whole 1e-8 units from here on. */
  readonly rated: bigint
  readonly charged: bigint
  readonly posted: bigint
  readonly audited: bigint
}

/** What the numbers of the auditor count. */
export type AuditUnit = 'money' | 'price' | 'seconds' | 'milliseconds' | 'instant' | 'count' | 'flag'

export interface AuditTotal {
  readonly kind: string
  readonly rule: string
  readonly unit: AuditUnit
  readonly amounts: bigint
  readonly recorded: bigint
  readonly audited: bigint
}

export interface AuditDifference {
  readonly kind: string
  readonly subject: string
  /** Milliseconds since the epoch; 0 when it has no instant. */
  readonly at: number
  readonly unit: AuditUnit
  readonly recorded: bigint
  readonly audited: bigint
  readonly rule: string
  readonly text: string
}

export interface Reconciliation {
  readonly rows: readonly ReconciliationRow[]
  readonly total: Pick<ReconciliationRow, 'rated' | 'charged' | 'posted' | 'audited'>
  readonly audits: readonly AuditTotal[]
  readonly differences: readonly AuditDifference[]
}

const groupOf = ({ month, kind, model }: { month: string; kind: string; model: string }): string =>
  `${month}\n${kind}\n${model}`

/** Gives each line what was booked for it; the first of a group carries what the group's booking has beyond its lines. */
function book({ lines, booked }: Side): ReconciliationRow[] {
  const groups = new Map(booked.map((group) => [groupOf(group), { ...group }]))
  for (const line of lines) {
    const group = groups.get(groupOf(line)) ?? { ...line, charged: 0n, posted: 0n }
    groups.set(groupOf(line), { ...group, charged: group.charged - line.rated, posted: group.posted - line.rated })
  }
  const rows = lines.map(({ month, kind, model, rule, unit, quantity, rated }): ReconciliationRow => {
    const key = groupOf({ month, kind, model })
    const beyond = groups.get(key)
    groups.delete(key)
    const charged = rated + (beyond?.charged ?? 0n)
    return {
      month,
      kind,
      model,
      rule,
      quantity,
      unit,
      rated,
      charged,
      posted: rated + (beyond?.posted ?? 0n),
      audited: rated,
    }
  })
  for (const { month, kind, model, charged, posted } of groups.values())
    rows.push({ month, kind, model, rule: '', quantity: 0n, unit: '', rated: 0n, charged, posted, audited: 0n })
  return rows
}

/** The auditor's kinds that judge a charge or a line of an order; its others judge balances, times and states. */
const judgesRated = [
  'ecs charge',
  'image charge',
  'charge outside use',
  'double charge',
  'order line',
  'tax line',
  'refund',
]

/** Adds each difference to the row of its month and rule; one that fits no row makes its own. */
function withDifferences(
  rows: ReconciliationRow[],
  differences: readonly AuditDifference[],
  month: (at: number) => string,
): ReconciliationRow[] {
  const result = [...rows]
  for (const difference of differences.filter(({ kind }) => judgesRated.includes(kind))) {
    const when = month(difference.at)
    const gap = difference.audited - difference.recorded
    const index = result.findIndex((row) => row.month === when && row.rule === difference.rule)
    if (index >= 0) result[index] = { ...result[index], audited: result[index].audited + gap }
    else
      result.push({
        month: when,
        kind: difference.kind,
        model: '',
        rule: difference.rule,
        quantity: 0n,
        unit: '',
        rated: 0n,
        charged: 0n,
        posted: 0n,
        audited: gap,
      })
  }
  return result
}

/** Puts the record's amounts side by side. */
export function reconcile(record: RunRecord): Reconciliation {
  const { usage, orders, refunds } = readSides(record)
  const differences = [...readDifferences(record), ...costDifferences(record)]
  const { utcOffset } = record.meta
  const rows = withDifferences([usage, orders, refunds].flatMap(book), differences, (at) =>
    new Date(at + utcOffset).toISOString().slice(0, 7),
  ).sort((a, b) => (groupOf(a) + a.rule < groupOf(b) + b.rule ? -1 : 1))
  const totalOf = (column: 'rated' | 'charged' | 'posted' | 'audited') =>
    rows.reduce((total, row) => total + row[column], 0n)
  return {
    rows,
    total: {
      rated: totalOf('rated'),
      charged: totalOf('charged'),
      posted: totalOf('posted'),
      audited: totalOf('audited'),
    },
    audits: record.rows<AuditTotal & Record<string, bigint | string>>(
      'SELECT kind, rule, unit, amounts, recorded, audited FROM audit_totals ORDER BY kind',
    ),
    differences,
  }
}

function readDifferences(record: RunRecord): AuditDifference[] {
  const rows = record.rows(
    'SELECT kind, subject, at, unit, recorded, audited, rule, text FROM audit_differences ORDER BY at, kind, subject, rule',
  )
  return rows.map((row) => ({
    kind: String(row.kind),
    subject: String(row.subject),
    at: Number(row.at),
    unit: String(row.unit) as AuditUnit,
    recorded: BigInt(row.recorded ?? 0),
    audited: BigInt(row.audited ?? 0),
    rule: String(row.rule ?? ''),
    text: String(row.text ?? ''),
  }))
}

/** The row's largest disagreement with what it was rated at. */
export const gapOf = ({ rated, charged, posted, audited }: ReconciliationRow): bigint =>
  [charged - rated, posted - rated, audited - rated].reduce((worst, gap) =>
    (gap < 0n ? -gap : gap) > (worst < 0n ? -worst : worst) ? gap : worst,
  )

/** reconciliation.csv: the rows, and their totals last. */
export function reconciliationCsv({ rows, total }: Reconciliation): string {
  const header = [
    'month',
    'kind',
    'model',
    'rule',
    'quantity',
    'unit',
    'rated',
    'charged',
    'posted',
    'audited',
    'difference',
  ]
  const lines = rows.map((row): CsvCell[] => [
    row.month,
    row.kind,
    row.model,
    row.rule,
    row.quantity.toString(),
    row.unit,
    row.rated,
    row.charged,
    row.posted,
    row.audited,
    gapOf(row),
  ])
  const sums: CsvCell[] = ['total', '', '', '', '', '', total.rated, total.charged, total.posted, total.audited]
  return csv(header, [...lines, [...sums, total.audited - total.rated]])
}
