/** A trace that is a log of a format of `import`: a run reads it as the command does, without files in between. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { readScenario } from '#scenarios/reader.ts'
import { live } from '#sim/run/simulate.ts'
import { inThisProcess } from '../cli/marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-trace-log-'))
afterAll(() => rmSync(folder, { recursive: true }))
let folders = 0

const OWN_KEYS =
  / {8}origin: 1970-01-01T00:00:00Z\n {8}columns: \{ at: at, lifetime: lifetime, quantity: quantity, flavour: flavour, buyer: buyer \}\n {8}unit: ms\n/g

/** The scenario that `import` writes for a log, and the same one that reads the log itself. */
async function both(format: string, log: string | Uint8Array, options: readonly string[], keys: string) {
  const out = join(folder, `out-${++folders}`)
  mkdirSync(out)
  const isFile = typeof log === 'string' && log.startsWith('/')
  if (isFile) copyFileSync(log, join(out, 'log'))
  else writeFileSync(join(out, 'log'), log)
  const { code, stderr } = await inThisProcess(['import', format, 'log', '--out', 'made', ...options], out)
  if (code !== 0) throw new Error(stderr)
  const text = readFileSync(join(out, 'made', 'scenario.yaml'), 'utf8')
  copyFileSync(join(out, 'log'), join(out, 'made', 'log'))
  const direct = text
    .replaceAll('file: trace.csv', 'file: log')
    .replaceAll(OWN_KEYS, `        import: { format: ${format}, ${keys} }\n`)
  expect(direct).not.toBe(text)
  writeFileSync(join(out, 'made', 'direct.yaml'), direct)
  const imported = await readScenario(join(out, 'made', 'scenario.yaml'))
  return { imported, out: join(out, 'made'), read: () => readScenario(join(out, 'made', 'direct.yaml')) }
}

const ordersOf = ({ traces }: Awaited<ReturnType<typeof readScenario>>) =>
  [...traces].map(([segment, { digest: _, ...trace }]) => [segment, trace])

const real = (file: string) => resolve('test/data/logs', file)
const google = [
  '600000000,,7,0,,1,u,2,9,0.1,0.1,0,0',
  '600000000,,7,1,,1,u,2,9,0.1,0.1,0,0',
  '660000001,,7,0,,4,u,2,9,0.1,0.1,0,0',
].join('\n')
const curHead =
  'lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ResourceId,lineItem/UsageAmount,product/instanceType,pricing/unit,product/region'
const cur = (hour: number, resource: string, amount: string) =>
  `111,Usage,2024-03-01T0${hour}:00:00Z,2024-03-01T0${hour + 1}:00:00Z,${resource},${amount},m5.large,Hrs,us-east-1`
const cloudEvent = (id: string, seconds: number) =>
  `{"specversion":"1.0","source":"/eu","id":"${id}","time":"2024-03-01T08:00:00Z","subject":"acme","data":{"seconds":${seconds},"quantity":2}}`
const places =
  'site;team;begin;run;n;size;image\n' +
  'eu west;Bär;03.03.2024;1;1,5;2 x 4;linux\n' +
  'eu west;Bär;2024-03-04 02:00:00;1.250,5;16;2 x 4;linux\n' +
  'us;bo;2024-03-05 01:00:00;7,25;33;8;windows\n' +
  'us;al;2024-03-31 03:30:00;9;0,5;8;linux\n'

