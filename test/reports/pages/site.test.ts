/** The pages over records: every link leads somewhere, names stay text, and no password is on any of them. */
import { expect, test } from 'vitest'
import { pageText } from '#reports/pages/page.ts'
import { Site } from '#reports/pages/site.ts'
import { RunRecord } from '#reports/record.ts'
import { credentialsOf } from '#sim/market/supervision/credentials.ts'
import { sharedGoldenRun } from '../../golden/shared-golden-run.ts'

const key = 'a run'

async function withSite<T>(
  name: Parameters<typeof sharedGoldenRun>[0],
  use: (site: Site, folder: string) => T,
): Promise<T> {
  const folder = await sharedGoldenRun(name)
  const site = new Site(() => [{ key, folder }])
  try {
    return use(site, folder)
  } finally {
    site.close()
  }
}

const get = (site: Site, address: string) => {
  const { pathname, searchParams } = new URL(address, 'http://localhost')
  const page = site.page(pathname, searchParams)
  return { status: page.status, text: pageText(page) }
}

/** Entities of text in an attribute. */
const plain = (text: string): string =>
  text
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')

/** Follows links from the first page: every list and document, and a few addresses of each kind. */
function crawled(site: Site, most: number): Map<string, { status: number; text: string }> {
  const pages = new Map<string, { status: number; text: string }>()
  const waiting = ['/']
  const kinds = new Map<string, number>()
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    if (pages.has(address)) continue
    const page = get(site, address)
    pages.set(address, page)
    for (const [, href] of page.text.matchAll(/ href="(\/(?:run|rules)[^"]*)/g)) {
      const [next] = plain(href).split('#')
      if (next.endsWith('/report')) continue
      const kind = next.split(/[/?]/).slice(0, 4).join('/')
      const count = kinds.get(kind) ?? 0
      if (count < most && !pages.has(next) && !waiting.includes(next)) {
        kinds.set(kind, count + 1)
        waiting.push(next)
      }
    }
  }
  return pages
}

test.each(['disputes', 'hostile'] as const)(
  'every link of %s leads to a page, and names of the run stay text',
  async (name) => {
    await withSite(name, (site) => {
      const pages = crawled(site, 4)
      expect(pages.size).toBeGreaterThan(25)
      expect([...pages].filter(([, { status }]) => status !== 200).map(([address]) => address)).toEqual([])
      for (const [address, { text }] of pages)
        expect(text.replace(/<script src="\/assets\/script.js" defer><\/script>/, ''), address).not.toMatch(
          /<script|<img|<style| style="| on\w+="/,
        )
    })
  },
)

test('S-11: no page has a password of an application', async () => {
  await withSite('disputes', (site, folder) => {
    const record = new RunRecord(folder)
    const orders =
      record.rows(`SELECT c.order_id AS id, g.product FROM app_credentials c JOIN orders o ON o.id = c.order_id
       JOIN goods g ON g.id = o.specification`)
    const { seed } = record.meta
    record.close()
    expect(orders.length).toBeGreaterThan(0)
    const pages = [...crawled(site, 4)].map(([, { text }]) => text)
    for (const { id, product } of orders) {
      const { status, text } = get(site, `/run/a%20run/order/${id}`)
      expect(status).toBe(200)
      const password = credentialsOf(seed, 0, Number(id), String(product)).reveal()
      for (const page of [...pages, text]) expect(page).not.toContain(password)
    }
  })
})

test('a bill leads to the hour of each of its cents, and each of its lines has an address', async () => {
  await withSite('servers', (site) => {
    const [, bill] =
      / href="(\/run\/a%20run\/bill\/[^"]+)"/.exec(get(site, '/run/a%20run/bills?sort=payable').text) ?? []
    const page = get(site, bill as string)
    const [, transaction] =
      / href="(\/run\/a%20run\/transaction\/\d+)">transaction \d+<\/a>, usage/.exec(page.text) ?? []
    expect(page.text).toMatch(/payable/)
    const [, line] = / href="([^"]+\?line=transaction-\d+#transaction-\d+)"/.exec(page.text) ?? []
    expect(get(site, line as string).text).toContain(`id="${(line as string).split('#')[1]}"`)
    const hour = get(site, transaction as string).text
    expect(hour).toMatch(/ \/ 3600 x \d+/)
    expect(hour).toMatch(/<a class="rule" href="\/rules#U-01" title="U-01: servers are metered by the second/)
  })
})

test.each([
  ['/run/a%20run/order/0', 404, 'there is no order 0'],
  ['/run/a%20run/bill/none/2024-03', 404, 'there is no account none'],
  ['/run/a%20run/table/none', 404, 'no table'],
  ['/run/a%20run/../../etc', 404, 'no such'],
  ['/run/b', 404, 'There is no such run'],
  ['/nothing', 404, 'There is no such page'],
])('%s is %i and says why', async (address, status, words) => {
  await withSite('servers', (site) => {
    const page = get(site, address)
    expect(page.status).toBe(status)
    expect(page.text).toContain(words)
  })
})

test('pages beyond the last one show the last, and a search finds accounts, numbers, products and rules', async () => {
  await withSite('servers', (site) => {
    const last = get(site, '/run/a%20run/orders?page=999999').text
    const [, from, to, all] = /([\d,]+) to ([\d,]+) of ([\d,]+) orders/.exec(last) ?? []
    expect(to).toBe(all)
    expect(from).not.toBe('1')
    const [, account] = / href="\/run\/a%20run\/account\/([^"]+)"/.exec(get(site, '/run/a%20run/accounts').text) ?? []
    expect(get(site, `/run/a%20run/search?q=${encodeURIComponent(account as string)}`).text).toMatch(/Accounts: \d/)
    expect(get(site, '/run/a%20run/search?q=U-01').text).toContain('rule U-01')
    expect(get(site, '/run/a%20run/search?q=1').text).toMatch(/\/order\/1"/)
    expect(get(site, '/run/a%20run/search?q=%25').text).toContain('Nothing has this name')
  })
})
