/** `meter` and `reconcile` of Parquet that DuckDB has written: timestamps, decimals, codecs, groups of rows, nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lz4Block, lz4Blocks } from '#scenarios/logs/lz4.ts'
import { inThisProcess } from './marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-parquet-events-'))
afterAll(() => rmSync(folder, { recursive: true }))
const run = (...words: string[]) => inThisProcess(words, folder)

const events = `at,account,resource,do,product,flavour
2024-03-01T00:00:00.000Z,acme,s1,start,linux,m5
2024-03-01T02:30:00.000Z,zed,s2,start,,m5
2024-03-01T05:59:59.500Z,acme,s1,delete,,
2024-03-09T00:00:00.000Z,zed,s2,delete,,
`
const sql = (path: string) => `'${join(folder, path)}'`
let connection: Awaited<ReturnType<DuckDBInstance['connect']>>
let expected: unknown

beforeAll(async () => {
  connection = await (await DuckDBInstance.create()).connect()
  writeFileSync(join(folder, 'events.csv'), events)
  writeFileSync(join(folder, 'prices.csv'), 'kind,name,hourly,from\necs,m5,0.1,\nimage,linux,0.02,\n')
  expected = await metered('events.csv')
})

/** Has DuckDB write the answer to a query as Parquet. */
async function written(name: string, query: string, options = ''): Promise<string> {
  await connection.run(`COPY (${query}) TO ${sql(name)} (FORMAT parquet${options})`)
  return name
}

async function metered(file: string, ...words: string[]) {
  const { code, stdout, stderr } = await run('meter', file, '--prices', 'prices.csv', '--json', ...words)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const { bills, servers, images, events: count } = JSON.parse(stdout)
  return { bills, servers, images, count }
}

const read = `SELECT * REPLACE (WHEN) FROM (SELECT * FROM read_csv('${join(folder, 'events.csv')}', all_varchar = true))`
const as = (time: string) => read.replace('WHEN', `${time} AS "at"`)
const instant = `CAST(replace(replace("at", 'T', ' '), 'Z', '') AS TIMESTAMP)`

test.each([
  ['text', as('"at"'), ''],
  ['microseconds', as(instant), ''],
  ['milliseconds', as(`CAST(${instant} AS TIMESTAMP_MS)`), ''],
  ['nanoseconds', as(`CAST(${instant} AS TIMESTAMP_NS)`), ''],
  ['with a time zone', as('CAST("at" AS TIMESTAMPTZ)'), ''],
  ['snappy', as(instant), ', COMPRESSION snappy'],
  ['zstd', as(instant), ', COMPRESSION zstd'],
  ['gzip', as(instant), ', COMPRESSION gzip'],
  ['not compressed', as(instant), ', COMPRESSION uncompressed'],
  ['LZ4', as(instant), ', COMPRESSION lz4_raw'],
  ['brotli', as(instant), ', COMPRESSION brotli'],
  ['version 2 of pages', as(instant), ', PARQUET_VERSION v2'],
  ['nothing in place of empty text', `SELECT * REPLACE (nullif(product, '') AS product) FROM (${as(instant)})`, ''],
  [
    'other columns as well, in another order',
    `SELECT 'x' AS note, flavour, product, "do", resource, account, "at", 1.5 AS n FROM (${as(instant)})`,
    '',
  ],
  ['an enumeration', `SELECT * REPLACE (CAST("do" AS ENUM('start', 'delete')) AS "do") FROM (${as(instant)})`, ''],
])('meter reads %s as the CSV', async (name, query, options) => {
  const file = await written(`${name.replaceAll(' ', '-')}.parquet`, query, options)
  expect(await metered(file, '--time-zone', '+00:00')).toEqual(expected)
})

