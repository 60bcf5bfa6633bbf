/**
 * `every-rule` meets every rule of the rulebook. Most rules are in a column `rule` of the record; the others leave no row
 * of their own, and what they did is shown by a query that counts it.
 */
import { expect, test } from 'vitest'
import { marketRules } from '#scenarios/rules.ts'
import { factTables } from '#sim/record/columns.ts'
import { laws } from '../../sim/run/laws.ts'
import { withRun } from '../../sim/run/library-run.ts'
import { shown } from '../../sim/run/rules-at-work.ts'
import { recomputeTaxes } from '../recompute/figures/taxes.ts'

const tables = Object.entries(factTables).flatMap(([name, { columns }]) => ('rule' in columns ? [name] : []))
const metSql = `SELECT group_concat(word) FROM words
  WHERE id IN (${tables.map((name) => `SELECT rule FROM ${name}`).join(' UNION ')})`

test('every-rule meets every rule and keeps every law', async () => {
  await withRun('every-rule', {}, ({ differences }, ask, record) => {
    expect(differences).toBe(0)
    const met = new Set(String(ask(metSql)).split(','))
    const unmet = marketRules.filter((rule) => !met.has(rule) && !rule.startsWith('Q-'))
    // Neither a rule that is nowhere nor a query for one that has its rows.
    expect(Object.keys(shown)).toEqual(unmet)
    expect(unmet.filter((rule) => Number(ask(shown[rule])) < 1)).toEqual([])
    // Q-01..Q-07; Q-08 is the auditor, above.
    expect(laws.filter(({ breaches }) => ask(breaches) !== 0).map(({ law }) => law)).toEqual([])
    // M-07, I-02, I-03: taxes, bills and invoices by plain arithmetic.
    const { differences: wrong, compared } = recomputeTaxes(record)
    expect(wrong).toEqual([])
    expect(Math.min(compared.taxes, compared.orders, compared.invoices)).toBeGreaterThan(0)
  })
})
