/** Arrears: how old debts are when the run ends, and how many accounts was where on each civil day. */
import { prepareBooked } from '../booked.ts'
import { dayNumber, prepareDays } from '../days.ts'
import { word } from '../figures/figure.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'

/** Days since an account fell due: up to this many, exclusive. */
const AGES = [1, 7, 15, 30, 60, 90] as const

const ageName = (days: number): string => {
  const next = AGES.find((limit) => days < limit)
  const from = AGES.filter((limit) => limit <= days).at(-1) ?? 0
  return next === undefined ? `${AGES.at(-1)} days and more` : `${from} to ${next} days`
}

/** Accounts that are not in good standing at the end, since when, and what they owe. */
const debtors = `
WITH last AS (SELECT account, to_state, max(rowid) FROM account_steps GROUP BY account HAVING to_state <> ${word('good')}),
fell AS (SELECT account, max(at) AS at FROM account_steps WHERE event = ${word('fallDue')} GROUP BY account)
SELECT w.word AS standing, b.segment, (run."end" - fell.at) / 86400000 AS days,
  coalesce(owed.due, 0) AS due
FROM last LEFT JOIN booked_accounts owed USING (account) JOIN fell USING (account) JOIN run JOIN words w ON w.id = last.to_state JOIN buyers b ON b.id = last.account`

/** Debts at the end of the run by age, standing and segment. */
export function arrearsAgeing(record: RunRecord): ReportTable {
  prepareBooked(record)
  const groups = new Map<string, { readonly days: number; cells: ReportCell[] }>()
  for (const { standing, segment, days, due } of record.rows(debtors)) {
    const age = ageName(Number(days))
    const key = [age, standing, segment].join('\n')
    const group = groups.get(key) ?? { days: Number(days), cells: [age, standing, segment, 0n, 0n] }
    const [, , , accounts, owed] = group.cells
    group.cells = [age, standing, segment, BigInt(accounts ?? 0) + 1n, BigInt(owed ?? 0) + BigInt(due ?? 0)]
    groups.set(key, group)
  }
  const rows = [...groups]
    .sort(([a, first], [b, second]) => first.days - second.days || (a < b ? -1 : 1))
    .map(([, { cells }]) => cells)
  const sum = (index: number) => rows.reduce((total, row) => total + BigInt(row[index] ?? 0), 0n)
  return {
    name: 'arrears-ageing',
    title: 'Arrears by age at the end of the run',
    text: 'Age counts from the day the account fell into arrears (A-01); the debt may have grown since.',
    columns: [
      column('age', 'Age'),
      column('standing', 'standing'),
      column('segment', 'segment'),
      column('accounts', 'accounts', 'count'),
      column('due', 'due', 'money'),
    ],
    rows,
    total: ['total', '', '', sum(3), sum(4)],
  }
}

/** Accounts in each standing but good at the end of each civil day. */
export function standingByDay(record: RunRecord): { day: string; standing: string; accounts: number }[] {
  prepareDays(record)
  const rows = record.rows(`
WITH moves AS (
  SELECT ${dayNumber('s.at')} AS number, s.to_state AS state, 1 AS step FROM account_steps s, run
  UNION ALL SELECT ${dayNumber('s.at')}, s.from_state, -1 FROM account_steps s, run),
daily AS (SELECT number, state, sum(step) AS step FROM moves GROUP BY 1, 2)
SELECT d.day, d.number IN (SELECT number FROM days) AS counts, w.word AS standing, coalesce(sum(m.step) OVER (PARTITION BY w.id ORDER BY d.number), 0) AS accounts
FROM all_days d JOIN words w ON w.word IN ('grace', 'suspended', 'released') AND EXISTS (SELECT 1 FROM daily WHERE state = w.id)
LEFT JOIN daily m ON m.number = d.number AND m.state = w.id ORDER BY 1, 3`)
  return rows
    .filter(({ counts }) => counts === 1n)
    .map(({ day, standing, accounts }) => ({
      day: String(day),
      standing: String(standing),
      accounts: Number(accounts),
    }))
}
