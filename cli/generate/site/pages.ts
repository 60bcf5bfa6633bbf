/** The pages of the documentation, and where each is on the site. */
import { readdirSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the clone. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

const outside = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']

/** Every Markdown page by its path in the clone. */
export function pagePaths(): string[] {
  const found = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
  return [...outside, ...found.sort()]
}

/** Where a page is on the site: `docs/README.md` is its first page, and the README of the clone is `about.html`. */
export function placeOf(path: string): string {
  if (path === 'docs/README.md') return 'index.html'
  if (path === 'README.md') return 'about.html'
  return path
    .replace(/^docs\//, '')
    .replace(/README\.md$/, 'index.md')
    .replace(/\.md$/, '.html')
    .toLowerCase()
}

/** A link of a page as the site has it: to another page of it, or to a file of the clone, which the site has not. */
export function linkOn(page: string, href: string): string | undefined {
  if (/^[a-z]+:/.test(href) || href.startsWith('#')) return href
  const [path, anchor] = href.split('#')
  const target = posix.normalize(posix.join(dirname(page), path))
  if (!target.endsWith('.md')) return undefined
  const place = posix.relative(dirname(placeOf(page)), placeOf(target))
  return `${place}${anchor === undefined ? '' : `#${anchor}`}`
}

/** The way from a page to the first folder of the site. */
export const upFrom = (page: string): string => {
  const way = relative(dirname(placeOf(page)), '.')
  return way === '' ? '' : `${way.replaceAll('\\', '/')}/`
}
