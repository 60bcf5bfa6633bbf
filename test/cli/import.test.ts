/** `marketsim import`: logs of each format, what is read of them, and totals that other programs compute as well. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { readScenario } from '#scenarios/reader.ts'
import { inThisProcess, marketsim } from './marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-import-'))
afterAll(() => rmSync(folder, { recursive: true }))
const real = (file: string) => resolve('test/data/logs', file)
let folders = 0

/** Writes a log and imports it: what was printed, and the files by name. */
async function imported(format: string, log: string | Uint8Array, options: readonly string[] = []) {
  const out = `out-${++folders}`
  const isFile = typeof log === 'string' && log.startsWith('/')
  const file = isFile ? log : `log-${folders}`
  if (!isFile) writeFileSync(join(folder, file), log)
  const ended = await inThisProcess(['import', format, file, '--out', out, ...options], folder)
  const text = (name: string) => readFileSync(join(folder, out, name), 'utf8')
  const rows = (name: string) => text(name).trimEnd().split('\n').slice(1)
  const manifest = () => JSON.parse(text('import.json'))
  return { ...ended, out: join(folder, out), text, rows, manifest }
}

/** What the commands print that the import offers as a check. */
const checked = (stdout: string): string[] =>
  [...stdout.matchAll(/^Check +(.*)$/gm)].map(([, command]) =>
    execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' }).trim(),
  )

const job = (id: number, submit: string, wait: string, run: string, allocated = '2', requested = '-1', user = '7') =>
  `${id} ${submit} ${wait} ${run} ${allocated} -1 -1 ${requested} -1 -1 1 ${user} -1 -1 -1 -1 -1 -1`

test('SWF of Batsim: all 800 jobs to the millisecond, as awk counts them in the log and in the trace', async () => {
  const { stdout, manifest, out } = await imported('swf', real('batsim-easy-medium.swf'))
  expect(manifest()).toMatchObject({ rows: 800, read: 800, unitSeconds: '256361.954', skipped: {}, originFrom: 'none' })
  expect(checked(stdout)).toEqual(['800 256361.954', '800 256361.954'])
  const { scenario, traces } = await readScenario(join(out, 'scenario.yaml'))
  expect(scenario.money).toBe('ignore')
  expect(traces.get('accounts')?.at.length).toBe(800)
})

test.each([
  ['as it is', (log: Buffer) => log, null],
  ['compressed', (log: Buffer) => gzipSync(log), 'gzip'],
])('a log from stdin, %s, is read as from its file', async (_, stored, compression) => {
  const log = readFileSync(real('batsim-easy-medium.swf'))
  const from = await imported('swf', real('batsim-easy-medium.swf'))
  const out = `out-${++folders}`
  // A folder for temporary files of its own: other tests have theirs.
  const temporary = mkdtempSync(join(folder, 'tmp-'))
  const words = ['import', 'swf', '-', '--out', out]
  const { code, stdout } = await marketsim(words, {
    cwd: folder,
    input: stored(log),
    environment: { TMPDIR: temporary },
  })
  expect(code).toBe(0)
  expect(readFileSync(join(folder, out, 'trace.csv'), 'utf8')).toBe(from.text('trace.csv'))
  const manifest = JSON.parse(readFileSync(join(folder, out, 'import.json'), 'utf8'))
  expect(manifest).toMatchObject({ file: 'stdin', rows: 800, unitSeconds: '256361.954', compression })
  expect(readFileSync(join(folder, out, 'scenario.yaml'), 'utf8')).toContain('marketsim import swf -\n')
  // No command can read stdin again.
  expect(checked(stdout)).toEqual(['800 256361.954'])
  expect(readdirSync(temporary).filter((name) => /^marketsim-stdin-/.test(name))).toEqual([])
})

const swfCases: readonly [name: string, log: string, read: object][] = [
  [
    'comments and blank lines are no rows',
    `; Version: 2.2\n\n# x\n${job(1, '0', '5', '10')}\n`,
    { rows: 1, read: 1, unitSeconds: '20' },
  ],
  ['a run time of -1 is unknown', job(1, '0', '0', '-1'), { rows: 1, read: 0, skipped: { 'no lifetime': 1 } }],
  ['without processors allocated, those requested', job(1, '0', '0', '10', '-1', '3'), { unitSeconds: '30' }],
  ['without either, skipped', job(1, '0', '0', '10', '-1', '-1'), { skipped: { 'no quantity': 1 } }],
  ['0 processors', job(1, '0', '0', '10', '0'), { skipped: { 'quantity of 0 or less': 1 } }],
  ['a run time of 0 is an order', job(1, '0', '0', '0'), { read: 1, unitSeconds: '0' }],
  ['a submit time of -1', job(1, '-1', '0', '9'), { skipped: { 'no time': 1 } }],
  ['a row cut short', '1 2 3', { skipped: { fields: 1 } }],
  ['a word for a number', job(1, '0', '0', 'ten'), { skipped: { 'unreadable lifetime': 1 } }],
  ['parts of a second', job(1, '0.5', '0', '1.5'), { unitSeconds: '3' }],
]