const cases: readonly [
  name: string,
  format: string,
  log: string | Uint8Array,
  options: readonly string[],
  keys: string,
][] = [
  ['SWF', 'swf', real('batsim-easy-medium.swf'), [], ''],
  [
    'SWF, part of it',
    'swf',
    real('batsim-easy-medium.swf'),
    ['--scale', '0.4', '--seed', '3', '--skip', 'run<60', '--shift', '2d', '--begins', 'started'],
    'scale: 0.4, sampleSeed: 3, skip: run<60, shift: 2d, begins: started',
  ],
  [
    'SWF, repeated',
    'swf',
    real('batsim-easy-medium.swf'),
    ['--scale', '2.5', '--units-per-server', '3'],
    'scale: 2.5, unitsPerServer: 3',
  ],
  ['GWF', 'gwf', real('opendc.trace.gwf'), [], ''],
  ['OpenDC', 'opendc', real('opendc-small-gpu.tasks.parquet'), [], ''],
  ['Azure, compressed', 'azure', real('azure.vmtable.csv.gz'), ['--pseudonyms'], 'pseudonyms: true'],
  ['Google', 'google', google, ['--origin', '2024-05-01T00:00:00Z'], 'origin: 2024-05-01T00:00:00Z'],
  ['Alibaba', 'alibaba', 'M1,3,j_1,1,Terminated,100,160,50.0,0.2\nM3,2,j_1,1,Running,100,0,50.0,0.2\n', [], ''],
  [
    'AWS',
    'aws-cur',
    `${curHead}\n${[cur(0, 'i', '1'), cur(1, 'i', '0.5'), cur(1, 'fleet', '2.5')].join('\n')}\n`,
    [],
    '',
  ],
  ['FOCUS', 'focus', real('focus-1.0-sample.csv'), ['--from', '2024-09-01'], 'from: 2024-09-01T00:00:00Z'],
  [
    'CSV of analysts, several zones and products',
    'csv',
    Buffer.from(places, 'latin1'),
    [
      '--map',
      'at=begin,lifetime=run,quantity=n,account=team,flavour=size,zone=site,product=image',
      '--units-per-server',
      '16',
      '--lifetime-unit',
      'h',
      '--time-zone',
      'Europe/Berlin',
      '--until',
      '2024-04-30',
    ],
    'map: { at: begin, lifetime: run, quantity: n, account: team, flavour: size, zone: site, product: 7 }, unitsPerServer: 16, lifetimeUnit: h, timeZone: Europe/Berlin, until: 2024-04-30T00:00:00+01:00',
  ],
  [
    'JSON lines, zstd',
    'jsonl',
    zstdCompressSync(
      '{"run":{"start":1709280000,"s":30},"team":"a","n":2}\nnot json\n{"run":{"start":1709290000000,"s":"5"},"team":"b"}\n',
    ),
    ['--map', 'at=run.start,lifetime=run.s,account=team,quantity=n', '--unit', 's'],
    'map: { at: run.start, lifetime: run.s, account: team, quantity: n }, unit: s',
  ],
  [
    'CloudEvents',
    'cloudevents',
    gzipSync(`${cloudEvent('1', 90)}\n[${cloudEvent('1', 90)},${cloudEvent('2', 5)}]\n`),
    [],
    '',
  ],
]

test.each(cases)('%s: the orders of the log itself are those of the trace that import makes of it', async (...row) => {
  const [, format, log, options, keys] = row
  const { imported, read } = await both(format, log, options, keys)
  const direct = await read()
  expect(ordersOf(direct)).toEqual(ordersOf(imported))
  expect(ordersOf(direct).length).toBeGreaterThan(0)
})

test('a run of the log has the history of a run of its trace, with one thread and with two', async () => {
  const { imported, read, out } = await both('swf', real('batsim-easy-medium.swf'), [], '')
  const digest = async ({ scenario, traces }: typeof imported, threads: number) => {
    const run = join(out, `run-${++folders}`)
    mkdirSync(run)
    const request = { scenario, traces: Object.fromEntries(traces), seed: '1', threads, folder: run }
    return (await live(request)).digest
  }
  const direct = await read()
  const expected = await digest(imported, 1)
  expect(await digest(direct, 1)).toBe(expected)
  expect(await digest(direct, 2)).toBe(expected)
})

