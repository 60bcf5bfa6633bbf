/** Logs from stdin are read as files are: compressed, archived, JSON and Parquet. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { inThisProcess, marketsim } from './marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-stdin-logs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const rows: readonly (readonly string[])[] = [
  ['2024-03-01T00:00:00Z', 'acme', 's1', 'start', 'linux', 'm5'],
  ['2024-03-01T05:30:00Z', 'acme', 's1', 'delete', '', ''],
  ['2024-03-01T06:00:00Z', 'zed', 's2', 'start', 'linux', 'm5'],
  ['2024-03-02T06:00:00Z', 'zed', 's2', 'delete', '', ''],
]
const names = ['at', 'account', 'resource', 'do', 'product', 'flavour']
const csv = `${[names, ...rows].map((row) => row.join(',')).join('\n')}\n`
const json = rows
  .map((row) => JSON.stringify(Object.fromEntries(row.map((value, index) => [names[index], value]))))
  .join('\n')

writeFileSync(join(folder, 'prices.csv'), 'kind,name,hourly\necs,m5,0.1\nimage,linux,0.02\n')
writeFileSync(join(folder, 'events.csv'), csv)

const metered = async (words: readonly string[], input?: Uint8Array | string) => {
  const call = ['meter', ...words, '--prices', 'prices.csv', '--json']
  const { code, stdout, stderr } =
    input === undefined ? await inThisProcess(call, folder) : await marketsim(call, { cwd: folder, input })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const { bills, servers, images } = JSON.parse(stdout)
  return { bills, servers, images }
}

test.each([
  ['gzip', gzipSync(csv)],
  ['zstd and UTF-16', zstdCompressSync(Buffer.from(`\ufeff${csv}`, 'utf16le'))],
  ['JSON lines in gzip', gzipSync(json)],
])('meter reads %s from stdin as the file', async (_, input) => {
  const expected = await metered(['events.csv'])
  expect(expected.bills).toMatchObject({ count: 2, charged: '3.55' })
  expect(await metered(['-'], input)).toEqual(expected)
})

test('reconcile reads a compressed log from stdin, and compressed invoices', async () => {
  const invoices = 'account,month,amount\nacme,2024-03,0.67\nzed,2024-03,2.88\n'
  const call = ['reconcile', '-', '--prices', 'prices.csv', '--against', 'invoices.csv']
  writeFileSync(join(folder, 'invoices.csv'), invoices)
  const { code } = await marketsim(call, { cwd: folder, input: gzipSync(csv) })
  expect(code).toBe(0)
  const other = await marketsim(['reconcile', 'events.csv', '--prices', 'prices.csv', '--against', '-'], {
    cwd: folder,
    input: zstdCompressSync(invoices),
  })
  expect(other.code).toBe(0)
})

test('import reads zstd from stdin', async () => {
  const log = readFileSync('test/data/logs/batsim-easy-medium.swf')
  const words = ['import', 'swf', '-', '--out', 'made', '--json']
  const { code, stdout } = await marketsim(words, { cwd: folder, input: zstdCompressSync(log) })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ rows: 800, compression: 'zstd' })
})
