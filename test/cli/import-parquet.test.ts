/** `marketsim import` of Parquet: OpenDC traces, and bills as columns. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ParquetWriter } from '#sim/record/parquet/writer.ts'
import { inThisProcess } from './marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-parquet-'))
afterAll(() => rmSync(folder, { recursive: true }))
const real = (file: string) => resolve('test/data/logs', file)
let folders = 0

async function imported(format: string, path: string, options: readonly string[] = []) {
  const out = `out-${++folders}`
  const ended = await inThisProcess(['import', format, path, '--out', out, ...options], folder)
  const text = (name: string) => readFileSync(join(folder, out, name), 'utf8')
  return {
    ...ended,
    manifest: () => JSON.parse(text('import.json')),
    rows: () => text('trace.csv').trimEnd().split('\n').slice(1),
  }
}

test('OpenDC in milliseconds: 50 tasks, 490,060,070 processor-seconds', async () => {
  const { manifest, rows } = await imported('opendc', real('opendc-bitbrains-small.tasks.parquet'))
  expect(manifest()).toMatchObject({ rows: 50, read: 50, unitSeconds: '490060070', timeUnit: 'ms', skipped: {} })
  expect(rows()[0]).toBe('1376314546000,2592252000,1,1,server,zone-1,image,1019')
})

test('OpenDC in seconds since the epoch, by the number of digits', async () => {
  const { manifest } = await imported('opendc', real('opendc-small-gpu.tasks.parquet'))
  expect(manifest()).toMatchObject({ rows: 25, read: 25, unitSeconds: '120960000', timeUnit: 's' })
})

test('Parquet with --map: other columns, a window and a flavour of two columns', async () => {
  const map = ['--map', 'at=submission_time,lifetime=duration,flavour=cpu_count+mem_capacity', '--skip', 'cpu_count>4']
  const { manifest, rows } = await imported('csv', real('opendc-bitbrains-small.tasks.parquet'), map)
  const { read, leftOut } = manifest()
  expect(read + leftOut['--skip cpu_count>4']).toBe(50)
  expect(rows()[0].split(',')[4]).toBe('1-181352')
})

test('Parquet of other columns, a damaged file, and text for a format of Parquet are errors', async () => {
  const failures = await imported('opendc', real('opendc.two-failures.parquet'))
  expect(failures).toMatchObject({ code: 2, stderr: expect.stringContaining('no column "submission_time"') })
  const bytes = readFileSync(real('opendc-bitbrains-small.tasks.parquet'))
  writeFileSync(join(folder, 'cut'), bytes.subarray(0, 3000))
  expect(await imported('opendc', 'cut')).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be read') })
  writeFileSync(join(folder, 'text'), 'a,b\n1,2\n')
  expect(await imported('opendc', 'text')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is Parquet, and'),
  })
})

test('FOCUS in Parquet, in two groups of rows: instants, and decimals of both widths to the last digit', async () => {
  const parts: Uint8Array[] = []
  const text = (name: string) => ({ name, kind: 'text' }) as const
  const writer = new ParquetWriter(
    [
      ...['ChargeCategory', 'ServiceCategory', 'ConsumedUnit', 'ResourceId', 'BillingCurrency'].map(text),
      { name: 'ChargePeriodStart', kind: 'instant' },
      { name: 'ChargePeriodEnd', kind: 'instant' },
      { name: 'ConsumedQuantity', kind: 'decimal', scale: 8 },
      { name: 'BilledCost', kind: 'decimal', scale: 8, isWide: true },
    ],
    (bytes) => parts.push(bytes.slice()),
  )
  const words = (word: string) => ({ values: { words: [word], places: Int32Array.of(0) } })
  const start = BigInt(Date.parse('2024-03-01T00:00:00Z'))
  for (const hour of [0n, 1n])
    writer.rowGroup(
      [
        ...['Usage', 'Compute', 'Hours', 'i-1', 'USD'].map(words),
        { values: BigInt64Array.of(start + hour * 3_600_000n) },
        { values: BigInt64Array.of(start + (hour + 1n) * 3_600_000n) },
        { values: BigInt64Array.of(100_000_000n) },
        { values: [hour === 0n ? 12_345_678_901_234_567_890n : -1n] },
      ],
      1,
    )
  writer.end()
  writeFileSync(join(folder, 'focus.parquet'), Buffer.concat(parts))
  const { manifest, rows, stderr } = await imported('focus', 'focus.parquet')
  expect(stderr).toBe('')
  expect(manifest()).toMatchObject({ rows: 2, read: 2, unitSeconds: '7200', costs: { USD: '123456789012.34567889' } })
  expect(rows()).toEqual([`${start},7200000,1,1,server,zone-1,image,i-1`])
})
