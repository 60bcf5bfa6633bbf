/** Every link of the documentation leads to a file of the clone, and every anchor to a heading. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, root } from './source-tree.ts'

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...filesOf('docs', '.md')]

const withoutCode = (text: string): string =>
  text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '))

/** The anchor that a heading has on GitHub and on the site. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

/** The anchors of a page: a heading that comes again has `-1`, `-2`. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>()
  const text = readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '')
  for (const [, heading] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = anchorOf(heading)
    let name = anchor
    for (let again = 1; anchors.has(name); again++) name = `${anchor}-${again}`
    anchors.add(name)
  }
  return anchors
}

const linksOf = (page: string): string[] =>
  [...withoutCode(readFileSync(join(root, page), 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link)

test.each(pages)('%s has no dead link', (page) => {
  const dead = linksOf(page)
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path, anchor] = link.split('#')
      const target = path === '' ? page : normalize(join(dirname(page), path))
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchorsOf(target).has(anchor)
    })
  expect(dead).toEqual([])
})

test('a heading has the anchor that its link names', () => {
  expect(anchorOf('`quote`: one amount at a time')).toBe('quote-one-amount-at-a-time')
  expect(anchorOf('The cheapest mix (E-12)')).toBe('the-cheapest-mix-e-12')
  expect(anchorsOf('docs/cli.md').has('fork')).toBe(true)
})

test('the index has every page of docs/', () => {
  const index = linksOf('docs/README.md')
  const own = filesOf('docs', '.md').map((page) => page.slice('docs/'.length))
  expect(own.filter((page) => page !== 'README.md' && !index.includes(page) && !index.includes(`${page}#`))).toEqual([])
})
