/** Logs as people and programs hand them over: what is read of them is what Python reads, and nothing is lost without a word. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { spanOf } from '#scenarios/logs/log-times.ts'
import { inThisProcess } from './marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-dirty-logs-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

async function imported(format: string, log: string | Uint8Array, options: readonly string[] = []) {
  const name = `log-${++files}`
  writeFileSync(join(folder, name), log)
  const map = ['csv', 'jsonl'].includes(format) ? ['--map', 'at=start,lifetime=run,quantity=n,account=who'] : []
  const out = `out-${files}`
  const { code, stdout, stderr } = await inThisProcess(
    ['import', format, name, '--out', out, ...map, ...options],
    folder,
  )
  const text = (file: string) => readFileSync(join(folder, out, file), 'utf8')
  return {
    ...{ code, stdout, stderr },
    manifest: () => JSON.parse(text('import.json')),
    rows: () => text('trace.csv').trimEnd().split('\n').slice(1),
  }
}

const head = 'start,run,n,who\n'
const lines = ['2024-03-01 00:00:00,60,1,a', '2024-03-01 01:00:00,120,2,b', '2024-03-02 00:00:00,30,1,a']
const plain = `${head}${lines.join('\n')}\n`

/** Each has the three rows above, 330 unit-seconds of two accounts. */
const same: readonly [name: string, log: string | Uint8Array][] = [
  ['a byte order mark and CRLF', `\ufeff${plain.replaceAll('\n', '\r\n')}`],
  ['line ends of both kinds, and a last one of one character', plain.replace('\n', '\r\n').replace(/\n$/, '\r')],
  ['lines that end with CR alone', plain.replaceAll('\n', '\r')],
  ['UTF-16 without a mark', Buffer.from(plain, 'utf16le')],
  ['columns without names and values', plain.replaceAll('\n', ',,\n')],
  ['a delimiter after the last field', `${head}${lines.map((line) => `${line},`).join('\n')}\n`],
  ['more delimiters after some rows', `${head}${lines[0]},,,\n${lines[1]}\n${lines[2]},,\n`],
  ['spaces that do not break', plain.replaceAll(' ', '\u00a0').replaceAll(',60', ',60\u202f')],
  ['spaces around all fields', plain.replaceAll(',', ' ,  ').replaceAll('\n', ' \n')],
  ['blank lines', `\n\n${plain.replaceAll('\n', '\n\n   \n')}`],
  ['remarks above', `# made by x\n# 2024\n${plain}`],
  ['a separator line', `sep=;\n${plain.replaceAll(',', ';')}`],
  ['the end of text of DOS', `${plain}\u001a`],
  ['quotes in the middle of a field', plain.replace(/,a$/m, ',5" of "x"').replace(/,a$/m, ',5" of "x"')],
  ['line ends in quotes', plain.replaceAll(/,a$/gm, ',"a\nof ""x"", b"')],
  ['dates with the month first', `${head}3/1/2024 0:00,60,1,a\n3/1/2024 1:00 AM,120,2,b\n3/13/2024 12:00 PM,30,1,a\n`],
  ['dates with the day first', `${head}01.03.2024 00:00,60,1,a\n01.03.2024 01:00,120,2,b\n13.03.2024,30,1,a\n`],
  ['compact times', `${head}20240301T000000Z,60,1,a\n20240301T0100Z,120,2,b\n20240302T000000+0000,30,1,a\n`],
  [
    'months in words',
    `${head}1 Mar 2024 00:00,60,1,a\n1 March 2024 1:00,120,2,b\nMar 2, 2024,30,1,a\n`.replace(
      'Mar 2, 2024',
      '"Mar 2, 2024"',
    ),
  ],
  [
    'lifetimes as a clock shows them',
    plain.replace(',60,', ',0:01:00,').replace(',120,', ',00:02:00.000,').replace(',30,', ',0-00:00:30,'),
  ],
  ['lifetimes of ISO 8601', plain.replace(',60,', ',PT1M,').replace(',120,', ',PT0H2M0S,').replace(',30,', ',PT30S,')],
  [
    'numbers in other ways',
    plain.replace(',60,1', ',+60.0,01').replace(',120,2', ',1.2E2,2.000').replace(',30,', ',030,'),
  ],
]

