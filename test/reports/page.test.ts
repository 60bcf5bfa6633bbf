import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, expect, test } from 'vitest'
import { html, trusted } from '#reports/html/markup.ts'
import { script } from '#reports/html/script.ts'
import { RunRecord, withRecord } from '#reports/record.ts'
import { writeReports } from '#reports/write.ts'
import { type FixtureText, writeFixtureRecord } from './fixture-record.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-page-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function reportsOf(name: string, text: FixtureText = {}): Promise<string> {
  const run = join(folder, name)
  mkdirSync(run, { recursive: true })
  writeFixtureRecord(join(run, 'run.sqlite'), text, 1)
  const record = new RunRecord(run)
  await writeReports(record, run).finally(() => record.close())
  return run
}

const read = (run: string, file: string): string => readFileSync(join(run, file), 'utf8')

test('what is put into markup is escaped unless it is markup', () => {
  const name = `<script>alert("&'")</script>`
  expect(html`<td title="${name}">${name}</td>`.text).toBe(
    '<td title="&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;">&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;</td>',
  )
  expect(html`${[html`<b>${1}</b>`, null, undefined, false, ' & ', trusted('<i>')]}`.text).toBe('<b>1</b> &amp; <i>')
})

test('the same record gives identical files twice', async () => {
  const run = await reportsOf('twice')
  const files = ['summary.json', 'reconciliation.csv', 'report.html', 'charts/pool-use.vl.json']
  const before = files.map((file) => read(run, file))
  const record = new RunRecord(run)
  await writeReports(record, run)
  record.close()
  expect(files.map((file) => read(run, file))).toEqual(before)
})

test('the page names its figures, sections and differences, and needs nothing from outside', async () => {
  const run = await reportsOf('page')
  const page = read(run, 'report.html')
  expect(page).toContain('reconciliation: 122 amounts, 1 differences')
  for (const id of ['thresholds', 'orders', 'pools', 'revenue', 'service', 'arrears', 'reconciliation', 'about'])
    expect(page).toContain(`<section id="${id}">`)
  expect(page).toContain('one unit short')
  expect(page.match(/<svg /g)).toHaveLength(18)
  expect(page.replace(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/https?:|src=|@import|url\((?!#)/)
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(readdirSync(join(run, 'charts')).sort()).toEqual(
    ['arrivals', 'order-flow', 'orders', 'pool-fan', 'pool-heat', 'pool-use', 'revenue', 'revenue-rules', 'sla-servers']
      .map((name) => `${name}.vl.json`)
      .sort(),
  )
})

/** What a scenario may call its name, question and product, none of it kind. */
const hostile: readonly (readonly [name: string, question: string, product: string])[] = [
  ['<script>alert(1)</script>', '</style><script>', `"><img src=x onerror=alert(1)>`],
  [`{{7*7}}\${7*7}`, 'x'.repeat(10_000), `=cmd|' /C calc'!A0`],
  ['\u202Egnp.exe', '<!-- ', "@SUM(1+1)*cmd|' /C calc'!A0"],
]

test.each(hostile)('a scenario that says %s stays text', async (name, question, product) => {
  const run = await reportsOf('hostile', { name, question, product })
  const page = read(run, 'report.html')
  expect(page.replace(`<script>${script}</script>`, '')).not.toMatch(/<script|<img|<!--|onerror=(?!alert\(1\)&gt;)/)
  expect(page.match(/<\/style>/g)).toHaveLength(1)
  for (const table of readdirSync(join(run, 'tables')))
    for (const row of parse(read(run, join('tables', table))) as string[][])
      for (const cell of row) expect(cell).not.toMatch(/^[=+@\t\r]|^-(?!\d)/)
  const summary = JSON.parse(read(run, 'summary.json'))
  expect(summary.run.name).toBe(name)
  expect(Object.keys(summary.figures['orders.placed'].by.product)).toContain(product)
  expect(withRecord(run, (record) => record.meta.question)).toBe(question)
})