test.each(swfCases)('SWF: %s', async (_, log, expected) => {
  // A good job with its own total of 0 unit-seconds, so that there is always one to take.
  const { manifest } = await imported('swf', `${log}\n${job(99, '1', '0', '0')}\n`)
  const found = manifest()
  expect({ ...found, rows: found.rows - 1, read: found.read - 1 }).toMatchObject(expected)
})

test('SWF: UnixStartTime says when second 0 was; --origin is stronger; events begin after the wait', async () => {
  const log = `; UnixStartTime: 893466664\n${job(1, '10', '5', '60', '1')}\n`
  const { rows, manifest } = await imported('swf', log)
  expect(rows('trace.csv')).toEqual(['893466674000,60000,1,7,server,zone-1,image,1'])
  expect(manifest().originFrom).toBe('log')
  const events = await imported('swf', log, ['--as', 'events', '--origin', '2024-01-01', '--time-zone', '+08:00'])
  expect(events.rows('events.csv')).toEqual([
    '2024-01-01T00:00:15+08:00,7,1,start,,server',
    '2024-01-01T00:01:15+08:00,7,1,delete,,',
  ])
})

const csv =
  'StartTime;Duration;Team;Cores;Size\n2024-03-01 10:00:00;1,5;red;2;big one\n2024-03-02 10:00:00;0,25;blue;1;small\n'
const map = ['--map', 'at=StartTime,lifetime=Duration,account=Team,quantity=Cores,flavour=Size', '--lifetime-unit', 'h']

test('CSV with --map: semicolons found, decimal comma and time zone as asked', async () => {
  const { rows, manifest, stdout } = await imported('csv', csv, [...map, '--decimal-comma', '--time-zone', '+01:00'])
  const at = Date.parse('2024-03-01T10:00:00+01:00')
  expect(rows('trace.csv')).toEqual([
    `${at},5400000,2,red,big-one,zone-1,image,`,
    `${at + 86_400_000},900000,1,blue,small,zone-1,image,`,
  ])
  expect(manifest()).toMatchObject({
    delimiter: 'semicolon',
    unitSeconds: '11700',
    written: { accounts: 2, servers: 3 },
  })
  expect(checked(stdout)).toEqual(['2 11700.000'])
})

test('CSV without an option: its rows show the decimal comma; --decimal point skips them, and --strict stops at the first', async () => {
  const plain = `${csv}2024-03-03;2;red;1;small\n`
  const found = await imported('csv', plain, map)
  expect(found.manifest()).toMatchObject({ rows: 3, read: 3, decimal: 'comma', skipped: {} })
  expect(found.rows('trace.csv').map((row) => row.split(',')[1])).toEqual(['5400000', '900000', '7200000'])
  const { manifest, rows } = await imported('csv', plain, [...map, '--decimal', 'point'])
  expect(manifest()).toMatchObject({ rows: 3, read: 1, skipped: { 'unreadable lifetime': 2 } })
  expect(rows('skipped.csv')).toEqual(['2,unreadable lifetime,"1,5"', '3,unreadable lifetime,"0,25"'])
  const strict = await imported('csv', plain, [...map, '--decimal', 'point', '--strict'])
  expect(strict).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/line 2.*\n?.*unreadable lifetime \(1,5\)|unreadable lifetime \(1,5\)/),
  })
})

test.each([
  ['a number of two readings', 'at;lifetime\n2024-03-01;1.234\n', '"1.234" is 1.234 with a decimal point, 1234 with'],
  ['thousands by a space', 'at;lifetime\n2024-03-01;1 234,5\n', 1234.5],
  ['thousands by an apostrophe', "at;lifetime\n2024-03-01;1'234.5\n", 1234.5],
  ['thousands by a comma, quoted', 'at,lifetime\n2024-03-01,"1,234.5"\n', 1234.5],
  ['thousands and comma', 'at|lifetime\n2024-03-01|1.234,5\n', 1234.5],
  ['a short decimal decides', 'at;lifetime\n2024-03-01;1.234\n2024-03-02;1.5\n', 1.234],
])('the decimal sign of a CSV: %s', async (_, text, expected) => {
  const { code, stderr, rows } = await imported('csv', text, ['--map', 'at=at,lifetime=lifetime'])
  if (typeof expected === 'string') {
    expect(code).toBe(2)
    expect(stderr).toContain(expected)
    expect(stderr).toContain('--decimal point or --decimal comma')
  } else expect(Number(rows('trace.csv')[0].split(',')[1])).toBe(expected * 1000)
})

