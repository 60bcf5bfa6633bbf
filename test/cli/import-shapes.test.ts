/**
 * `marketsim import` of files as other programs write them: exports of databases as JSON lines, columns of objects, Parquet of other types
 * and codecs, logs with rows that are no use. The printed totals are those of the printed awk command.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { inThisProcess } from './marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-shapes-'))
afterAll(() => rmSync(folder, { recursive: true }))
let folders = 0

async function imported(format: string, file: string, options: readonly string[] = []) {
  const out = `out-${++folders}`
  const { code, stdout, stderr } = await inThisProcess(['import', format, file, '--out', out, ...options], folder)
  if (code !== 0) throw new Error(stderr)
  const text = (name: string) => readFileSync(join(folder, out, name), 'utf8')
  const [check] = [...stdout.matchAll(/^Check +(.*)$/gm)].map(([, command]) =>
    execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' }).trim(),
  )
  return { manifest: JSON.parse(text('import.json')), rows: text('trace.csv').trimEnd().split('\n').slice(1), check }
}

const swf = (...fields: number[]) => Array.from({ length: 18 }, (_, field) => fields[field] ?? -1).join(' ')

const texts: readonly [name: string, format: string, log: string, found: object, check: string][] = [
  [
    'SWF: a job of no processors used none, those requested count where those used are unknown, and a negative time is before the origin',
    'swf',
    [
      '; UnixStartTime: 1000000000',
      swf(1, 5, 0, 10, 0, -1, -1, 4),
      swf(2, 6, 0, 10, 2, -1, -1, 4),
      swf(3, 7, -1, 10, -1, -1, -1, 8),
      swf(4, 7, -1, 10, -1, -1, -1, -1),
      swf(5, -5, 3, 60, 1),
      swf(6, -1, 3, 60, 1),
      swf(7, 20, 3, -1, 1),
      swf(3, 7, -1, 10, -1, -1, -1, 8),
      '8 30 5 60 1',
    ].join('\r\n'),
    {
      ...{ rows: 9, read: 4, unitSeconds: '240' },
      skipped: { 'quantity of 0 or less': 1, 'no quantity': 1, 'no time': 1, 'no lifetime': 1, fields: 1 },
    },
    '4 240.000',
  ],
  [
    'GWF: processors of 0 are not those requested',
    'gwf',
    'JobID,SubmitTime,RunTime,NProcs,ReqNProcs\n1,16,11,0,3\n2,16,11,-1,3\n3,16,11,2,3\n',
    { read: 2, unitSeconds: '55', skipped: { 'quantity of 0 or less': 1 } },
    '2 55.000',
  ],
  [
    'Alibaba 2023: pods of a cluster of GPUs; one that was never scheduled has used nothing',
    'alibaba-gpu',
    `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
openb-pod-0000,12000,16384,1,1000,,LS,Running,0,600,0.0
openb-pod-0001,6000,12288,0,460,V100M16|V100M32,BE,Succeeded,100,250,150.0
openb-pod-0002,6000,12288,1,460,,BE,Pending,100,900,
`,
    { rows: 3, read: 2, unitSeconds: '700', skipped: { 'no time': 1 } },
    '2 700.000',
  ],
  [
    'Google 2019 as JSON lines, which leave out what is null: kinds as numbers and words, times as text',
    'google',
    [
      { time: '0', type: 0, collection_id: '100', instance_index: '0' },
      { time: '1000000', type: 3, collection_id: '100', instance_index: '0', machine_id: '5' },
      { time: '2000000', type: 'SCHEDULE', collection_id: '100', instance_index: '1', machine_id: '5' },
      { time: '61000000', type: 6, collection_id: '100', instance_index: '0', machine_id: '5' },
      { time: '62000000', type: 'FINISH', collection_id: '100', instance_index: '1', machine_id: '5' },
    ]
      .map((each) => JSON.stringify(each))
      .join('\n'),
    { rows: 5, read: 2, unitSeconds: '120', leftOut: { 'event that neither begins nor ends a use': 1 } },
    '2 120.000',
  ],
  [
    'FOCUS as a list of objects: columns that the first object lacks',
    'focus',
    JSON.stringify(
      [1, 2].map((hour) => ({
        ...{ ChargeCategory: 'Usage', ServiceCategory: 'Compute', ConsumedUnit: 'Hours', ConsumedQuantity: 0.5 },
        ...{ ChargePeriodStart: `2024-03-01T0${hour}:00:00Z`, ChargePeriodEnd: `2024-03-01T0${hour + 1}:00:00Z` },
        ...(hour === 1 ? {} : { BilledCost: 0.25, BillingCurrency: 'EUR', ResourceId: null }),
      })),
    ),
    { rows: 2, read: 2, unitSeconds: '3600', costs: { EUR: '0.25' } },
    '2 3600.000',
  ],
]

test.each(texts)('%s', async (_, format, log, found, expected) => {
  const file = `log-${folders}`
  writeFileSync(join(folder, file), log)
  const { manifest, check } = await imported(format, file)
  expect(manifest).toMatchObject(found)
  expect(check).toBe(expected)
})

test('AWS CUR 2.0: the operating system is in the map of a product', async () => {
  const head =
    'line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,line_item_usage_amount,product_instance_type,product,resource_tags'
  const row = (hour: number, product: string) =>
    `2,Usage,2024-03-01T0${hour}:00:00.000Z,2024-03-01T0${hour + 1}:00:00.000Z,AmazonEC2,1.0,m5.large,${product},"{""user_team"":""a,b""}"`
  const log = [head, row(0, '"{""operating_system"":""Windows"",""tenancy"":""Shared""}"'), row(1, '{}'), row(2, '')]
  writeFileSync(join(folder, 'cur.csv'), `${log.join('\n')}\n`)
  const { rows } = await imported('aws-cur', 'cur.csv')
  expect(rows.map((each) => each.split(',')[6])).toEqual(['Windows', 'AmazonEC2', 'AmazonEC2'])
})

const task = `range(3) t(i)`
const instants = ['TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMPTZ', 'DATE']
const numbers = ['UTINYINT', 'HUGEINT', 'FLOAT', 'DECIMAL(38,10)']
const codecs = ['uncompressed', 'gzip', 'zstd', 'brotli', 'lz4_raw']

/** SQL of OpenDC's tasks: three of two processors for a minute. Durations are milliseconds, however instants are written. */
const tasks = (at: string, cpus: string): string =>
  `SELECT 't' || i AS id, (TIMESTAMP '2024-03-01' + INTERVAL (i) DAY)::${at} AS submission_time, 60000 AS duration, 2::${cpus} AS cpu_count FROM ${task}`

