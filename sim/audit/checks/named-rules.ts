/** Q-06: each row names the rule behind it: one that can do what the row says. */
import type { Database } from 'better-sqlite3'
import type { MassFacts } from '../../record/column-facts.ts'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'
import { type RulesOfTable, rulesOfTables } from '../rule-table.ts'

export function namedRules({ premises, findings }: AuditContext): Check {
  return {
    record(database, mass) {
      for (const of of rulesOfTables)
        for (const [said, rule, count] of ofColumns.has(of.table) ? fromMass(mass, of) : fromTable(database, of)) {
          const word = of.by === null ? '' : premises.word(said)
          const allowed = of.allowed.get(word)
          if (allowed === undefined || allowed.has(premises.word(rule))) continue
          const text = `name ${premises.word(rule) || 'no rule'}${word === '' ? '' : ` for ${word}`}, not ${[...allowed].join(' or ')}`
          findings.differ(kinds.namedRule, of.table, 0, count, 0, text)
        }
    },
  }
}

/** Tables whose rows are in column files. */
const ofColumns: ReadonlySet<string> = new Set([
  'usage_spans',
  'transactions',
  'order_steps',
  'instance_steps',
  'subscription_steps',
])

type Found = [said: number, rule: number, rows: number]

function fromTable(database: Database, { table, by }: RulesOfTable): Found[] {
  // The ledger of a load test has a part of the tables.
  const exists = database.prepare<[string], unknown>('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table)
  if (exists === undefined) return []
  const sql = `SELECT ${by ?? '0'}, rule, count(*) FROM ${table} GROUP BY 1, 2`
  return database.prepare<[], Found>(sql).raw().all()
}

function fromMass(mass: MassFacts, { table, by }: RulesOfTable): Iterable<Found> {
  const rows = mass.table(table as Parameters<MassFacts['table']>[0])
  const said = by === null ? undefined : rows.column(by).values
  const rules = rows.column('rule').values
  const counts = new Map<number, number>()
  let [last, run] = [-1, 0]
  for (let row = 0; row < rows.rows; row++) {
    const key = (said === undefined ? 0 : said[row]) * MOST_WORDS + rules[row]
    if (key === last) run++
    else {
      if (run > 0) counts.set(last, (counts.get(last) ?? 0) + run)
      last = key
      run = 1
    }
  }
  if (run > 0) counts.set(last, (counts.get(last) ?? 0) + run)
  return [...counts].map(([key, count]): Found => [Math.floor(key / MOST_WORDS), key % MOST_WORDS, count])
}

/** A record has fewer words. */
const MOST_WORDS = 1 << 20
