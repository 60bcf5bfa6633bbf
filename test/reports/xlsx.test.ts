/** The spreadsheets, read as the ZIP and XML that they are, against the CSV of the same run. */
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportTables } from '#reports/exports/tables.ts'
import { exportXlsx, guarded } from '#reports/exports/xlsx.ts'
import { type ShortRun, shortRun } from './short-run.ts'
import { differentCell, sheetOf } from './xlsx-cells.ts'

let run: ShortRun
beforeAll(async () => {
  run = await shortRun(['end=2024-03-02T00:00:00+08:00', 'buyers.start-ups.count=30', 'buyers.companies.count=10'])
})
afterAll(() => run.remove())

async function written(): Promise<Map<string, Buffer>> {
  const parts = new Map<string, Uint8Array[]>()
  await exportXlsx(run.record, {
    open(name) {
      const list: Uint8Array[] = []
      parts.set(name, list)
      return { writeBytes: (bytes) => list.push(bytes.slice()) }
    },
  })
  return new Map([...parts].map(([name, list]) => [name, Buffer.concat(list)]))
}

test('--format xlsx: every cell is that of the CSV, amounts as number and exact text, and nothing is a formula', async () => {
  const texts = new Map<string, string>()
  exportTables(run.record, { open: (name) => ({ write: (text) => texts.set(name, (texts.get(name) ?? '') + text) }) })
  const files = await written()
  expect([...files.keys()]).toEqual([...texts.keys()].map((name) => name.replace('.csv', '.xlsx')))
  for (const [name, text] of texts) {
    const [head, ...lines] = parse(text) as string[][]
    const sheet = sheetOf(files.get(name.replace('.csv', '.xlsx')) as Buffer)
    expect(sheet).not.toContain('<f>')
    expect(differentCell(sheet, head, lines), name).toBeUndefined()
  }
})

test('a cell that differs is found, as number and as exact text', async () => {
  const files = await written()
  const texts = new Map<string, string>()
  exportTables(run.record, { open: (name) => ({ write: (text) => texts.set(name, (texts.get(name) ?? '') + text) }) })
  const [head, ...lines] = parse(texts.get('postings.csv') ?? '') as string[][]
  const sheet = sheetOf(files.get('postings.xlsx') as Buffer)
  const amount = head.indexOf('amount')
  const text = lines[2][amount]
  expect(text).toMatch(/\.\d{8}$/)
  lines[2][amount] = `${text.slice(0, -1)}${text.endsWith('1') ? 2 : 1}`
  expect(differentCell(sheet, head, lines)).toMatch(/^row 2, amount/)
  expect(differentCell(sheet, head, lines.slice(1))).toMatch(/rows/)
})

test('the same bytes twice', async () => {
  const [first, second] = [await written(), await written()]
  for (const [name, bytes] of first) expect(second.get(name)?.equals(bytes), name).toBe(true)
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\n=1', '|calc', '%x', '＝1', '＋1', '－1', '＠SUM(A1)'])(
  'text such as %j is no formula',
  (text) => {
    expect(guarded(text)).toBe(`'${text}`)
    expect(guarded(`a${text}`)).toBe(`a${text}`)
  },
)
