/** Pages in a real browser: silent, complete in themselves, and without what axe-core calls serious. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const executablePath = '/usr/bin/chromium'
const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const alone = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

export const launched = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...quiet, ...alone], timeout: 0 })

/** What the pages of a context said and asked for. */
export interface Heard {
  readonly said: string[]
  readonly asked: string[]
}

export function listen(page: Page): Heard {
  // The time of the test is the limit: a machine may be busy.
  page.setDefaultTimeout(0)
  const heard: Heard = { said: [], asked: [] }
  page.on('console', (message) => heard.said.push(`${message.text()} ${message.location().url}`.trim()))
  page.on('pageerror', (error) => heard.said.push(error.message))
  page.on('dialog', (dialog) => heard.said.push(dialog.message()))
  page.on('request', (request) => heard.asked.push(request.url()))
  return heard
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string }[]
}

/** What axe-core finds with these options of its `run`, with the first element of each. */
async function violations(page: Page, options: string): Promise<(Violation & { text: string })[]> {
  // The Content-Security-Policy of the page does not bind what the debugger evaluates.
  await page.evaluate(axe)
  const found = (await page.evaluate(`axe.run(${options}).then(({ violations }) => violations)`)) as Violation[]
  return found.map((each) => ({ ...each, text: `${each.id}: ${each.nodes[0]?.html.slice(0, 200)}` }))
}

/** What axe-core calls serious or critical on a page. */
export const seriousProblems = async (page: Page): Promise<string[]> =>
  (await violations(page, ''))
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ text }) => text)

/** Headings that skip a level, and content outside of a landmark: axe-core calls both moderate. */
export const headingsAndLandmarks = async (page: Page): Promise<string[]> =>
  (await violations(page, `{ runOnly: ['heading-order', 'region'] }`)).map(({ text }) => text)

/** Expects that a page is usable at every width in both themes: nothing sticks out, and axe-core finds nothing serious. */
export async function expectUsable(page: Page, where: string): Promise<void> {
  for (const width of [390, 1280, 1920]) {
    await page.setViewportSize({ width, height: 900 })
    expect(await page.evaluate('document.documentElement.scrollWidth'), `${where} at ${width} px`).toBeLessThanOrEqual(
      width,
    )
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousProblems(page), `${where}, ${colorScheme}`).toEqual([])
  }
}

export type { Browser, BrowserContext, Page }
