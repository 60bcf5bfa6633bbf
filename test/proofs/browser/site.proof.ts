/** The site of the documentation in a real browser, from the disk: usable, silent, and searchable without a server. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeSite } from '#cli/generate/site.ts'
import { hasProgram } from '../../house/programs.ts'
import { type Browser, expectUsable, launched, listen } from './looked-at.ts'

let browser: Browser | undefined
const folder = mkdtempSync(join(tmpdir(), 'marketsim-site-'))
beforeAll(async () => {
  writeSite(folder)
  if (hasProgram('chromium')) browser = await launched()
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

test.each(['index.html', 'tutorial.html', 'reference/codes.html', 'reference/lifecycles.html'])(
  '%s is usable at every width, in both themes',
  async (path) => {
    if (browser === undefined) return
    const page = await browser.newPage()
    const { said, asked } = listen(page)
    await page.goto(pathToFileURL(join(folder, path)).href)
    await expectUsable(page, path)
    expect(said).toEqual([])
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([])
    await page.close()
  },
)

test('the search finds a section, and its link leads there', async () => {
  if (browser === undefined) return
  const page = await browser.newPage()
  const { said } = listen(page)
  await page.goto(pathToFileURL(join(folder, 'reference/rules.html')).href)
  await page.getByLabel('Search').fill('size a pool from a log')
  await page.getByRole('link', { name: 'Cookbook: Size a pool from a log' }).click()
  await page.waitForURL('**/cookbook.html#size-a-pool-from-a-log')
  expect(await page.locator('#size-a-pool-from-a-log').innerText()).toBe('Size a pool from a log')
  expect(said).toEqual([])
  await page.close()
})