test('the hash follows the log, what is taken of it, and not the seed', async () => {
  const { read, out } = await both(
    'google',
    google,
    ['--origin', '2024-05-01T00:00:00Z'],
    'origin: 2024-05-01T00:00:00Z',
  )
  const hash = async () => (await read()).hash
  const text = readFileSync(join(out, 'direct.yaml'), 'utf8')
  const first = await hash()
  writeFileSync(join(out, 'direct.yaml'), text.replace('seed: 1', 'seed: 2'))
  expect(await hash()).toBe(first)
  writeFileSync(join(out, 'direct.yaml'), text.replace('format: google', 'format: google, scale: 2'))
  expect(await hash()).not.toBe(first)
  writeFileSync(join(out, 'direct.yaml'), text)
  // One use begins a second later; no option changes.
  writeFileSync(join(out, 'log'), google.replace('600000000,,7,1', '601000000,,7,1'))
  expect(await hash()).not.toBe(first)
})

const market = (segments: string) => `name: shared
question: What does one log feed?
start: 2024-03-01T00:00:00Z
end: 2024-04-01T00:00:00Z
seed: 1
currency: USD
money: ignore
policies: { time.utcOffset: "+00:00" }
regions:
  - id: r
    zones:
      - { id: a, pools: [{ flavour: small, capacity: 99 }, { flavour: large, capacity: 99 }] }
sellers: [{ segment: sellers }]
catalog:
  - { id: image, kind: image, seller: sellers/1, category: infrastructure, specifications: [{ id: hour, billing: pay-per-use }] }
buyers:
${segments}
`

const segment = (name: string, keys: string, more = '', buy = '') => `  - segment: ${name}
    load: { trace: { file: log.csv, import: { format: csv, map: { at: start, lifetime: run, quantity: cores, account: who }, unit: s, unitsPerServer: 16${keys} }${more} } }
    buys: [{ product: image, specification: hour, flavour: small${buy} }]`

const csv = `start,run,cores,who,queue,site
2024-03-01 00:00:00,60,16,a,short,eu
2024-03-02 00:00:00,3600,64,b,long,eu
2024-03-03 00:00:00,60,9,a,short,us
2024-03-04 00:00:00,7200,17,c,long,us
`

async function shared(segments: string, log = csv) {
  const out = join(folder, `shared-${++folders}`)
  mkdirSync(out)
  writeFileSync(join(out, 'log.csv'), log)
  writeFileSync(join(out, 'x.yaml'), market(segments))
  try {
    return await readScenario(join(out, 'x.yaml'))
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.faults
    throw error
  }
}

test('one log feeds several segments by any column, in servers of 16 units', async () => {
  const read = await shared(
    [
      segment('short', ', without: [flavour]', ', where: { queue: short }'),
      segment('long', ', without: [flavour]', ', where: { queue: [long], site: eu }'),
      segment(
        'rest',
        ', without: [flavour, lifetime, quantity]',
        ', where: { site: us }',
        ', lifetime: 1h, quantity: 2',
      ),
      segment(
        'sized',
        ', map: { at: start, lifetime: run, quantity: cores, flavour: queue, account: who }',
        ', flavours: { short: small, long: large }',
      ).replace('map: { at: start, lifetime: run, quantity: cores, account: who }, ', ''),
      segment('b', ', without: [flavour]', ', where: { buyer: b }'),
    ].join('\n'),
  )
  if (!('traces' in read)) throw new Error(JSON.stringify(read))
  const day = (date: number) => Date.UTC(2024, 2, date)
  expect(ordersOf(read)).toMatchObject([
    ['short', { at: Float64Array.of(day(1), day(3)), quantity: Int32Array.of(1, 1), buyers: ['a'], flavour: null }],
    [
      'long',
      { at: Float64Array.of(day(2)), quantity: Int32Array.of(4), lifetime: Float64Array.of(3_600_000), buyers: ['b'] },
    ],
    ['rest', { at: Float64Array.of(day(3), day(4)), lifetime: null, buyers: ['a', 'c'] }],
    [
      'sized',
      { flavours: ['small', 'large'], flavour: Int32Array.of(0, 1, 0, 1), quantity: Int32Array.of(1, 4, 1, 2) },
    ],
    ['b', { buyers: ['b'] }],
  ])
  expect(read.warnings.map(({ code }) => code).filter((code) => code.startsWith('trace'))).toEqual([])
})