async function written(sql: string, options = ''): Promise<string> {
  const name = `log-${++folders}.parquet`
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(`SET TimeZone = 'UTC'; COPY (${sql}) TO '${join(folder, name)}' (FORMAT parquet${options})`)
  return name
}

test.each([
  ...instants.map((type) => [`instants of ${type}`, tasks(type, 'INTEGER'), ''] as const),
  ...numbers.map((type) => [`processors of ${type}`, tasks('TIMESTAMP', type), ''] as const),
  ...codecs.map((codec) => [codec, tasks('TIMESTAMP', 'BIGINT'), `, CODEC '${codec}', PARQUET_VERSION V2`] as const),
])('Parquet, %s: three tasks, 360 processor-seconds', async (_, sql, options) => {
  const { manifest } = await imported('opendc', await written(sql, options))
  expect(manifest).toMatchObject({ rows: 3, read: 3, unitSeconds: '360', skipped: {} })
  expect(manifest.written).toMatchObject({ first: '2024-03-01T00:00:00+00:00', last: '2024-03-03T00:01:00+00:00' })
})

test('Parquet: keys of structs and maps are columns of --map', async () => {
  const file = await written(
    `SELECT {'start': TIMESTAMP '2024-03-01', 'seconds': 60::BIGINT} AS usage, MAP {'team': 'web'} AS tags FROM ${task}`,
  )
  const { manifest, rows } = await imported('csv', file, [
    '--map',
    'at=usage.start,lifetime=usage.seconds,account=tags.team',
  ])
  expect(manifest).toMatchObject({ rows: 3, read: 3, unitSeconds: '180' })
  expect(rows[0].split(',')[3]).toBe('web')
})

const refused: readonly [name: string, format: string, make: () => string | Promise<string>, message: string][] = [
  [
    'a type that is not read',
    'opendc',
    () => written(`SELECT 1 AS cpu_count, now() AS submission_time, INTERVAL 3 SECOND AS duration`),
    'write the file again with numbers, texts or timestamps',
  ],
  [
    'a folder',
    'csv',
    () => {
      mkdirSync(join(folder, 'parts'))
      return 'parts'
    },
    "those of the folder by a pattern in quotes: 'parts/*'",
  ],
  [
    'another table of Alibaba',
    'alibaba',
    () => {
      writeFileSync(join(folder, 'jobs.csv'), 'm1,T4,96,512,2,1,7\n')
      return 'jobs.csv'
    },
    'no column "start_time"',
  ],
]

test.each(refused)('%s: says what to do', async (_, format, make, message) => {
  const file = await make()
  const ended = await inThisProcess(
    ['import', format, file, '--out', 'none', ...(format === 'csv' ? ['--map', 'at=at'] : [])],
    folder,
  )
  expect(ended.code).toBe(2)
  expect(ended.stderr).toContain(message)
})
