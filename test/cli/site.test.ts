/** `npm run docs`: every page is on the site, every link leads somewhere, and the search finds sections. */
import { posix } from 'node:path'
import { runInNewContext } from 'node:vm'
import MiniSearch from 'minisearch'
import { expect, test } from 'vitest'
import { navigation } from '#cli/generate/site/layout.ts'
import { linkOn, pagePaths, placeOf } from '#cli/generate/site/pages.ts'
import { render } from '#cli/generate/site/render.ts'
import { siteFiles } from '#cli/generate/site.ts'

const files = siteFiles()

/** The ids of each page. */
const ids = new Map(
  [...files].map(([path, text]) => [path, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
)

test('each page of the documentation has one place', () => {
  const places = pagePaths().map(placeOf)
  expect(new Set(places).size).toBe(places.length)
  for (const place of places) expect(files.has(place), place).toBe(true)
  for (const [, pages] of navigation) for (const [place] of pages) expect(files.has(place), place).toBe(true)
})

test('every link of the site leads to one of its pages, and every anchor to a heading', () => {
  let count = 0
  for (const [path, text] of files) {
    if (!path.endsWith('.html')) continue
    for (const [, href] of text.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      if (/^https?:/.test(href)) continue
      count++
      const [to, anchor] = href.split('#')
      const target = to === '' ? path : posix.normalize(posix.join(posix.dirname(path), to))
      expect(files.has(target), `${path}: ${href}`).toBe(true)
      if (anchor !== undefined) expect(ids.get(target)?.has(anchor), `${path}: ${href}`).toBe(true)
    }
  }
  expect(count).toBeGreaterThan(1000)
})

test('nothing of the site comes from elsewhere', () => {
  for (const [path, text] of files)
    if (path.endsWith('.html')) expect(text.match(/(?:src|<link [^>]*href)="https?:[^"]*"/g) ?? [], path).toEqual([])
})

test('the search finds a section by its title and its words, as the page loads it', () => {
  const page: { searchIndex?: string; searchOptions?: ConstructorParameters<typeof MiniSearch>[0] } = {}
  runInNewContext(files.get('search-index.js') as string, { window: page })
  const index = MiniSearch.loadJSON(page.searchIndex as string, page.searchOptions as { fields: string[] })
  const places = (words: string) => index.search(words).map(({ place }) => place)
  expect(places('size a pool from a log')[0]).toBe('cookbook.html#size-a-pool-from-a-log')
  expect(places('elastic ip').length).toBeGreaterThan(0)
})

test('a page becomes HTML: anchors, links, tables and files', () => {
  const { html, title, sections } = render(
    'docs/a.md',
    '# A `b` (C-1)\n\n[x](README.md#y) [z](../cli/x.ts) <b\n\n```yaml a.yaml\nx: <1\n```\n\n| | b |\n|---|---|\n| 1 | 2 |\n\n## D\n\nwords\n',
  )
  expect(title).toBe('A b (C-1)')
  expect(html).toContain('<h1 id="a-b-c-1">')
  expect(html).toContain('<a href="index.html#y">x</a> z')
  expect(html).toContain('<figcaption>a.yaml</figcaption>')
  expect(html).toContain('x: &lt;1')
  expect(html).toContain('<td></td><th>b</th>')
  expect(sections.map(({ anchor, text }) => [anchor, text])).toEqual([
    ['a-b-c-1', expect.any(String)],
    ['d', 'words'],
  ])
  expect(linkOn('docs/reference/rules.md', '../cli.md#run')).toBe('../cli.html#run')
  expect(linkOn('README.md', 'docs/reference/README.md')).toBe('reference/index.html')
})