const wrong: readonly [name: string, segments: string, log: string, place: RegExp, words: RegExp][] = [
  [
    'a column that the log lacks',
    segment('s', '').replace('at: start', 'at: begin'),
    csv,
    /x\.yaml/,
    /no column "begin".*did you mean|no column "begin"/s,
  ],
  [
    'a column of where',
    segment('s', ', without: [flavour]', ', where: { line: x }'),
    csv,
    /x\.yaml/,
    /where: the log has no column "line"/,
  ],
  [
    'a value of where',
    segment('s', ', without: [flavour]', ', where: { queue: x }'),
    csv,
    /^log\.csv$/,
    /no row of 4 is a use that is taken: 4 not what where says/,
  ],
  [
    'a buyer that is not there',
    segment('s', ', without: [flavour]', ', where: { buyer: z }'),
    csv,
    /^log\.csv$/,
    /no order is what `where` says/,
  ],
  [
    'an order before the run',
    segment('s', ', without: [flavour], shift: -2d'),
    csv,
    /^log\.csv$/,
    /an order at 2024-02-28T00:00:00Z, before the run/,
  ],
  ['a flavour without a pool', segment('s', ''), csv, /^log\.csv$/, /no pool of "server".*without: \[flavour\]/],
  [
    'a row that cannot be read, strictly',
    segment('s', ', without: [flavour], strict: true'),
    csv.replace('60,16', 'x,16'),
    /x\.yaml/,
    /unreadable lifetime/,
  ],
  [
    'the wrong format',
    segment('s', '').replace('format: csv', 'format: opendc'),
    csv,
    /x\.yaml/,
    /is Parquet, and this file is not/,
  ],
  ['a zone', segment('s', ', timeZone: Europe/Nowhere'), csv, /x\.yaml/, /Europe\/Nowhere is neither/],
  ['columns next to import', segment('s', '', ', columns: { at: start }'), csv, /x\.yaml/, /columns within import/],
  [
    'no columns',
    segment('s', '').replace(/, import: \{.*\} \} \}$/m, ', origin: 2024-03-01T00:00:00Z } }'),
    csv,
    /x\.yaml/,
    /columns, or import/,
  ],
  ['a part that is not there', segment('s', ', parts: [more.csv]'), csv, /x\.yaml/, /there is no file "more.csv"/],
  ['a part outside of the folder', segment('s', ', parts: [../more.csv]'), csv, /x\.yaml/, /leads out of the folder/],
]

test.each(wrong)('%s is an error', async (_, segments, log, place, words) => {
  const faults = await shared(segments, log)
  if ('traces' in faults) throw new Error('it was read')
  const said = faults.map(({ file, what, expected, hint }) => `${what}; ${expected}; ${hint} ${file}`)
  expect(said.join('\n')).toMatch(words)
  expect(faults[0].file).toMatch(place)
})

test('rows that cannot be read are a warning with their reasons; a log of several parts is one', async () => {
  const out = join(folder, `parts-${++folders}`)
  mkdirSync(out)
  writeFileSync(join(out, 'log.csv'), csv.replace('60,16', 'x,16'))
  writeFileSync(join(out, 'more.csv.gz'), gzipSync(`site,who,cores,run,start\neu,z,32,5,2024-03-09T00:00:00Z\n`))
  writeFileSync(join(out, 'x.yaml'), market(segment('s', ', without: [flavour], parts: [more.csv.gz]')))
  const { traces, warnings } = await readScenario(join(out, 'x.yaml'))
  expect(traces.get('s')).toMatchObject({ quantity: Int32Array.of(4, 1, 2, 2), buyers: ['b', 'a', 'c', 'z'] })
  const warning = warnings.find(({ code }) => code === 'trace-rows-skipped')
  expect(warning).toMatchObject({ file: 'log.csv', what: expect.stringContaining('of 5, 1 unreadable lifetime') })
})
