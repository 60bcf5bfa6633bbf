/** No question of the auditor looks through a table again for each row of another: a year has 30,000 by 500,000 of them. */
import Sqlite from 'better-sqlite3'
import { expect, test, vi } from 'vitest'
import { Judge } from '#sim/audit/judge.ts'
import { everyRuleRecord } from '../../reports/every-rule-run.ts'

/** What a plan says of each subquery that is asked for every row: its lines, those below it included. */
function perRow(plan: readonly { id: number; parent: number; detail: string }[]): string[][] {
  const below = (id: number): string[] =>
    plan.filter(({ parent }) => parent === id).flatMap((line) => [line.detail, ...below(line.id)])
  return plan.filter(({ detail }) => detail.startsWith('CORRELATED')).map(({ id }) => below(id))
}

test('a subquery for each row finds its rows by a key', async () => {
  const record = await everyRuleRecord()
  const { path } = record
  record.close()
  const asked = new Set<string>()
  const { prepare } = Sqlite.prototype
  const spy = vi.spyOn(Sqlite.prototype, 'prepare').mockImplementation(function (this: Sqlite.Database, sql: string) {
    asked.add(sql)
    return prepare.call(this, sql)
  })
  const judge = new Judge(path)
  try {
    judge.whole()
    judge.record()
    judge.finish()
  } finally {
    judge.close()
    spy.mockRestore()
  }
  expect(asked.size).toBeGreaterThan(50)
  const database = new Sqlite(path, { readonly: true })
  const slow = [...asked].flatMap((sql) => {
    let plan: { id: number; parent: number; detail: string }[]
    try {
      plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as typeof plan
    } catch {
      // Of a table that the auditor makes for itself.
      return []
    }
    return perRow(plan).flatMap((lines) =>
      lines.filter((line) => line.startsWith('SCAN')).map((line) => `${line}: ${sql}`),
    )
  })
  database.close()
  expect(slow).toEqual([])
})
