/** One log in every container: `meter`, `reconcile` and `import` read the same of it, and say which row is wrong. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SeenNames } from '#scenarios/logs/seen-names.ts'
import { inThisProcess } from './marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-readers-'))
afterAll(() => rmSync(folder, { recursive: true }))
const run = (...words: string[]) => inThisProcess(words, folder)
const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text)

const rows = [
  { at: '2024-05-31T08:20:00+08:00', account: 'zeta', resource: 'i-2', do: 'start', product: '', flavour: 'c7' },
  { at: '2024-05-31T08:40:01+08:00', account: 'zeta', resource: 'i-2', do: 'delete', product: '', flavour: '' },
  { at: '2024-05-31T20:43:07+08:00', account: 'acme, "b"', resource: 'i-1', do: 'start', product: 'A', flavour: 'c7' },
  { at: '2024-05-31T23:10:00+08:00', account: 'acme, "b"', resource: 'i-1', do: 'delete', product: '', flavour: '' },
]
const names = Object.keys(rows[0]) as (keyof (typeof rows)[0])[]
const line = (row: (typeof rows)[0]) => names.map((name) => `"${row[name].replaceAll('"', '""')}"`).join(',')
const csv = `${names.join(',')}\n${rows.map(line).join('\n')}\n`
const nested = rows.map(({ at, account, ...data }) => ({ Time: at, who: { account }, data }))
let expected = ''

beforeAll(async () => {
  write('prices.csv', 'kind,name,hourly,from\necs,c7,0.5,\nimage,A,0.1,\n')
  write('events.csv', csv)
  const ended = await run('meter', 'events.csv', '--prices', 'prices.csv', '--json')
  expect(ended.code).toBe(0)
  expected = JSON.stringify(JSON.parse(ended.stdout).bills)
  await run('meter', 'events.csv', '--prices', 'prices.csv', '--out', 'rated')
})

const mapped = [
  '--map',
  'at=Time,account=who.account,resource=data.resource,do=data.do,product=data.product,flavour=data.flavour',
]

test.each([
  ['JSON lines', rows.map((row) => JSON.stringify(row)).join('\n'), []],
  ['JSON lines, compressed', gzipSync(rows.map((row) => JSON.stringify(row)).join('\n')), []],
  ['JSON lines in UTF-16', Buffer.from(`\ufeff${rows.map((row) => JSON.stringify(row)).join('\n')}`, 'utf16le'), []],
  ['a list on one line', JSON.stringify(rows), []],
  ['a list over many lines', JSON.stringify(rows, null, 2), []],
  ['objects over many lines', rows.map((row) => JSON.stringify(row, null, 4)).join('\n\n'), []],
  ['objects in objects', nested.map((row) => JSON.stringify(row)).join('\n'), mapped],
  ['a list, compressed', zstdCompressSync(JSON.stringify(rows, null, 1)), []],
])('meter reads %s as the same log', async (_, text, options) => {
  write('log.json', text)
  const { code, stdout, stderr } = await run('meter', 'log.json', '--prices', 'prices.csv', '--json', ...options)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(JSON.stringify(JSON.parse(stdout).bills)).toBe(expected)
  expect(JSON.parse(stdout).read.container).toBe('json')
})

test.each([
  ['not JSON', `${JSON.stringify(rows[0])}\n\n{"at": \n`, 'line 3'],
  ['a role that comes late', `${'{"at":1,"account":"a","resource":"r"}\n'.repeat(1000)}{"do":"start"}\n`, 'line 1001'],
])('%s is refused with its line', async (_, text, where) => {
  write('wrong.json', text)
  const { code, stderr } = await run('meter', 'wrong.json', '--prices', 'prices.csv')
  expect(code).toBe(2)
  expect(stderr).toContain('wrong.json')
  if (where === 'line 3') expect(stderr).toContain(where)
})

test('a problem names the line of the JSON', async () => {
  const [first, ...others] = rows.map((row) => JSON.stringify(row))
  write('twice.json', `${first}\n\n\n${first.replace('08:20', '08:30')}\n${others.join('\n')}\n`)
  const { stderr } = await run('meter', 'twice.json', '--prices', 'prices.csv')
  expect(stderr).toContain('twice.json, line 4: i-2')
})

test('several files are one log, whether their last lines end or not', async () => {
  const [head, ...lines] = csv.trimEnd().split('\n')
  write('part-1.csv', `\ufeff${head}\n${lines.slice(0, 2).join('\n')}`)
  write('part-2.csv', `\ufeff${head}\n${lines.slice(2).join('\n')}\n`)
  const { stdout } = await run('meter', 'part-*.csv', '--prices', 'prices.csv', '--json')
  expect(JSON.stringify(JSON.parse(stdout).bills)).toBe(expected)
  const none = await run('meter', 'none-*.csv', '--prices', 'prices.csv')
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("no file is called 'none-*.csv'") })
})

test('reconcile reads charges as JSON, and so does it of several files', async () => {
  write(
    'bills.json',
    JSON.stringify(
      [
        { Account: 'zeta', Month: '2024-05', Charges: 0.1667 },
        { Account: 'acme, "b"', Month: '2024-05', Charges: 1 },
      ],
      null,
      2,
    ),
  )
  const { code, stdout } = await run('reconcile', 'events.csv', '--prices', 'prices.csv', '--against', 'bills.json')
  expect(code).toBe(3)
  expect(stdout).toMatch(/bills.json: JSON\n/)
  expect(stdout).toMatch(/2 differ/)
})

test('--from: a log of another format is the one that `import --as events` writes', async () => {
  const job = (id: number, at: number, run: number) => `${id} ${at} 0 ${run} 1 -1 -1 1 -1 -1 1 7 -1 -1 -1 -1 -1 -1`
  write('jobs.swf', `; UnixStartTime: 1714550400\n${job(1, 0, 3600)}\n${job(2, 60, 1800)}\n; end\n${job(3, 90, -1)}\n`)
  write('server.csv', 'kind,name,hourly,from\necs,server,0.5,\n')
  await run('import', 'swf', 'jobs.swf', '--as', 'events', '--out', 'jobs')
  const by = async (...words: string[]) => run('meter', ...words, '--prices', 'server.csv', '--json')
  const imported = await by('jobs/events.csv')
  const direct = await by('jobs.swf', '--from', 'swf')
  expect(JSON.parse(direct.stdout)).toMatchObject({ bills: { charged: '0.75' } })
  expect(JSON.parse(direct.stdout).bills).toEqual(JSON.parse(imported.stdout).bills)
  const printed = await run('meter', 'jobs.swf', '--from', 'swf', '--prices', 'server.csv')
  expect(printed.stdout).toContain('Read       jobs.swf as swf: 3 rows, 2 read as uses; skipped 1 no lifetime')
  write('seven.csv', 'account,month,charges\n7,2024-05,0.75\n')
  const same = await run('reconcile', 'jobs.swf', '--from', 'swf', '--prices', 'server.csv', '--against', 'seven.csv')
  expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining('1 agree') })
})

test('import reads the parts of a trace as one', async () => {
  write('trace-1.csv', 'at;lifetime\n2024-03-01;60\n2024-03-02;60\n')
  write('trace-2.csv', 'at;lifetime\n2024-03-03;60,5\n')
  const words = ['--map', 'at=at,lifetime=lifetime', '--out', 'parts', '--json']
  const { code, stdout } = await run('import', 'csv', 'trace-1.csv', 'trace-2.csv', ...words)
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ rows: 3, read: 3, unitSeconds: '180.5', parts: ['trace-2.csv'] })
})

test('time zones by name: daylight saving, an hour that comes twice, and one that does not come', async () => {
  write(
    'berlin.csv',
    'at,lifetime\n2024-03-30 12:00,60\n2024-03-31 03:00,60\n2024-07-01 12:00,60\n2024-10-27 02:30,60\n2024-03-31 02:30,60\n',
  )
  const words = [
    '--map',
    'at=at,lifetime=lifetime',
    '--time-zone',
    'Europe/Berlin',
    '--as',
    'events',
    '--out',
    'berlin',
  ]
  const { code, stdout } = await run('import', 'csv', 'berlin.csv', ...words)
  expect(code).toBe(0)
  expect(stdout).toContain('Twice      times in an hour that clocks show twice: 1; the first is meant')
  const events = readFileSync(join(folder, 'berlin', 'events.csv'), 'utf8').split('\n')
  expect(events.filter((each) => each.includes('start')).map((each) => each.split(',')[0])).toEqual([
    '2024-03-30T12:00:00+01:00',
    '2024-03-31T02:00:00+01:00',
    '2024-07-01T11:00:00+01:00',
    '2024-10-27T01:30:00+01:00',
  ])
  expect(readFileSync(join(folder, 'berlin', 'skipped.csv'), 'utf8')).toContain('6,unreadable time,2024-03-31 02:30')
  const local = csv.replaceAll('+08:00', '')
  write('local.csv', local)
  const asked = await run('meter', 'local.csv', '--prices', 'prices.csv', '--time-zone', 'Asia/Shanghai', '--json')
  expect(JSON.stringify(JSON.parse(asked.stdout).bills)).toBe(expected)
})

test('identities of events are kept as bits, up to a bound', () => {
  const seen = new SeenNames(3_000)
  const names = Array.from({ length: 3_000 }, (_, index) => JSON.stringify([`/source/${index % 7}`, String(index)]))
  expect(names.filter((name) => seen.add(name))).toEqual([])
  expect(names.every((name) => seen.add(name))).toBe(true)
  expect(() => seen.add('one more')).toThrow('more than 3000 events with an identity')
})

test('our own FOCUS is read as the log that it was made of: 0 differences', async () => {
  write('servers.csv', csv.replaceAll('"A"', '""'))
  write('c7.csv', 'kind,name,hourly,from\necs,c7,0.5,\necs,ecs/c7,0.5,\nimage,Elastic Cloud Server,0,\n')
  await run('meter', 'servers.csv', '--prices', 'c7.csv', '--format', 'focus', '--out', 'focus')
  const words = [
    'reconcile',
    'focus/focus.csv',
    '--from',
    'focus',
    '--prices',
    'c7.csv',
    '--against',
    'focus/focus.csv',
  ]
  const { code, stdout } = await run(...words)
  expect(stdout).toContain('3 agree, 0 differ, 0 missing, 0 unknown')
  expect(code).toBe(0)
})

test('meter says how many times are in an hour that clocks show twice', async () => {
  const times = ['2024-10-27 01:59:59', '2024-10-27 02:00:00', '2024-10-27 02:59:59', '2024-10-27 03:00:00']
  const log = times.map((at, index) => `${at},a,r${index >> 1},${index % 2 === 0 ? 'start' : 'delete'},,c7\n`)
  const own = ['2024-10-27T02:30:00+02:00', '2024-10-27T02:30:00+01:00']
  log.push(...own.map((at, index) => `${at},a,s,${index === 0 ? 'start' : 'delete'},,c7\n`))
  write('twice.csv', `at,account,resource,do,product,flavour\n${log.join('')}`)
  const words = ['twice.csv', '--prices', 'prices.csv', '--time-zone', 'Europe/Berlin']
  const { stdout } = await run('meter', ...words)
  expect(stdout).toContain('twice.csv: 2 times in an hour that clocks show twice, of which the first is meant')
  const { read, servers } = JSON.parse((await run('meter', ...words, '--json')).stdout)
  expect(read.twice).toBe(2)
  // One second; an hour and a second, because 02:59:59 is meant before the clocks go back; an hour by its own offsets.
  expect(servers.seconds).toBe(1 + 3601 + 3600)
})