test.each(same)('%s: three rows, 330 seconds', async (_, log) => {
  const { code, stderr, manifest, rows } = await imported('csv', log)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(manifest()).toMatchObject({ read: 3, unitSeconds: '330', skipped: {}, written: { accounts: 2 } })
  expect(rows()[0]).toMatch(/^1709251200000,60000,1,/)
})

const refused: readonly [name: string, log: string, words: RegExp, line: string | null][] = [
  [
    'a quote that takes the rest of the file along',
    `${plain}2024-03-03,30,1,"abc\n${lines.join('\n')}\n`,
    /a quote that is not closed/,
    'line 5',
  ],
  [
    'a quote that takes rows along to the next one',
    `${head}2024-03-03,30,1,"abc\n${lines[0]}\n2024-03-04,30,1,"def"\n`,
    /a quote that is not closed/,
    'line 2',
  ],
  [
    'two columns of one name',
    plain
      .replace('n,who', 'who,n')
      .replace('\n', ',who\n')
      .replaceAll(/,([ab])$/gm, ',$1,z'),
    /the column "who" 2 times/,
    null,
  ],
  [
    'dates that no row decides',
    `${head}3/1/2024 0:00,60,1,a\n4/2/2024 1:00,120,2,b\n`,
    /"3\/1\/2024 0:00" is .* with the day first, .* with the month first/,
    'line 2',
  ],
]

test.each(refused)('%s is refused', async (_, log, words, line) => {
  const { code, stderr } = await imported('csv', log)
  expect(code).toBe(2)
  expect(stderr).toMatch(words)
  if (line !== null) expect(stderr).toContain(line)
})

test('--dates decides, and a column of two is named by its number', async () => {
  const dates = `${head}3/1/2024 0:00,60,1,a\n4/2/2024 1:00,120,2,b\n`
  const first = await imported('csv', dates, ['--dates', 'dmy'])
  expect(first.rows()[0]).toMatch(new RegExp(`^${Date.UTC(2024, 0, 3)},`))
  expect(first.manifest()).toMatchObject({ dates: 'dmy', unitSeconds: '300' })
  const other = await imported('csv', dates, ['--dates', 'mdy'])
  expect(other.rows()[0]).toMatch(new RegExp(`^${Date.UTC(2024, 2, 1)},`))
  // No awk command reads such dates.
  expect(other.stdout.match(/^Check/gm)?.length).toBe(1)
  writeFileSync(join(folder, 'twins.csv'), `start,run,who,who\n2024-03-01,60,a,z\n`)
  const words = ['import', 'csv', 'twins.csv', '--map', 'at=start,lifetime=run,account=4', '--out', 'twins', '--json']
  const { code } = await inThisProcess(words, folder)
  expect(code).toBe(0)
  expect(readFileSync(join(folder, 'twins', 'trace.csv'), 'utf8')).toContain(',z,server')
})

test('thousands by apostrophes are read with a decimal point', async () => {
  const { manifest } = await imported(
    'csv',
    `${head}2024-03-01,1'000.25,1,a\n2024-03-02,1’234’567,1,b\n2024-03-03,7,1,c\n`,
  )
  expect(manifest()).toMatchObject({ read: 3, unitSeconds: '1235574.25', skipped: {} })
})

test('rows that are wrong are skipped with their reasons, and the rest is read', async () => {
  const log = `${plain}NULL,60,1,a\n2024-03-01 00:00:00,N/A,1,a\n2024-03-01 00:00:00,60,nan,a\n2024-03-01 00:00:00,inf,1,a\n-1,30,1,a\n2024-03-01 00:00:00,-1,1,a\n2024-03-01 00:00:00,60,-1,a\n2024-03-01,60\n2024-03-01 00:00:00,60,1,a,b,c\n2024-03-01 00:00:00,60,1,a\u0000b\n`
  const { manifest } = await imported('csv', log)
  const { rows, read, skipped, leftOut, unitSeconds } = manifest()
  const sum = (reasons: Record<string, number>) => Object.values(reasons).reduce((a, b) => a + b, 0)
  expect(rows).toBe(13)
  expect([read, unitSeconds]).toEqual([4, '390'])
  expect(sum(skipped) + sum(leftOut) + read).toBe(rows)
})

