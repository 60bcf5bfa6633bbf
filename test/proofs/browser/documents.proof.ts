/** Invoices and credit notes print on one page, of A4 and of Letter. */
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documentHtml } from '#reports/documents/html.ts'
import { documentsOf } from '#reports/documents/run-documents.ts'
import { hasProgram } from '../../house/programs.ts'
import { everyRuleRecord } from '../../reports/every-rule-run.ts'

let browser: Browser | undefined
beforeAll(async () => {
  if (hasProgram('chromium'))
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    })
})
afterAll(() => browser?.close())

test('the longest document of a run, and one of 500 lines, print on one page', async () => {
  if (browser === undefined) return
  const record = await everyRuleRecord()
  const documents = [...documentsOf(record)].sort((a, b) => b.lines.length - a.lines.length)
  const [longest] = documents
  const lines = Array.from({ length: 500 }, (_, index) => ({
    text: `a product with a name that is rather long, ${index}`,
    note: 'order 123456, a note that goes with it',
    net: 1_000_000n,
    amount: 1_000_000n,
    percent: ['0', '6', '19'][index % 3],
  }))
  const page = await browser.newPage()
  for (const document of [longest, { ...longest, lines, returned: 'returned on 2024-01-01' }])
    for (const format of ['A4', 'Letter']) {
      await page.setContent(documentHtml(document, record))
      const pdf = (await page.pdf({ format })).toString('latin1')
      expect(pdf.match(/\/Type\s*\/Page\b/g)?.length, `${document.number}, ${format}`).toBe(1)
    }
  await page.setContent(documentHtml({ ...longest, lines: Array.from({ length: 19 }, () => lines).flat() }, record))
  await page.addStyleTag({ content: 'tbody tr td { height: 40mm }' })
  const long = (await page.pdf({ format: 'A4' })).toString('latin1')
  expect(long.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(1)
  record.close()
})