test.each([
  ['seconds of 32 bits', `CAST(epoch(${instant}) AS INTEGER)`, 1000],
  ['seconds of 64 bits', `CAST(epoch(${instant}) AS BIGINT)`, 1000],
  ['seconds with decimals', `CAST(epoch_ms(${instant}) AS DECIMAL(18,3)) / 1000`, 1],
  ['exact seconds', `CAST(epoch_ms(${instant}) * 0.001 AS DECIMAL(18,3))`, 1],
  ['milliseconds', `epoch_ms(${instant})`, 1],
  ['microseconds', `epoch_us(${instant})`, 1],
  ['nanoseconds', `epoch_ns(${instant})`, 1],
])('%s since the epoch are the same times for import', async (name, time, step) => {
  const file = await written(`epoch-${name.replaceAll(' ', '-')}.parquet`, as(time))
  const ended = await run('import', 'csv', file, '--map', 'at=at,account=account', '--out', name, '--json')
  expect(ended.stderr).toBe('')
  const trace = readFileSync(join(folder, name, 'trace.csv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
  const at = Date.parse('2024-03-01T05:59:59.500Z')
  expect(Number(trace[2].split(',')[0])).toBe(step === 1 ? at : Math.round(at / step) * step)
})

test('many groups of rows, with names from a dictionary: the totals are those of DuckDB and of the CSV', async () => {
  const query = `SELECT make_timestamp(1709251200000000 + (i // 2) * 60000000 + (i % 2) * 1800000000) AS "at", 'a' || ((i // 2) % 7) AS account,
    's' || (i // 2) AS resource, CASE i % 2 WHEN 0 THEN 'start' ELSE 'delete' END AS "do", '' AS product,
    CASE i % 2 WHEN 0 THEN 'm5' ELSE NULL END AS flavour FROM range(6000) t(i) ORDER BY 1, i`
  const file = await written('groups.parquet', query, ', ROW_GROUP_SIZE 2048')
  const groups = await connection.runAndReadAll(
    `SELECT count(DISTINCT row_group_id) FROM parquet_metadata(${sql(file)})`,
  )
  expect(Number(groups.getRows()[0][0])).toBeGreaterThan(2)
  await connection.run(
    `COPY (SELECT * REPLACE (strftime("at", '%Y-%m-%dT%H:%M:%SZ') AS "at") FROM read_parquet(${sql(file)})) TO ${sql('groups.csv')} (HEADER)`,
  )
  const found = await metered(file, '--time-zone', '+00:00')
  expect(found).toEqual(await metered('groups.csv'))
  // 3,000 servers of half an hour, which may be in two clock hours: 0.1 an hour, cut off in each.
  expect(found).toMatchObject({ count: 6000, servers: { seconds: 5400000 }, bills: { count: 7, charged: '149.99999' } })
})

test('reconcile reads invoices of exact decimals, of any width and place of the point', async () => {
  const invoice = (type: string, scale = '') =>
    `SELECT * FROM (VALUES ('acme', '2024-03', CAST(0.69998611 AS ${type})), ('zed', '2024-03', CAST(18.95${scale} AS ${type}))) t(account, month, charges)`
  const expectedAt = await run('meter', 'events.csv', '--prices', 'prices.csv', '--out', 'rated')
  expect(expectedAt.code).toBe(0)
  const bills = await connection.runAndReadAll(
    `SELECT account, charges FROM read_csv(${sql('rated/bills.csv')}, all_varchar = true) ORDER BY 1`,
  )
  const [acme, zed] = bills.getRows().map(([, charges]) => String(charges))
  for (const type of ['DECIMAL(18,8)', 'DECIMAL(38,8)', 'DECIMAL(9,8)', 'DECIMAL(38,12)']) {
    const amount = (text: string) => `CAST('${text}' AS ${type === 'DECIMAL(9,8)' ? 'DECIMAL(18,8)' : type})`
    const query = `SELECT * FROM (VALUES ('acme', DATE '2024-03-01', ${amount(acme)}), ('zed', DATE '2024-03-01', ${amount(zed)})) t(account, month, charges)`
    const file = await written(`invoices-${type.replace(/\W/g, '-')}.parquet`, query)
    const { code, stdout } = await run('reconcile', 'events.csv', '--prices', 'prices.csv', '--against', file)
    expect([type, code, stdout]).toEqual([type, 0, expect.stringContaining('2 agree')])
  }
  const other = await written('one-off.parquet', invoice('DECIMAL(18,8)'))
  expect((await run('reconcile', 'events.csv', '--prices', 'prices.csv', '--against', other)).code).toBe(3)
})

test('a file that is cut off, one without rows and one without a column are errors', async () => {
  await written('empty.parquet', `${as(instant)} LIMIT 0`)
  const none = await run('meter', 'empty.parquet', '--prices', 'prices.csv')
  expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('0 rows, 0 events') })
  writeFileSync(join(folder, 'cut.parquet'), readFileSync(join(folder, 'text.parquet')).subarray(0, 300))
  const cut = await run('meter', 'cut.parquet', '--prices', 'prices.csv')
  expect(cut).toMatchObject({ code: 2, stderr: expect.stringContaining('cut.parquet') })
  await written('lacking.parquet', `SELECT * EXCLUDE (resource) FROM (${as(instant)})`)
  const lacking = await run('meter', 'lacking.parquet', '--prices', 'prices.csv')
  expect(lacking).toMatchObject({ code: 2, stderr: expect.stringContaining('resource') })
})

test('a row that is wrong is named by its number', async () => {
  await written(
    'wrong.parquet',
    `SELECT * REPLACE (CASE WHEN resource = 's2' AND "do" = 'delete' THEN 'explode' ELSE "do" END AS "do") FROM (${as(instant)})`,
  )
  const { code, stderr } = await run('meter', 'wrong.parquet', '--prices', 'prices.csv', '--time-zone', '+00:00')
  expect(code).toBe(2)
  expect(stderr).toMatch(/wrong\.parquet, line 4: .*explode/)
})

test('LZ4: matches that reach into themselves, long lengths, blocks of Hadoop, and what is damaged', () => {
  // Two letters, then 300 more that repeat them: 4 + 15 + 255 + 26.
  const block = Uint8Array.of(0x2f, 97, 98, 2, 0, 255, 26, 0x50, 1, 2, 3, 4, 5)
  const text = `${'ab'.repeat(151)}\u0001\u0002\u0003\u0004\u0005`
  const plain = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
  expect(plain(lz4Block(block, 307))).toBe(text)
  const framed = Buffer.concat([Buffer.from([0, 0, 1, 51, 0, 0, 0, block.length]), block])
  expect(plain(lz4Blocks(Buffer.concat([framed, framed]), 614))).toBe(text + text)
  expect(plain(lz4Blocks(block, 307))).toBe(text)
  for (const [bytes, size] of [
    [block, 306],
    [block, 308],
    [block.subarray(0, 5), 307],
    [Uint8Array.of(0x0f, 1, 0, 0), 19],
  ] as const)
    expect(() => lz4Block(bytes, size)).toThrow(RangeError)
})
