/** `marketsim open` in a real browser, as a person uses it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '#cli/open/serve.ts'
import { Site } from '#reports/pages/site.ts'
import { sharedGoldenRun } from '../../golden/shared-golden-run.ts'
import { hasProgram } from '../../house/programs.ts'
import { type Browser, expectUsable, launched, listen, type Page } from './looked-at.ts'

let browser: Browser | undefined
beforeAll(async () => {
  if (hasProgram('chromium')) browser = await launched()
})
afterAll(() => browser?.close())

/** Opens the pages of a run by the printed address, and expects silence and no request to elsewhere. */
async function opened(
  names: readonly Parameters<typeof sharedGoldenRun>[0][],
  use: (page: Page, origin: string) => Promise<void>,
) {
  if (browser === undefined) return
  const found: { key: string; folder: string }[] = []
  for (const name of names) found.push({ key: name, folder: await sharedGoldenRun(name) })
  const site = new Site(() => found)
  const controller = new AbortController()
  const errors: unknown[] = []
  const { address, ended } = await serve({
    site,
    idleMs: 600_000,
    signal: controller.signal,
    onError: (error) => errors.push(error),
  })
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  const { said, asked } = listen(page)
  const { origin } = new URL(address)
  await page.goto(address)
  await page.waitForURL(`${origin}/`)
  await use(page, origin)
  await context.close()
  controller.abort()
  await ended
  site.close()
  expect([said, errors]).toEqual([[], []])
  expect(asked.filter((url) => !url.startsWith(origin))).toEqual([])
}

const paths = [
  '/',
  '/rules',
  '/live',
  '/run/servers',
  '/run/servers/accounts',
  '/run/servers/orders?page=2',
  '/run/servers/bills?sort=payable',
  '/run/servers/refusals',
  '/run/servers/differences',
  '/run/servers/tables',
  '/run/servers/table/capacity',
  '/run/servers/search?q=1',
  '/run/servers/order/1',
  '/run/hostile',
  '/run/hostile/accounts',
  '/run/hostile/bills',
]

test('every kind of page is usable at three widths in both themes, and axe-core finds nothing serious', async () => {
  await opened(['servers', 'hostile'], async (page, origin) => {
    for (const path of paths) {
      await page.goto(`${origin}${path}`)
      await expectUsable(page, path)
    }
    await page.goto(`${origin}/run/servers/bills?sort=payable`)
    await page.locator('main table a').first().click()
    await page.waitForURL(/\/bill\//)
    await expectUsable(page, 'a bill')
    await page
      .locator('main table a', { hasText: /^transaction/ })
      .first()
      .click()
    await page.waitForURL(/\/transaction\//)
    await expectUsable(page, 'a transaction')
    await page.goto(`${origin}/run/servers/report`)
    await expectUsable(page, 'the report')
  })
})

/** Presses Tab until the focus is on what is looked for. */
async function tabTo(page: Page, text: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const focused = (await page.evaluate('document.activeElement.textContent')) as string
    if (text.test(focused.trim())) return
  }
  throw new Error(`no Tab leads to ${text}`)
}

test('by the keyboard alone: why is this cent on the bill? From the search to the bill, its charge, the hour and the rule', async () => {
  await opened(['servers'], async (page) => {
    await page.keyboard.press('/')
    await page.keyboard.type('eu')
    expect(await page.evaluate('document.activeElement.id')).toBe('search')
    await page.keyboard.press('Escape')
    await page.goto(`${new URL(page.url()).origin}/run/servers`)
    await tabTo(page, /^Bills$/)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/bills/)
    await tabTo(page, /, \d{4}-\d\d$/)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/bill\//)
    await tabTo(page, /^transaction \d+$/)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/transaction\//)
    expect(await page.locator('main table').first().textContent()).toMatch(/\/ 3600 x \d+|started hour|price/)
    await tabTo(page, /^[A-Z]-\d\d$/)
    const tip = page.getByRole('tooltip')
    expect(await tip.isVisible()).toBe(true)
    expect(await tip.textContent()).toMatch(/^[A-Z]-\d\d: \w/)
    await page.keyboard.press('Escape')
    expect(await tip.isVisible()).toBe(false)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/rules#/)
  })
})

test('without scripts every page works: links, forms and titles', async () => {
  if (browser === undefined) return
  const folder = await sharedGoldenRun('servers')
  const site = new Site(() => [{ key: 'servers', folder }])
  const controller = new AbortController()
  const { address, ended } = await serve({ site, idleMs: 600_000, signal: controller.signal, onError() {} })
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  const { origin } = new URL(address)
  await page.goto(address)
  await page.waitForURL(`${origin}/`)
  await page.getByLabel('Search').fill('U-01')
  await page.getByRole('button', { name: 'Find' }).click()
  await page.waitForURL((url) => url.pathname !== '/')
  expect(await page.locator('h1').textContent()).toMatch(/U-01/)
  await context.close()
  controller.abort()
  await ended
  site.close()
})

test('on paper a bill has no navigation and no form', async () => {
  await opened(['servers'], async (page, origin) => {
    await page.goto(`${origin}/run/servers/bills`)
    await page.locator('main table a').first().click()
    await page.waitForURL(/\/bill\//)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.top').isVisible()).toBe(false)
    expect(await page.locator('main table').first().isVisible()).toBe(true)
  })
})
