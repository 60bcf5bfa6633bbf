/**
 * What the auditor writes next to the facts it judged. Like the record's own tables this list is the schema: the SQLite
 * tables and `docs/reference/record.md` are made from it.
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
const kind = text('what was compared: one of the kinds of `sim/audit/kinds.ts`')
const rule = text('the rule it was compared by')
const unit = text('what the numbers count: money (whole 1e-8), price (whole 1e-10), seconds, instant, count, flag')

export const auditTables = {
  audit_totals: {
    text: 'How many amounts of each kind the auditor recomputed, and their sums in the record and by the auditor (Q-08).',
    columns: {
      kind,
      rule,
      unit,
      amounts: whole('how many were compared'),
      recorded: whole('sum of the recorded amounts; 0 for instants, prices and flags, whose sums mean nothing'),
      recorded_high: whole('its high part, of 1e18'),
      audited: whole('sum of the recomputed amounts; 0 likewise'),
      audited_high: whole('its high part, of 1e18'),
      differences: whole('how many differ; `audit_differences` lists at most 10,000 of a kind'),
    },
  },
  audit_month_ends: {
    text: 'Balances of ledger accounts at the end of each civil month and of the run (M-09): from the postings of the record, and as recomputed by the auditor. Whole 1e-8, debit positive.',
    columns: {
      month: whole('first instant of the month, ms since the epoch'),
      ledger: text('the ledger account'),
      recorded: whole('sum of the postings for days up to then'),
      recorded_high: whole('its high part, of 1e18'),
      audited: whole('sum of what was used, earned, paid and refunded up to then'),
      audited_high: whole('its high part, of 1e18'),
    },
  },
  audit_capacity_costs: {
    text: 'What capacity costs, as the auditor computes it (E-12): by pool or group of hosts, civil month and kind of units. Reports are compared with it.',
    columns: {
      pool: whole('the pool; 0 for hosts'),
      host_group: whole('the group of hosts; 0 for a pool'),
      month: whole('first instant of the month, ms since the epoch'),
      supply: text('owned, committed or leased; cheapest: the cheapest mix, of all months'),
      unit_hours: whole('hours x units that are paid for'),
      idle_ms: whole('unit-milliseconds of them in which nothing used the unit'),
      cost: whole('what they cost, whole 1e-8'),
      cost_high: whole('its high part, of 1e18'),
      idle_cost: whole('what the idle ones cost'),
      idle_cost_high: whole('its high part, of 1e18'),
      surplus_cost: whole('part of that: units that were not part of the capacity'),
      surplus_cost_high: whole('its high part, of 1e18'),
      premium: whole('what leased ones cost more than at the lowest price of the others'),
      premium_high: whole('its high part, of 1e18'),
    },
  },
  audit_differences: {
    text: 'Every amount that the auditor computed differently. A run with a row here has failed (Q-08).',
    columns: {
      kind,
      subject: text('subject: `instance 12`, `order 3 line 1`, `account 7`'),
      at: whole('when, or the first hour or month concerned, ms since the epoch; 0 when it has no instant'),
      unit,
      recorded: whole('recorded value; 0 when the record has none'),
      recorded_high: whole('its high part, of 1e18'),
      audited: whole('recomputed value; 0 when there should be none'),
      audited_high: whole('its high part, of 1e18'),
      rule,
      text: text('description of the difference'),
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
