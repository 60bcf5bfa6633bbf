/** Answers of queries as Parquet: read back by the second reader, the same bytes twice. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { writeAnswer } from '../../cli/query-formats.ts'
import { naiveRows } from '../sim/record/naive-parquet.ts'
import { newFolder, removeFolders } from './marketsim.ts'

afterAll(removeFolders)

async function written(columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((bytes) => {
    parts.push(Buffer.from(bytes as Uint8Array))
    return true
  })
  try {
    await writeAnswer({ columns, rows }, 'parquet')
  } finally {
    spy.mockRestore()
  }
  return Buffer.concat(parts)
}

test('whole numbers, exact decimals, text and nothing', async () => {
  const columns = ['n', 'amount', 'name']
  const rows = [
    [1n, '12345678901234567890.00000001', 'a'],
    [null, '-0.50000000', 'b'],
    [9007199254740993n, null, null],
  ]
  const bytes = await written(columns, rows)
  const file = join(newFolder(), 'a.parquet')
  writeFileSync(file, bytes)
  expect(naiveRows(file)).toMatchObject([
    { n: 1n, amount: 1234567890123456789000000001n, name: 'a' },
    { n: null, amount: -50000000n, name: 'b' },
    { n: 9007199254740993n, amount: null, name: null },
  ])
  expect(await written(columns, rows)).toEqual(bytes)
  await expect(written(['x'], [])).resolves.toBeInstanceOf(Uint8Array)
})
