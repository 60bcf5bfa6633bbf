/** What the auditor finds does not depend on how many threads share the accounts. */
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { auditInParts } from '#sim/audit/audit.ts'
import { writeWholeRecord } from '#sim/record/whole-record.ts'
import { withRun } from '../../sim/run/library-run.ts'

/** Errors of all sizes, in checks of single accounts and in those that gather from all of them. */
const planted = `
  UPDATE usage_spans SET amount = amount + 1 WHERE rowid % 7 = 0;
  UPDATE order_lines SET amount = amount - 1 WHERE rowid % 5 = 0;
  UPDATE bills SET charges = charges + 1 WHERE rowid % 3 = 0;
  UPDATE postings SET amount = amount + 1 WHERE rowid % 50 = 0;
  UPDATE seller_bill_lines SET sales = sales + 1;
  UPDATE pool_hours SET peak = peak + 1 WHERE rowid % 10 = 0;
`

test('one thread and three write the same findings', async () => {
  const sets = ['end=2024-04-08T00:00:00+08:00', 'buyers.0.count=20', 'buyers.1.count=10']
  await withRun('quickstart', { sets }, async ({ record, differences }) => {
    expect(differences).toBe(0)
    const found = []
    for (const threads of [1, 3]) {
      const path = `${record}.${threads}`
      writeWholeRecord(record, path)
      const changed = new Sqlite(path)
      changed.exec(planted)
      changed.close()
      const outcome = await auditInParts(path, { threads, leastSpans: 1 })
      const audited = new Sqlite(path, { readonly: true })
      const all = (table: string) => audited.prepare(`SELECT * FROM ${table} ORDER BY rowid`).raw().all()
      found.push({ outcome, totals: all('audit_totals'), differences: all('audit_differences') })
      audited.close()
    }
    expect(found[1]).toEqual(found[0])
    expect(new Set(found[0].differences.map((row) => (row as unknown[])[0])).size).toBeGreaterThan(8)
  })
})

test('a failing thread of the auditor is reported', async () => {
  await withRun('quickstart', { sets: ['end=2024-03-03T00:00:00+08:00'] }, async ({ record }) => {
    const path = `${record}.broken`
    writeWholeRecord(record, path)
    const changed = new Sqlite(path)
    changed.exec('UPDATE instances SET account = 9000000 WHERE rowid = 1; DROP TABLE usage_faults')
    changed.close()
    await expect(auditInParts(path, { threads: 2, leastSpans: 1 })).rejects.toThrow('no such table: usage_faults')
  })
})
