/** What a reader adds up: the total of a table on the page is the sum of its rows, and a table that is cut says so. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reportSection } from '#reports/html/table.ts'
import type { ReportTable } from '#reports/report-table.ts'
import { sharedGoldenRun } from '../golden/shared-golden-run.ts'

interface Cell {
  readonly isNumber: boolean
  /** The whole value, where the text has fewer decimals; otherwise the text. */
  readonly value: string
}

interface Totalled {
  readonly name: string
  readonly headings: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
  readonly total: readonly Cell[]
}

const part = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? ''

const cellsOf = (markup: string): Cell[][] =>
  [...markup.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row.matchAll(/<t[hd]([^>]*)>(.*?)<\/t[hd]>/gs)].map(([, attributes, text]) => ({
      isNumber: attributes.includes('class="number"'),
      value: part(attributes, /data-v="([^"]*)"/) || text,
    })),
  )

/** The tables of a page that have a total. */
const totalled = (page: string): Totalled[] =>
  [...page.matchAll(/aria-label="([^"]+)" tabindex="0"><table[^>]*>(.*?)<\/table>/gs)]
    .filter(([, , body]) => body.includes('<tfoot>'))
    .map(([, name, body]) => ({
      name,
      headings: cellsOf(part(body, /<thead>(.*?)<\/thead>/s))[0].map(({ value }) => value),
      rows: cellsOf(part(body, /<tbody>(.*?)<\/tbody>/s)),
      total: cellsOf(part(body, /<tfoot>(.*?)<\/tfoot>/s))[0],
    }))

/** Hundred-millionths. A dash, which is sorted below every number, adds nothing. */
function units({ value }: Cell): bigint {
  if (Number(value) === -1e300) return 0n
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(value) as RegExpExecArray
  return BigInt(`${sign}${whole}${fraction.padEnd(8, '0')}`)
}

test.each(['servers', 'disputes', 'hostile'] as const)(
  'the totals of the report of %s are the sums of their rows',
  async (name) => {
    const found = totalled(readFileSync(join(await sharedGoldenRun(name), 'report.html'), 'utf8'))
    expect(found.length).toBeGreaterThan(12)
    for (const { name: table, headings, rows, total } of found)
      for (const [index, cell] of total.entries()) {
        if (!cell.isNumber) continue
        const column = rows.map((row) => units(row[index]))
        // A balance at the end of a month is not added up: the total has that of the last month.
        const expected = headings[index].endsWith('at the end')
          ? column.at(-1)
          : column.reduce((sum, value) => sum + value, 0n)
        expect(units(cell), `${table}, ${headings[index]}`).toBe(expected)
      }
  },
)

const ofRows = (count: number): ReportTable => ({
  ...{ name: 'many', title: 'Many', text: 'Some rows.' },
  columns: [
    { key: 'name', title: 'Name', unit: 'text' },
    { key: 'count', title: 'count', unit: 'count' },
  ],
  rows: Array.from({ length: count }, (_, index) => [`row ${index}`, 1]),
  total: ['Total', count],
})

test('a table of 200 rows is whole; one of 201 says how many are shown, and of what its total is', () => {
  const [whole, cut] = [200, 201].map((count) => reportSection(ofRows(count), 0).text)
  const [[a], [b]] = [totalled(whole), totalled(cut)]
  expect([a.rows.length, a.total[1].value, whole.includes('are shown')]).toEqual([200, '200', false])
  expect([b.rows.length, b.total[1].value]).toEqual([200, '201'])
  expect(cut).toContain(
    'The first 200 of 201 rows are shown. The total is of all of them. All in <code>tables/many.csv',
  )
})
