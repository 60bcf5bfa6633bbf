/** `marketsim import` of Parquet: OpenDC traces, and bills as columns. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
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
