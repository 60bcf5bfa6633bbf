/** report.html in a real browser, from a file, as people open it. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { goldenNames } from '../../golden/golden-reports.ts'
import { sharedGoldenRun } from '../../golden/shared-golden-run.ts'
import { hasProgram } from '../../house/programs.ts'
import { type Browser, expectUsable, headingsAndLandmarks, launched, listen, type Page } from './looked-at.ts'

type Name = (typeof goldenNames)[number]

/** The pages with their charts, of which golden.test.ts keeps the hashes alone. */
const urls = {} as Record<Name, string>
let browser: Browser | undefined

beforeAll(async () => {
  if (!hasProgram('chromium')) return
  browser = await launched()
  for (const name of goldenNames) urls[name] = pathToFileURL(join(await sharedGoldenRun(name), 'report.html')).href
})

afterAll(() => browser?.close())

interface Look {
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
  readonly javaScriptEnabled?: boolean
}

/** Opens a page, lets `use` look at it, and expects that it was silent and asked for nothing but itself. */
async function opened(name: Name, { width, ...look }: Look, use: (page: Page) => Promise<void>): Promise<void> {
  if (browser === undefined) return
  const context = await browser.newContext({ viewport: { width, height: 900 }, ...look })
  const page = await context.newPage()
  const { said, asked } = listen(page)
  await page.goto(urls[name])
  await use(page)
  await context.close()
  expect(said).toEqual([])
  expect(asked).toEqual([urls[name]])
}

const widths = [1280, 390]
const schemes = ['light', 'dark'] as const

test.each(['servers', 'disputes'] as const)(
  '%s on a desktop and a phone, light and dark: charts are seen, nothing sticks out',
  async (name) => {
    await opened(name, { width: widths[0], colorScheme: 'light' }, async (page) => {
      for (const width of widths)
        for (const colorScheme of schemes) {
          await page.setViewportSize({ width, height: 900 })
          await page.emulateMedia({ colorScheme })
          await expectSeen(page, width, colorScheme)
        }
    })
  },
)

async function expectSeen(page: Page, width: number, colorScheme: 'light' | 'dark'): Promise<void> {
  const figures = page.locator('figure')
  expect(await figures.count()).toBeGreaterThan(6)
  for (const figure of await figures.all()) {
    const box = await figure.locator('svg:visible').boundingBox()
    expect(await figure.locator('svg:visible').count()).toBe(1)
    expect(box?.width ?? 0).toBeGreaterThan(200)
    expect(box?.height ?? 0).toBeGreaterThan(40)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width)
  }
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  const [text, ground] = (await page.evaluate(
    '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
  )) as [string, string]
  const light = (colour: string) => Number(/\d+/.exec(colour)?.[0]) > 127
  expect([light(text), light(ground)]).toEqual(colorScheme === 'dark' ? [true, false] : [false, true])
}

test.each(['servers', 'disputes', 'hostile'] as const)('%s: axe-core finds nothing serious', async (name) => {
  await opened(name, { width: 1280, colorScheme: 'light' }, async (page) => {
    await expectUsable(page, name)
    expect(await headingsAndLandmarks(page)).toEqual([])
  })
})

test('a chart says what is at the pointer, and where the arrow keys lead', async () => {
  await opened('servers', { width: 1280, colorScheme: 'light' }, async (page) => {
    const drawing = page.locator('#chart-revenue .drawing')
    const tip = page.locator('.tip')
    await drawing.hover()
    expect(await tip.textContent()).toMatch(/^\d{4}-\d\d-\d\d: \w+ [\d,.]+/)
    await page.mouse.move(0, 0)
    await drawing.focus()
    await page.keyboard.press('ArrowRight')
    const first = await tip.textContent()
    await page.keyboard.press('ArrowRight')
    expect(await tip.textContent()).not.toBe(first)
    await page.keyboard.press('Escape')
    expect(await tip.isVisible()).toBe(false)
  })
})

test('a table sorts by a heading, by mouse and by keyboard, numbers as numbers', async () => {
  await opened('servers', { width: 1280, colorScheme: 'light' }, async (page) => {
    const table = page.locator('table.sortable', { has: page.getByRole('button', { name: 'not sold' }) }).last()
    const heading = table.getByRole('button', { name: 'not sold' })
    const values = async () => (await table.locator('tbody td:last-child').allTextContents()).map(Number)
    const before = await values()
    const ascending = [...before].sort((a, b) => a - b)
    expect(before).not.toEqual(ascending)
    await heading.click()
    expect(await values()).toEqual([...ascending].reverse())
    expect(await table.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending')
    await heading.focus()
    await page.keyboard.press('Enter')
    expect(await values()).toEqual(ascending)
  })
})

test('refusals are found by words, in any order and case', async () => {
  await opened('servers', { width: 390, colorScheme: 'dark' }, async (page) => {
    const rows = page.locator('.search tbody tr:visible')
    const all = await rows.count()
    await page.getByLabel('Search refusals').fill('EU-1A arrears')
    const found = await rows.allTextContents()
    expect(found.length).toBeGreaterThan(0)
    expect(found.length).toBeLessThan(all)
    for (const text of found) expect(text).toMatch(/in-arrears.*eu-1a/)
    expect(await page.locator('.search output').textContent()).toBe(`${found.length} of ${all}`)
    await page.getByLabel('Search refusals').fill('')
    expect(await rows.count()).toBe(all)
  })
})

test('without scripts every row is shown, and headings are plain', async () => {
  await opened('servers', { width: 1280, colorScheme: 'light', javaScriptEnabled: false }, async (page) => {
    expect(await page.locator('.search tbody tr:visible').count()).toBeGreaterThan(30)
    expect(await page.locator('button, input').count()).toBe(0)
  })
})

test('on paper nothing is hidden behind a scroll bar', async () => {
  await opened('servers', { width: 1280, colorScheme: 'dark' }, async (page) => {
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('nav').isVisible()).toBe(false)
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.search .scroll')).overflowY`)).toBe('visible')
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
    // 186 mm, the width of A4 within its margins: what is wider is cut off, or makes the whole page small.
    await page.setViewportSize({ width: 703, height: 900 })
    const wide = `[...document.querySelectorAll('table')].filter((each) => each.getBoundingClientRect().right > 703)`
    expect(await page.evaluate(`${wide}.map((each) => each.parentElement.ariaLabel)`)).toEqual([])
  })
})

test('hostile text is shown as it was written, and nothing of it runs', async () => {
  await opened('hostile', { width: 1280, colorScheme: 'light' }, async (page) => {
    expect(await page.title()).toContain('golden-hostile')
    expect(await page.locator('.question').textContent()).toContain('<img src=x onerror=alert(1)>')
    expect(await page.locator('script').count()).toBe(1)
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.locator('.search').textContent()).toContain('traced/<script>alert(1)</script>')
  })
})