test('CSV as a report writes it: titles above the header, totals and remarks below', async () => {
  const report = `Report of March\n\nteam: all;\n${csv}Total;1,75;;3;\nend of report\n`
  const { code, manifest, rows } = await imported('csv', report, map)
  expect(code).toBe(0)
  expect(manifest()).toMatchObject({ rows: 4, read: 2, titles: 2, leftOut: { 'total or remark': 2 }, skipped: {} })
  expect(rows('trace.csv')).toHaveLength(2)
})

const utf8 = 'at,lifetime,account\n0,1,Jürgen\n'
const encoded: readonly [encoding: string, bytes: Uint8Array, options: readonly string[]][] = [
  ['utf-8', Buffer.from(utf8), []],
  ['utf-8', Buffer.from(`\ufeff${utf8}`), []],
  ['latin-1', Buffer.from(utf8, 'latin1'), []],
  ['utf-16le', Buffer.from(`\ufeff${utf8}`, 'utf16le'), []],
  ['utf-16le', Buffer.from(utf8, 'utf16le'), []],
  ['utf-16be', Buffer.from(`\ufeff${utf8}`, 'utf16le').swap16(), []],
  ['latin-1', Buffer.from(utf8, 'latin1'), ['--encoding', 'latin1']],
]

test.each(encoded)('text in %s: case %#', async (encoding, bytes, options) => {
  const { rows, manifest } = await imported('csv', bytes, [
    '--map',
    'at=at,lifetime=lifetime,account=account',
    ...options,
  ])
  expect(rows('trace.csv')).toEqual(['0,1000,1,Jürgen,server,zone-1,image,'])
  expect(manifest().encoding).toBe(encoding)
})

test('letters of UTF-8 and others in one file are an error', async () => {
  const mixed = Buffer.concat([Buffer.from(utf8), Buffer.from('1,1,Jürgen\n', 'latin1')])
  const { code, stderr } = await imported('csv', mixed, ['--map', 'at=at'])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('not UTF-8 throughout') })
})

test('compressed logs are read as they are, to a bound; damaged ones are an error', async () => {
  const log = Buffer.from(`${job(1, '0', '0', '10')}\n`.repeat(1000))
  for (const [compression, bytes] of [
    ['gzip', gzipSync(log)],
    ['zstd', zstdCompressSync(log)],
  ] as const) {
    const { manifest } = await imported('swf', bytes)
    expect(manifest()).toMatchObject({ compression, rows: 1000, unitSeconds: '20000' })
    const bound = await imported('swf', bytes, ['--most-bytes', '5000'])
    expect(bound).toMatchObject({ code: 2, stderr: expect.stringContaining('more than 5000 bytes') })
    const cut = await imported('swf', bytes.subarray(0, bytes.length - 6))
    expect(cut).toMatchObject({ code: 2, stderr: expect.stringContaining('data is damaged') })
  }
})

const jobs = Array.from({ length: 400 }, (_, n) => job(n, String(n * 3600), '0', '60', '1', '-1', String(n % 20))).join(
  '\n',
)
const origin = ['--origin', '2024-01-01T00:00:00Z']

test('--from and --until take uses by their begin, --skip leaves rows out, --shift moves what is taken', async () => {
  const window = ['--from', '2024-01-02', '--until', '2024-01-03', '--skip', 'user=3', '--shift', '-1d']
  const { manifest, rows } = await imported('swf', jobs, [...origin, ...window.slice(0, 6), '--shift=-1d'])
  // Hours 24..47, of which user 3 has hour 43; of the 24 hours before, user 3 has two.
  expect(manifest()).toMatchObject({
    rows: 400,
    leftOut: { '--skip user=3': 20, 'before --from': 22, 'at or after --until': 335 },
    written: { orders: 23, first: '2024-01-01T00:00:00+00:00' },
  })
  expect(rows('skipped.csv')).toHaveLength(377)
})

test('--scale thins and repeats, the same each time; another seed takes others', async () => {
  const of = async (...options: string[]) => (await imported('swf', jobs, [...origin, ...options])).rows('trace.csv')
  const half = await of('--scale', '0.5')
  expect(half.length).toBeGreaterThan(160)
  expect(half.length).toBeLessThan(240)
  expect(await of('--scale', '0.5')).toEqual(half)
  expect(await of('--scale', '0.5', '--seed', '2')).not.toEqual(half)
  expect(await of('--scale', '3')).toHaveLength(1200)
  expect((await of('--scale', '2.5')).length).toBe(800 + half.length)
})

test('--accounts takes all uses of some accounts', async () => {
  const { manifest, rows } = await imported('swf', jobs, [...origin, '--accounts', '50%'])
  const { accounts, orders } = manifest().written
  expect(accounts).toBeGreaterThan(4)
  expect(accounts).toBeLessThan(16)
  expect(orders).toBe(accounts * 20)
  expect(new Set(rows('trace.csv').map((row) => row.split(',')[3])).size).toBe(accounts)
})

