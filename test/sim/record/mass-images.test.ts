/** Which columns of a mass table a statement can mean: no others are read for it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { columnsNamedIn, writeImage } from '#sim/record/mass-images.ts'

test.each([
  ['select sum(amount) from postings', ['amount']],
  ['SELECT "ledger", sum(Amount * 2), count(*) FROM postings GROUP BY 1', ['ledger', 'amount']],
  ['select sum(amount_high) from postings where owner = 3', ['owner', 'amount_high']],
  ['select count(*) from postings', ['transaction_id']],
  ['select p.amount from (select amount from postings) p', ['amount']],
  ['select * from postings', undefined],
  ['select p.* from postings p', undefined],
  ['select distinct\n* from postings', undefined],
  ['select amount, * from postings', undefined],
  ['select exists (select * from postings)', undefined],
  ['select /* all */ * from postings', undefined],
  ['select amount -- all\n from postings', undefined],
  ['select count(*) from transactions natural join postings', undefined],
  ["select count(*) from pragma_table_info('postings'), postings", undefined],
  ['select sum(balance) from balances, postings', undefined],
])('%s', (sql, columns) => {
  expect(columnsNamedIn(sql, 'postings')).toEqual(columns)
})

test('an image of some columns reads no others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-image-'))
  const read: string[] = []
  const column = (name: string) => {
    read.push(name)
    return { values: Int32Array.of(1, 2) }
  }
  try {
    writeImage(join(folder, 'image.sqlite'), 'postings', { rows: 2, column }, ['amount'])
    expect(read).toEqual(['amount'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