test('costs as people write them are added up, and those that cannot be read are counted', async () => {
  const columns =
    'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,ResourceId,ServiceCategory\n'
  const row = (cost: string) => `${cost},USD,Usage,2024-03-01T00:00:00Z,2024-03-01T01:00:00Z,1,Hours,r1,Compute\n`
  const log =
    columns + ['$0.50', '(0.25)', '-0.25', '9.6E-8', '"1,234.50"', 'unknown', '', 'NULL', '0.5 USD'].map(row).join('')
  const { manifest, stdout } = await imported('focus', log)
  expect(manifest()).toMatchObject({ costs: { USD: '1235.000000096' }, unreadableCosts: 1 })
  expect(stdout).toContain('Costs      of 1 rows cannot be read')
})

test('whole numbers and decimals of JSON are read as they are written', async () => {
  const of = (who: string, run: string) => `{"start":1709251200,"run":${run},"who":${who},"n":1}\n`
  const log = of('12345678901234567890', '30') + of('12345678901234567891', '0.1234567890123456789') + of('7', '1e3')
  const { manifest, rows } = await imported('jsonl', log)
  expect(manifest()).toMatchObject({ read: 3, unitSeconds: '1030.123456789', written: { accounts: 3 } })
  expect(rows().map((row) => row.split(',')[3])).toEqual(['12345678901234567890', '12345678901234567891', '7'])
})

test('a unit that only digits show is said, because lifetimes follow it', async () => {
  const log = `${head}1709251200000,60,1,a\n1709254800000,120,2,b\n`
  const guessed = await imported('csv', log)
  expect(guessed.stdout).toContain('lifetimes are in ms, as times are by their digits: --lifetime-unit sets another')
  const asked = await imported('csv', log, ['--lifetime-unit', 's'])
  expect(asked.stdout).not.toContain('Units')
  expect(asked.manifest()).toMatchObject({ unitSeconds: '300' })
})

test.each([
  ['0:00:01', 1_000n],
  ['26:03:04.5', 93_784_500n],
  ['1-02:03:04', 93_784_000n],
  ['3 days, 00:00:01', 259_201_000n],
  ['P1DT2H3M4.5S', 93_784_500n],
  ['P2W', 1_209_600_000n],
  ['PT0.000001S', undefined],
])('%s is a span of time', (text, ms) => {
  expect(spanOf(text)).toBe(ms === undefined ? 1_000_000n : ms * 1_000_000_000n)
})

test.each(['1:00', '1:60:00', 'P', 'PT', '12', '', '1:2:3', 'P1Y', '-1:00:00'])('%s is none', (text) => {
  expect(spanOf(text)).toBeUndefined()
})

test('meter refuses a quote that is not closed, and reads delimiters after the last field', async () => {
  writeFileSync(join(folder, 'prices.csv'), 'kind,name,hourly\necs,m5,0.1\n')
  const events =
    'at,account,resource,do,product,flavour\n2024-03-01T00:00:00Z,a,s1,start,,m5\n2024-03-01T01:00:00Z,a,s1,delete,,\n'
  const meter = async (text: string) => {
    writeFileSync(join(folder, 'events.csv'), text)
    return inThisProcess(['meter', 'events.csv', '--prices', 'prices.csv', '--json'], folder)
  }
  const expected = JSON.parse((await meter(events)).stdout).bills
  expect(expected.charged).toBe('0.10')
  const open = await meter(`${events}2024-03-02T00:00:00Z,a,s2,start,,"m5\n2024-03-02T00:00:00Z,a,s3,start,,m5\n`)
  expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining('a quote that is not closed') })
  const trailing = await meter(events.replaceAll(/(m5|delete,,)$/gm, '$1,'))
  expect(trailing.stderr).toBe('')
  expect(JSON.parse(trailing.stdout).bills).toEqual(expected)
})
