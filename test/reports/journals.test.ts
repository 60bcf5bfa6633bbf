/** Journals by month, and the run as a budget and a forecast, as hledger, Ledger and Beancount read them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decimalText } from '#base/decimal-text.ts'
import { beancountFormat } from '#reports/exports/beancount.ts'
import { exportBudget, meanMoves, monthMoves } from '#reports/exports/budget.ts'
import { hledgerFormat } from '#reports/exports/hledger.ts'
import { type Files, writeJournal } from '#reports/exports/journal.ts'
import { classOf } from '#reports/ledger/chart-of-accounts.ts'
import { hasProgram } from '../house/programs.ts'
import { type ShortRun, shortRun } from './short-run.ts'

let run: ShortRun
const folder = mkdtempSync(join(tmpdir(), 'marketsim-journals-'))
beforeAll(async () => {
  run = await shortRun([
    'start=2024-03-20T00:00:00+08:00',
    'end=2024-05-10T00:00:00+08:00',
    'buyers.start-ups.count=3',
    'buyers.companies.count=2',
  ])
})
afterAll(() => {
  run.remove()
  rmSync(folder, { recursive: true })
})

function written(write: (files: Files) => unknown): string[] {
  const texts = new Map<string, string>()
  write({ open: (name) => ({ write: (text) => texts.set(name, (texts.get(name) ?? '') + text) }) })
  for (const [name, text] of texts) writeFileSync(join(folder, name), text)
  return [...texts.keys()]
}

const call = (program: string, ...words: string[]) => spawnSync(program, words, { cwd: folder, encoding: 'utf8' })

const judges = [
  { program: 'hledger', words: ['-f', 'books.journal', 'check', 'ordereddates', 'accounts', 'commodities'] },
  { program: 'ledger', words: ['--pedantic', '--strict', '-f', 'books.journal', 'bal'] },
  { program: 'bean-check', words: ['--no-cache', 'books.beancount'] },
] as const

test.each(judges)(
  '--by-month: $program accepts the months, with their closing balances (M-09)',
  ({ program, words }) => {
    if (!hasProgram(program)) return
    const format = program === 'bean-check' ? beancountFormat(run.record.meta) : hledgerFormat(run.record.meta)
    const files = written((open) => writeJournal(run.record, open, 'books', format, { byMonth: true }))
    const month = (text: string) => `books-${text}.${format.ending}`
    expect(files).toEqual([month('2024-03'), month('2024-04'), month('2024-05'), `books.${format.ending}`])
    expect(call(program, ...words)).toMatchObject({ status: 0, stderr: '' })
    // A posting that is lost in March is noticed at the end of March.
    const path = join(folder, month('2024-03'))
    const text = readFileSync(path, 'utf8')
    const first = /(?<=\n)2024-03-2\d \*[^\n]*usage[^\n]*\n(?:[ \t][^\n]*\n)+/.exec(text)?.[0] ?? ''
    expect(first).not.toBe('')
    writeFileSync(path, text.replace(first, ''))
    const { status, stdout, stderr } = call(program, ...words)
    expect(status).not.toBe(0)
    expect(stdout + stderr).toMatch(/2024-0[34]-(31|01)|2024-03.*assert|assert|balance/i)
  },
)

test('a month with more transactions than belong in one file has several', () => {
  const format = hledgerFormat(run.record.meta)
  const files = written((open) => writeJournal(run.record, open, 'many', format, { byMonth: true, most: 20 }))
  expect(files.slice(0, 2)).toEqual(['many-2024-03.journal', 'many-2024-03-002.journal'])
  if (hasProgram('hledger')) expect(call('hledger', '-f', 'many.journal', 'check')).toMatchObject({ status: 0 })
})

test('--format budget: against the books of the same run, hledger has every account at 100 % in every month', () => {
  if (!hasProgram('hledger')) return
  written((open) => writeJournal(run.record, open, 'same', hledgerFormat(run.record.meta)))
  expect(written((open) => exportBudget(run.record, open))).toEqual(['budget.journal', 'forecast.journal'])
  const words = ['-f', 'same.journal', '-f', 'budget.journal', 'bal', '--budget', '-M', '-N', '--flat', '-O', 'csv']
  const { stdout, stderr, status } = call('hledger', ...words)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const lines = stdout.trim().split('\n').slice(1)
  // hledger adds a row for each class.
  const cells = lines.map((line) => line.slice(1, -1).split('","')).filter(([account]) => account.includes(':'))
  const expected = new Set(monthMoves(run.record).flatMap(({ moves }) => [...moves.keys()]))
  expect(cells.map(([account]) => account).sort()).toEqual(
    [...expected].map((ledger) => `${classOf(ledger)}:${ledger}`).sort(),
  )
  for (const [account, ...amounts] of cells)
    for (let at = 0; at < amounts.length; at += 2) {
      const [actual, goal] = amounts.slice(at, at + 2)
      expect(actual.replace(/^0$/, ''), `${account}, month ${at / 2}`).toBe(goal.replace(/^0$/, ''))
    }
})

test('the forecast is the mean whole month, each month after the run', () => {
  if (!hasProgram('hledger')) return
  const whole = monthMoves(run.record).filter(({ isWhole }) => isWhole)
  expect(whole.length).toBe(1)
  const words = ['-f', 'forecast.journal', 'bal', '-N', '--flat', '-O', 'csv', '--forecast=2024-06-01..2024-09-01']
  const { stdout, status } = call('hledger', ...words)
  expect(status).toBe(0)
  const theirs = new Map(
    stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.replaceAll('"', '').split(',') as [string, string]),
  )
  for (const [ledger, amount] of meanMoves(whole))
    expect(theirs.get(`${classOf(ledger)}:${ledger}`), ledger).toBe(`${decimalText(amount * 3n, 8, 8)} USD`)
})

test('Q-01: every month and the mean of any months sum to zero', () => {
  for (const { moves } of monthMoves(run.record))
    expect([...moves.values()].reduce((sum, amount) => sum + amount, 0n)).toBe(0n)
  const month = fc
    .array(fc.bigInt(-1_000_000_000_000n, 1_000_000_000_000n), { minLength: 1, maxLength: 6 })
    .map((amounts) => {
      const rest = amounts.reduce((sum, amount) => sum + amount, 0n)
      const moves = new Map([...amounts, -rest].map((amount, index) => [`ledger-${index}`, amount] as const))
      return { month: 0, isWhole: true, moves }
    })
  fc.assert(
    fc.property(fc.array(month, { minLength: 1, maxLength: 7 }), (months) => {
      expect([...meanMoves(months).values()].reduce((sum, amount) => sum + amount, 0n)).toBe(0n)
    }),
    { numRuns: 200 },
  )
})
