/** `meter` with offers at the command line: the example of docs/finance.md, its files, FOCUS, and what it refuses. */
import { execSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const page = readFileSync(new URL('../../docs/finance.md', import.meta.url), 'utf8')
const section = page.slice(page.indexOf('### Subscriptions next to usage'))
let cwd: string
const call = (...words: string[]) => inThisProcess(words, cwd)
const read = (path: string) => readFileSync(join(cwd, path), 'utf8')

function indented(first: string): string {
  const lines = section.split('\n')
  const from = lines.findIndex((line) => line.startsWith(`    ${first}`))
  const length = lines.slice(from).findIndex((line) => !line.startsWith('    '))
  return lines
    .slice(from, from + length)
    .map((line) => `${line.slice(4)}\n`)
    .join('')
}

const metrics = `metrics: { traffic: { aggregate: sum, by: region } }
prices: [{ metric: traffic, plan: { model: linear, unit: 0.05 } }]
`

beforeAll(() => {
  cwd = newFolder()
  const [, offers] = /```yaml\n([\s\S]*?)```/.exec(section) ?? []
  writeFileSync(join(cwd, 'card.yaml'), metrics + offers)
  writeFileSync(join(cwd, 'subscriptions.csv'), indented('at,account,subscription'))
  writeFileSync(join(cwd, 'usage.csv'), 'at,account,value,region\n2024-05-06T08:00:00+08:00,acme,512,eu\n')
})

afterAll(removeFolders)

const asked = 'meter usage.csv --prices card.yaml --subscriptions subscriptions.csv --first-bill 2024-05'.split(' ')

test('the month of docs/finance.md: lines as the page shows them, and bills', async () => {
  const { code, stdout, stderr } = await call(...asked, '--until', '2024-06-01T00:00:00+08:00', '--out', 'may')
  expect(stderr).toBe('')
  expect(code).toBe(exitCodes.done.code)
  expect(stdout).toContain('Bills      1, 500.00 charged, 500.00 USD payable')
  expect(read('may/lines.csv')).toBe(indented('account,bill'))
})

test('FOCUS of the month sums to its bills', async () => {
  const { code } = await call(...asked, '--format', 'focus', '--out', 'focus')
  expect(code).toBe(exitCodes.done.code)
  expect(readdirSync(join(cwd, 'focus')).sort()).toEqual(['focus.csv', 'problems.csv'])
  expect(read('focus/focus.csv')).toContain('Recurring')
})

test('balances and cash coupons pay the bills: columns, movements, the sum of the page in awk, and later bills alone', async () => {
  const from = section.slice(section.indexOf('#### Prepaid balances'))
  const [, payments] = /```yaml\n([\s\S]*?)```/.exec(from) ?? []
  writeFileSync(join(cwd, 'paid.yaml'), read('card.yaml') + payments)
  const words = ['meter', 'usage.csv', '--prices', 'paid.yaml', '--subscriptions', 'subscriptions.csv']
  const until = ['--until', '2024-07-01T00:00:00+08:00']
  const { code, stdout, stderr } = await call(...words, ...until, '--out', 'paid')
  expect([code, stderr]).toEqual([exitCodes.done.code, ''])
  expect(stdout).toContain('Paid       975.00 from balances, 25.00 by cash coupons; ')
  const [, head] = /^ {4}(account,month,currency,lines[^\n]*)$/m.exec(from) ?? []
  const [first, ...rows] = read('paid/bills.csv').trim().split('\n')
  expect(first).toBe(head)
  const may = rows.find((row) => row.startsWith('acme,2024-05,USD')) ?? ''
  expect(may.split(',').slice(6)).toEqual(
    ['500.00', '25', '0', '1000', '475', '0', '0', '0', '525', '0'].map((each, index) =>
      index === 0 ? each : `${each}.00000000`,
    ),
  )
  expect(read('paid/prepaid.csv')).toContain('acme,2024-05,USD,SPRING,coupon,25.00000000,0.00000000,')
  const [, awk] = /```sh\n(awk [^\n]*)\n/.exec(from) ?? []
  const [payable, paid] = execSync(awk.replace('rated/', 'paid/'), { cwd, encoding: 'utf8' }).trim().split(' ')
  expect(Number(payable)).toBeGreaterThan(1000)
  expect(paid).toBe(payable)
  await call(...words, ...until, '--first-bill', '2024-06', '--out', 'june')
  expect(read('june/bills.csv').trim().split('\n').slice(1)).toEqual(rows.filter((row) => !/,2024-0[1-5],/.test(row)))
})

test('options of a rate card need one, and a month is a month', async () => {
  writeFileSync(join(cwd, 'prices.csv'), 'kind,name,hourly,from\necs,c6,1,\n')
  const list = await call('meter', 'usage.csv', '--prices', 'prices.csv', '--first-bill', '2024-05')
  expect([list.code, list.stderr]).toEqual([2, expect.stringContaining('--first-bill is of a rate card')])
  const month = await call('meter', 'usage.csv', '--prices', 'card.yaml', '--first-bill', 'May')
  expect([month.code, month.stderr]).toEqual([2, expect.stringContaining('--first-bill May is not a month')])
  const wrong = 'at,account,subscription,do,offer,quantity\n2024-05-06T08:00:00+08:00,acme,s,begin,seats,1\n'
  writeFileSync(join(cwd, 'wrong.csv'), wrong)
  const act = await call('meter', 'usage.csv', '--prices', 'card.yaml', '--subscriptions', 'wrong.csv')
  expect([act.code, act.stderr]).toEqual([2, expect.stringContaining('of wrong.csv: do = "begin"; write one of start')])
})

test('reprice rates subscriptions by both cards', async () => {
  writeFileSync(join(cwd, 'dear.yaml'), read('card.yaml').replace('unit: 12 }', 'unit: 15 }'))
  const words = 'reprice usage.csv --from card.yaml --prices dear.yaml --subscriptions subscriptions.csv --json'.split(
    ' ',
  )
  const { code, stdout } = await call(...words)
  expect(code).toBe(exitCodes.done.code)
  expect(JSON.parse(stdout).totals.length).toBe(2)
})
