/** The auditor names what is wrong with a dispute: each error is planted alone in the record of a real run. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readScenario } from '#scenarios/reader.ts'
import { audit } from '#sim/audit/audit.ts'
import { writeWholeRecord } from '#sim/record/whole-record.ts'
import { simulate } from '#sim/run/simulate.ts'

const path = fileURLToPath(new URL('../../../scenarios/supervision-dispute.yaml', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'marketsim-planted-'))
let record: string

beforeAll(async () => {
  const { scenario } = await readScenario(path, { sets: ['duration=120d'] })
  const outcome = await simulate({ scenario, traces: {}, seed: scenario.seed, threads: 1, folder, inThisThread: true })
  expect(outcome.differences).toBe(0)
  record = join(folder, 'whole.sqlite')
  writeWholeRecord(outcome.record, record)
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Kinds of which differences are found once `sql` has changed the record. */
function found(sql: string): string[] {
  const copy = join(folder, 'planted.sqlite')
  copyFileSync(record, copy)
  const database = new Sqlite(copy)
  const changed = database.prepare(sql).run().changes
  database.close()
  expect(changed, 'rows that the planted error changes').toBeGreaterThan(0)
  audit(copy)
  const audited = new Sqlite(copy, { readonly: true })
  const kinds = audited.prepare('SELECT DISTINCT kind FROM audit_differences').pluck().all() as string[]
  audited.close()
  return kinds
}

const word = (text: string): string => `(SELECT id FROM words WHERE word = '${text}')`
const a = (table: string, where: string): string => `(SELECT rowid FROM ${table} WHERE ${where} LIMIT 1)`
const refund = `kind = ${word('refund')}`

test.each([
  [
    'a breach of five days is reported a millisecond early',
    `UPDATE silence_breaches SET at = at - 1 WHERE rowid = 1`,
    'silence breach',
  ],
  ['a breach is not reported', `DELETE FROM silence_breaches WHERE rowid = 1`, 'silence breach'],
  [
    'the other side was silent',
    `UPDATE silence_breaches SET by = ${word('buyer')} WHERE by = ${word('seller')}`,
    'silence breach',
  ],
  ['an appeal on an invalid ground', `UPDATE appeals SET ground = ${word('at-will')} WHERE rowid = 1`, 'appeal'],
  [
    'an appeal that froze nothing',
    `INSERT INTO appeals SELECT id + 1000000, at + 1, order_id, account, seller, by, ground, rule FROM appeals WHERE rowid = 1`,
    'appeal',
  ],
  ['an appeal that was never filed', `DELETE FROM appeals WHERE rowid = ${a('appeals', 'TRUE')}`, 'appeal'],
  [
    'another outcome than the flow took',
    `UPDATE appeal_steps SET outcome = ${word('cancel')} WHERE outcome = ${word('resume')}`,
    'appeal',
  ],
  [
    'an appeal is denied that froze its flow',
    `UPDATE appeal_steps SET event = ${word('deny')}, outcome = 0 WHERE event = ${word('decide')}`,
    'appeal',
  ],
  [
    'a flow that completes a second early',
    `UPDATE supervision_steps SET at = at - 1000 WHERE rowid = ${a('supervision_steps', `event = ${word('complete')} AND rule = ${word('S-08')}`)}`,
    'supervision',
  ],
  [
    'a term that starts at completion',
    `UPDATE subscription_steps SET term_start = at WHERE event = ${word('begin')}`,
    'term',
  ],
  [
    'a refund of too little',
    `UPDATE postings SET amount = amount + 1 WHERE amount < 0 AND ledger = ${word('buyer-cash')} AND transaction_id = (SELECT id FROM transactions WHERE ${refund} LIMIT 1)`,
    'refund',
  ],
  [
    'a refund that was not made',
    `DELETE FROM transactions WHERE id = (SELECT id FROM transactions WHERE ${refund} LIMIT 1)`,
    'refund',
  ],
])('%s', (_, sql, kind) => {
  expect(found(sql)).toContain(kind)
})