test('--pseudonyms: names are hashes, the same in each log, others with a key; the key is written nowhere', async () => {
  const of = async (...options: string[]) => imported('swf', jobs, [...origin, ...options])
  const names = ({ rows }: Awaited<ReturnType<typeof of>>) =>
    rows('trace.csv')[0]
      .split(',')
      .filter((text) => /^[ar]-/.test(text))
  const plain = await of('--pseudonyms')
  expect(names(plain)).toEqual([expect.stringMatching(/^a-[0-9a-f]{16}$/), expect.stringMatching(/^r-[0-9a-f]{16}$/)])
  expect(names(await of('--pseudonyms', '--scale', '2'))).toEqual(names(plain))
  const keyed = await of('--pseudonym-key', 'opensesame')
  expect(names(keyed)).not.toEqual(names(plain))
  for (const file of ['scenario.yaml', 'import.json', 'trace.csv']) expect(keyed.text(file)).not.toContain('opensesame')
})

test('--units-per-server: fractions of a server become whole ones, the units of the log stay in the totals', async () => {
  const log = `${job(1, '0', '0', '10', '64')}\n${job(2, '0', '0', '10', '9')}\n`
  const { manifest, rows, stdout } = await imported('swf', log, ['--units-per-server', '16'])
  expect(rows('trace.csv').map((row) => row.split(',')[2])).toEqual(['4', '1'])
  expect(manifest()).toMatchObject({ unitSeconds: '730', written: { servers: 5, serverSeconds: '50' } })
  expect(stdout).toContain('Raised     1 quantities')
})

test('zones, products and flavours of columns become pools and segments of one trace', async () => {
  const log =
    'at,stop,who,zone,os,size\n2024-03-01T00:00:00Z,2024-03-01T02:00:00Z,a,eu 1,linux,4\n2024-03-01T01:00:00Z,,b,us,linux,4\n2024-03-01T01:00:00Z,2024-03-01T01:30:00Z,a,us,,8\n'
  const { out, manifest } = await imported('csv', log, [
    '--map',
    'at=at,end=stop,account=who,zone=zone,product=os,flavour=size+os',
  ])
  expect(manifest()).toMatchObject({ read: 3, written: { orders: 3, endless: 1, serverSeconds: '9000' } })
  const { scenario, traces } = await readScenario(join(out, 'scenario.yaml'))
  expect(scenario.regions[0].zones.map(({ id, pools }) => [id, pools.map(({ flavour }) => flavour)])).toEqual([
    ['eu-1', ['4-linux']],
    ['us', ['4-linux', '8']],
  ])
  expect([...traces].map(([segment, { buyers }]) => [segment, buyers])).toEqual([
    ['accounts-eu-1-linux', ['a']],
    ['accounts-us-linux', ['b']],
    ['accounts-us-image', ['a']],
  ])
})

const wrong: readonly [what: string, words: readonly string[], message: RegExp][] = [
  ['no format', ['import'], /needs a format and a log/],
  ['an unknown format', ['import', 'swff', 'x'], /did you mean swf\?/],
  ['no file', ['import', 'swf', 'none', '--out', 'x'], /there is no file 'none'/],
  ['no folder', ['import', 'swf', 'log'], /needs a folder/],
  [
    'csv without --map',
    ['import', 'csv', 'log', '--out', 'x'],
    /no column of the log is named for at\n.*\n.*columns are a, b/,
  ],
  ['a column that is not there', ['import', 'csv', 'log', '--out', 'x', '--map', 'at=aa'], /no column "aa"/],
  ['a role that is none', ['import', 'csv', 'log', '--out', 'x', '--map', 'when=a'], /'when' is no role/],
  ['a role named twice', ['import', 'csv', 'log', '--out', 'x', '--map', 'at=a,at=b'], /names at twice/],
  [
    'a time zone',
    ['import', 'csv', 'log', '--out', 'x', '--time-zone', 'Mars'],
    /neither a UTC offset nor a time zone/,
  ],
  ['a skip rule', ['import', 'csv', 'log', '--out', 'x', '--map', 'at=a', '--skip', 'b~1'], /is no rule/],
  ['a share', ['import', 'csv', 'log', '--out', 'x', '--accounts', '200%'], /not a share/],
  ['nothing to take', ['import', 'csv', 'log', '--out', 'x', '--map', 'at=b'], /no row of the log.*1 unreadable time/],
]

test.each(wrong)('refused: %s', async (_, words, message) => {
  writeFileSync(join(folder, 'log'), 'a,b\n1,x\n')
  const { code, stderr } = await inThisProcess(words, folder)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
})
