/**
 * What the auditor writes beside the facts it judged. Like the record's own tables this list is the schema: the SQLite
 * tables and `docs/record.md` are made from it.
 */
interface AuditColumn {
  readonly type: 'TEXT' | 'INTEGER'
  readonly text: string
}

interface AuditTable {
  readonly text: string
  readonly columns: Readonly<Record<string, AuditColumn>>
}

const text = (words: string): AuditColumn => ({ type: 'TEXT', text: words })
const whole = (words: string): AuditColumn => ({ type: 'INTEGER', text: words })
const kind = text('what was judged: one of the kinds of `sim/audit/kinds.ts`')
const rule = text('the rule by which it was judged')
const unit = text('what the numbers count: money (whole 1e-8), price (whole 1e-10), seconds, instant, count, flag')

export const auditTables = {
  audit_totals: {
    text: 'How many amounts of each kind the auditor worked out again, and what they sum to on both sides (Q-08).',
    columns: {
      kind,
      rule,
      unit,
      amounts: whole('how many were compared'),
      recorded: whole('sum of what the record says; 0 for instants, prices and flags, whose sums mean nothing'),
      recorded_high: whole('its high part, of 1e18'),
      audited: whole('sum of what the auditor worked out; 0 likewise'),
      audited_high: whole('its high part, of 1e18'),
      differences: whole('on how many he disagrees; `audit_differences` lists at most 10,000 of a kind'),
    },
  },
  audit_month_ends: {
    text: 'What ledger accounts hold at the end of each civil month and of the run (M-09): by the postings of the record, and as the auditor worked it out. Whole 1e-8, debit positive.',
    columns: {
      month: whole('first instant of the month, ms since the epoch'),
      ledger: text('the ledger account'),
      recorded: whole('what the postings about days up to then come to'),
      recorded_high: whole('its high part, of 1e18'),
      audited: whole('what was used, earned, paid and given back up to then comes to'),
      audited_high: whole('its high part, of 1e18'),
    },
  },
  audit_differences: {
    text: 'Every amount on which the auditor disagrees with the record. A run with a row here has failed (Q-08).',
    columns: {
      kind,
      subject: text('about what: `instance 12`, `order 3 line 1`, `account 7`'),
      at: whole('when, or the first hour or month concerned, ms since the epoch; 0 when it has no instant'),
      unit,
      recorded: whole('what the record says; 0 where it says nothing'),
      recorded_high: whole('its high part, of 1e18'),
      audited: whole('what the auditor worked out; 0 where there should be nothing'),
      audited_high: whole('its high part, of 1e18'),
      rule,
      text: text('what is wrong, in words'),
    },
  },
} as const satisfies Record<string, AuditTable>

export type AuditTableName = keyof typeof auditTables
export const auditTableNames = Object.keys(auditTables) as readonly AuditTableName[]

/** The statement that creates a table. */
export function auditTableSql(table: AuditTableName): string {
  const columns: Readonly<Record<string, AuditColumn>> = auditTables[table].columns
  const list = Object.entries(columns).map(([name, { type }]) => `${name} ${type} NOT NULL`)
  return `CREATE TABLE ${table} (${list.join(', ')}) STRICT`
}
