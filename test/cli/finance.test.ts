/** Finance at the command line: a log metered, another system's invoices compared, books exported, amounts explained. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tableNames } from '#sim/record/columns.ts'
import { copyOfSharedRun, inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const events = `at,account,resource,do,product,flavour
2024-05-06T08:45:30+08:00,acme,i-1,start,A,c6
2024-05-06T09:00:10+08:00,acme,i-1,delete,,
`
const prices = 'kind,name,hourly,from\necs,c6,0.36,\nimage,A,0.10,\n'

let cwd: string
const call = (...words: string[]) => inThisProcess(words, cwd)
const file = (name: string, text: string): string => {
  writeFileSync(join(cwd, name), text)
  return name
}

beforeAll(async () => {
  cwd = newFolder()
  file('events.csv', events)
  file('prices.csv', prices)
  await copyOfSharedRun(join(cwd, 'run'))
})

afterAll(removeFolders)

test('meter: totals on the screen, hours and bills in files, and its policies', async () => {
  const { code, stdout } = await call('meter', 'events.csv', '--prices', 'prices.csv', '--out', 'rated')
  expect(code).toBe(0)
  expect(stdout).toContain('Servers    2 lines, 880 seconds, 0.088')
  expect(stdout).toContain('Bills      1, 0.288 charged, 0.29 USD payable')
  expect(readFileSync(join(cwd, 'rated/bills.csv'), 'utf8')).toBe(
    'account,month,lines,charges,tax,payable\nacme,2024-05,4,0.28800000,0.00000000,0.29\n',
  )
  expect(readdirSync(join(cwd, 'rated')).sort()).toEqual(['bills.csv', 'hours.csv', 'problems.csv'])
  const again = await call('meter', 'events.csv', '--prices', 'prices.csv', '--out', 'rated')
  expect(again).toMatchObject({ code: 2 })
  expect(again.stderr).toContain('add --force')
  const other = await call('meter', 'events.csv', '--prices', 'prices.csv', '--policy', 'image.granularity=second')
  expect(other.stdout).toContain('Images     2 lines, 880 seconds used, 0.02444443')
})

test('M-08: meter bills in the currency of its prices', async () => {
  file('yen.csv', prices.replace('from', 'from,currency').replace(/(\d|,)$/gm, '$1,JPY'))
  const { code, stdout } = await call('meter', 'events.csv', '--prices', 'yen.csv', '--out', 'yen')
  expect(code).toBe(0)
  expect(stdout).toContain('0.288 charged, 0 JPY payable')
  expect(readFileSync(join(cwd, 'yen/bills.csv'), 'utf8')).toContain('acme,2024-05,4,0.28800000,0.00000000,0\n')
  const asked = await call('meter', 'events.csv', '--prices', 'prices.csv', '--currency', 'KWD')
  expect(asked.stdout).toContain('0.288 charged, 0.288 KWD payable')
  const own = await call('meter', 'events.csv', '--prices', 'prices.csv', '--currency', 'XTS:4')
  expect(own.stdout).toContain('0.2880 XTS payable')
  for (const [currency, what] of [
    ['XTS', 'XTS has no minor units in ISO 4217; write another code, or give its decimals: XTS:2'],
    ['usd', '"usd" is not an ISO 4217 code; write USD'],
    ['JPY:2', 'JPY has 0 decimals, not 2 (ISO 4217)'],
  ]) {
    const refused = await call('meter', 'events.csv', '--prices', 'prices.csv', '--currency', currency)
    expect(refused.code).toBe(2)
    expect(refused.stderr.replace('\n  hint: ', '; ').replace('; hint: ', '; ')).toContain(what.split(';')[0])
  }
  const both = await call('meter', 'events.csv', '--prices', 'yen.csv', '--currency', 'USD')
  expect(both).toMatchObject({ code: 2 })
})

test('meter --format focus: hours, tax and rounding that sum to the bills, and reconcile reads them', async () => {
  const words = ['--prices', 'prices.csv', '--policy', 'tax.percent=20']
  const { code } = await call('meter', 'events.csv', ...words, '--format', 'focus', '--out', 'focus')
  expect(code).toBe(0)
  expect(readdirSync(join(cwd, 'focus')).sort()).toEqual(['focus.csv', 'problems.csv'])
  const newer = await call(
    'meter',
    'events.csv',
    ...words,
    '--format',
    'focus',
    '--focus-version',
    '1.4',
    '--out',
    'focus-1.4',
  )
  expect(newer.code).toBe(code)
  expect(readFileSync(join(cwd, 'focus-1.4/focus.csv'), 'utf8')).toMatch(
    /^AvailabilityZone,BilledCost,.*,HostProviderName,InvoiceDetailId,/,
  )
  const csv = await call('meter', 'events.csv', ...words, '--focus-version', '1.4')
  expect(csv).toMatchObject({ code: 2 })
  expect(csv.stderr).toContain('--focus-version is of --format focus')
  const read = await call('reconcile', 'events.csv', ...words, '--against', 'focus/focus.csv')
  expect(read.stdout).toContain('bills: 1 agree, 0 differ')
  expect(readFileSync(join(cwd, 'focus/focus.csv'), 'utf8')).toContain(',Tax,,tax on use (M-07),')
  expect(await call('meter', 'events.csv', ...words, '--format', 'fokus')).toMatchObject({ code: 2 })
})

test('meter: wrong rows exit 2 and are listed; --strict writes nothing', async () => {
  file('wrong.csv', `${events}2024-05-06T08:50:00+08:00,acme,i-1,stop,,\n`)
  const loose = await call('meter', 'wrong.csv', '--prices', 'prices.csv')
  expect(loose.code).toBe(2)
  expect(loose.stderr).toContain('wrong.csv, line 4: i-1: is before line 3; sort the log by time')
  expect(loose.stdout).toContain('0.29 USD payable')
  const strict = await call('meter', 'wrong.csv', '--prices', 'prices.csv', '--strict', '--out', 'strict')
  expect(strict).toMatchObject({ code: 2, stdout: '' })
  expect(strict.stderr).toContain('where: wrong.csv, line 4')
  expect(existsSync(join(cwd, 'strict'))).toBe(false)
  const policy = await call('meter', 'events.csv', '--prices', 'prices.csv', '--policy', 'image.granularty=second')
  expect(policy).toMatchObject({ code: 2 })
  expect(policy.stderr).toContain('did you mean image.granularity?')
})

test('--policies: rules in a file, which --policy changes, and what is wrong with it', async () => {
  const words = ['meter', 'events.csv', '--prices', 'prices.csv', '--policies']
  file('rules.yaml', 'image.granularity: second\ntime.utcOffset: "+08:00"\ntax.percent: 20\n')
  expect((await call(...words, 'rules.yaml')).stdout).toContain('0.02444443')
  const changed = await call(...words, 'rules.yaml', '--policy', 'image.granularity=hour-ceil')
  expect(changed.stdout).toContain('0.288 charged, 0.35 USD payable')
  for (const [text, error] of [
    ['image.granularty: second', "there is no policy 'image.granularty'"],
    ['image.granularity: minute', 'error: image.granularity: '],
    ['- image.granularity', 'the policies are no list of keys'],
    ['a: [', 'the policies are no YAML'],
  ]) {
    file('bad.yaml', `${text}\n`)
    const { code, stderr } = await call(...words, 'bad.yaml')
    expect([code, stderr.includes(error), stderr.includes('where: bad.yaml')], stderr).toEqual([2, true, true])
  }
})

test('reconcile: 0 when all agrees, 3 and a file of differences when 0.00000001 does not', async () => {
  await call('export', 'run', '--format', 'csv', '--out', 'tables')
  const bills = readFileSync(join(cwd, 'tables/bills.csv'), 'utf8')
  const agreed = await call('reconcile', 'run', '--against', 'tables/bills.csv')
  expect(agreed.stdout).toMatch(/^bills: \d+ agree, 0 differ, 0 missing, 0 unknown\n$/)
  expect(agreed.code).toBe(0)
  file('planted.csv', bills.replace(/(\n[^,]+,2024-03,\d+,\d+\.\d{7})\d/, '$19'))
  const planted = await call('reconcile', 'run', '--against', 'planted.csv', '--out', 'found')
  expect(planted.code).toBe(3)
  expect(planted.stdout).toMatch(/1 differ, 0 missing, 0 unknown\nlikely: rounding 1/)
  expect(readFileSync(join(cwd, 'found/differences.csv'), 'utf8').split('\n')).toHaveLength(3)
  const log = await call('reconcile', 'events.csv', '--prices', 'prices.csv', '--against', 'rated/hours.csv')
  expect(log).toMatchObject({ code: 0, stdout: 'lines: 4 agree, 0 differ, 0 missing, 0 unknown\n' })
})

test('meter and reconcile: rows sent twice are dropped and counted, and are no problem (U-09)', async () => {
  const [head, ...rows] = events.trimEnd().split('\n')
  file('twice.csv', [head, ...rows.flatMap((row) => [row, row]), ''].join('\n'))
  const metered = await call('meter', 'twice.csv', '--prices', 'prices.csv')
  expect(metered).toMatchObject({ code: 0, stderr: '' })
  expect(metered.stdout).toContain(
    'Bills      1, 0.288 charged, 0.29 USD payable\nDropped    2 rows sent twice (U-09)\n',
  )
  file('one-bill.csv', 'account,month,amount\nacme,2024-05,0.29\n')
  const compared = await call('reconcile', 'twice.csv', '--prices', 'prices.csv', '--against', 'one-bill.csv')
  expect(compared).toMatchObject({
    code: 0,
    stdout: 'bills: 1 agree, 0 differ, 0 missing, 0 unknown\nlog: 2 rows sent twice, dropped (U-09)\n',
  })
})

test('meter: one mistyped year is an error that writes nothing; --longest-span allows it', async () => {
  file('year.csv', events.replace('2024-05-06T09:00:10', '2034-05-06T09:00:10'))
  const words = ['meter', 'year.csv', '--prices', 'prices.csv', '--out', 'year']
  const refused = await call(...words)
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toMatch(/where: year\.csv, line 3\n {2}hint: .* --longest-span 10y\n$/)
  expect(existsSync(join(cwd, 'year'))).toBe(false)
  expect((await call(...words, '--longest-span', '10y')).code).toBe(0)
  expect((await call(...words, '--longest-span', 'long')).stderr).toContain('--longest-span long is not a duration')
})

test('every row that cannot be read has a line of its own, of prices and of invoices', async () => {
  file('dollars.csv', 'account,month,amount\nacme,2024-05,€0.45\nzeta,2024-05,0.11 x\nzeta,"20\n24",1\n')
  const invoices = await call('reconcile', 'events.csv', '--prices', 'prices.csv', '--against', 'dollars.csv')
  expect(invoices.code).toBe(2)
  expect(invoices.stderr.split('\n')).toEqual([
    'error: unreadable rows',
    expect.stringMatching(/^ {2}line 2: "€0\.45" /),
    expect.stringMatching(/^ {2}line 3: "0\.11 x" /),
    '  line 4: "20\\n24" is not a month; write one such as 2024-03',
    '  where: dollars.csv',
    '  hint: correct these lines',
    '',
  ])
  file('wrong-prices.csv', 'kind,name,hourly,from\nram,A,1,\necs,c6,1k,\n')
  const wrong = await call('meter', 'events.csv', '--prices', 'wrong-prices.csv')
  expect(wrong.stderr.split('\n')).toEqual([
    'error: unreadable prices',
    expect.stringMatching(/^ {2}line 2: "ram" /),
    expect.stringMatching(/^ {2}line 3: "1k" /),
    '  where: wrong-prices.csv',
    '  hint: correct these lines',
    '',
  ])
})

test('sql: negative numbers are numbers, text that a spreadsheet would run is not', async () => {
  const query = `select -5 as a, -9007199254740993 as b, '-1.50000000' as c, -2.5 as d, '-x' as e, null as f`
  const { stdout } = await call('sql', 'run', query)
  expect(stdout).toBe("a,b,c,d,e,f\n-5,-9007199254740993,-1.50000000,-2.5,'-x,\n")
})

test('sql: names, decimals and civil months; as a table, CSV, JSON and Parquet, without a banner', async () => {
  const query = 'select account, month, charges, payable, final, rule from civil_bills order by account, month limit 3'
  const { stdout } = await call('sql', 'run', query)
  const [head, first] = stdout.split('\n')
  expect(head).toBe('account,month,charges,payable,final,rule')
  expect(first).toMatch(/^[a-z-]+\/\d+,2024-03,\d+\.\d{8},\d+\.\d{8},[01],[A-Z]-\d\d$/)
  const table = await call('sql', 'run', query, '--format', 'table')
  expect(table.stdout.split('\n')[1]).toMatch(/^-+ {2}-+ {2}-+ {2}-+ {2}-+ {2}-+$/)
  const json = JSON.parse((await call('sql', 'run', query, '--format', 'json')).stdout)
  expect(json[0].charges).toBe(first.split(',')[2])
  // A mass table, and every other one.
  const charges = await call('sql', 'run', 'select account, first_hour, amount from civil_usage_spans limit 1')
  expect(charges.stdout).toMatch(/\n[a-z-]+\/\d+,2024-03-\d\dT\d\d:00:00\+08:00,\d+\.\d{8}\n$/)
  for (const name of tableNames)
    expect(await call('sql', 'run', `select * from civil_${name} limit 1`), name).toMatchObject({ code: 0 })
  expect(await call('sql', 'run', query, '--format', 'xml')).toMatchObject({ code: 2 })
})

test('explain, export and trial-balance answer, and tell how to fix what was requested wrongly', async () => {
  const order = await call('explain', 'run', 'order', '1')
  expect(order.code, order.stderr).toBe(0)
  expect(order.stdout).toMatch(/^order 1\n {2}Buyer /)
  const wrong = await call('explain', 'run', 'ordr', '1')
  expect(wrong).toMatchObject({ code: 2 })
  expect(wrong.stderr).toContain('did you mean order?')
  const proved = await call('explain', 'run', 'order', '1', '--evidence', 'order.html')
  expect(proved).toMatchObject({ code: 0, stdout: 'evidence of order 1 in order.html\n' })
  expect(readFileSync(join(cwd, 'order.html'), 'utf8')).toContain('<title>Evidence: order 1 · marketsim</title>')
  const again = await call('explain', 'run', 'order', '1', '--evidence', 'order.html')
  expect(again).toMatchObject({ code: 2 })
  expect(again.stderr).toContain('add --force to replace it')
  const alone = await call('explain', 'run', 'seller-bill', '1', '--evidence', 'bill.html')
  expect(alone).toMatchObject({ code: 2 })
  expect(alone.stderr).toContain('there is no evidence of a seller-bill alone')
  const books = await call('export', 'run', '--format', 'beancount', '--out', 'books')
  expect(books.stdout).toMatch(/^[\d,]+ transactions in books\/books\.beancount\n$/)
  const plan = await call('export', 'run', '--format', 'budget', '--out', 'plan')
  expect(plan).toMatchObject({ code: 0, stdout: '1 month in plan/budget.journal, plan/forecast.journal\n' })
  const other = await call('export', 'run', '--format', 'csv', '--by-month', '--out', 'other')
  expect(other).toMatchObject({ code: 2 })
  expect(other.stderr).toContain('write --format hledger or --format beancount')
  const format = await call('export', 'run', '--format', 'ledger', '--out', 'books')
  expect(format).toMatchObject({ code: 2 })
  expect(format.stderr).toContain('did you mean hledger?')
  const trial = await call('trial-balance', 'run', '--at', '2024-03-02T00:00:00+08:00')
  const [, debit, credit] = /\nsum +([\d,.]+) +([\d,.]+)\n$/.exec(trial.stdout) ?? []
  expect(debit).toMatch(/^\d/)
  expect(debit).toBe(credit)
})

test('reconcile --infer: the one cause comes first, or that there is none', async () => {
  const [from, until] = ['2024-05-31T20:00:00+08:00', '2024-06-01T04:00:00+08:00']
  file('long.csv', `at,account,resource,do,product,flavour\n${from},acme,i-1,start,,c6\n${until},acme,i-1,delete,,\n`)
  file('dated.csv', 'kind,name,hourly,from\necs,c6,0.36,\necs,c6,0.48,2024-06-01T00:00:00+08:00\n')
  file('undated.csv', 'kind,name,hourly\necs,c6,0.36\n')
  await call('meter', 'long.csv', '--prices', 'undated.csv', '--out', 'theirs')
  const words = ['reconcile', 'long.csv', '--prices', 'dated.csv', '--infer', '--against']
  const found = await call(...words, 'theirs/hours.csv')
  expect(found.code).toBe(3)
  expect(found.stdout).toMatch(/^cause: (price list|wrong price) \(U-07\): .*; computing everything with it gives the/)
  const hours = readFileSync(join(cwd, 'theirs/hours.csv'), 'utf8')
  file('odd.csv', hours.replace('0.36000000', '0.31234567').replace(/0\.36000000,U-01\n$/, '0.12121212,U-01\n'))
  const open = await call(...words, 'odd.csv', '--json')
  expect(JSON.parse(open.stdout).inferred).toBeNull()
  expect((await call(...words, 'odd.csv')).stdout).toMatch(/^cause: unexplained: no cause gives/)
})
