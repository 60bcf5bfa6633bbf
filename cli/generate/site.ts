/** Writes the documentation as a static site, from the same Markdown: `npm run docs` writes `out/docs/`. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import MiniSearch from 'minisearch'
import { runScript } from '../script.ts'
import { laidOut, searching } from './site/layout.ts'
import { pagePaths, placeOf, root, upFrom } from './site/pages.ts'
import { render } from './site/render.ts'

const searchOptions = {
  fields: ['title', 'page', 'text'],
  storeFields: ['place', 'title', 'page'],
  searchOptions: { prefix: true, fuzzy: 0.15, boost: { title: 8, page: 2 }, combineWith: 'AND' as const },
}

/** Every file of the site by its path. */
export function siteFiles(): Map<string, string> {
  const files = new Map<string, string>()
  const index = new MiniSearch(searchOptions)
  for (const path of pagePaths()) {
    const { title, html, sections } = render(path, readFileSync(join(root, path), 'utf8'))
    const place = placeOf(path)
    files.set(place, laidOut({ title, html, place, up: upFrom(path) }))
    for (const { title: section, anchor, text } of sections)
      index.add({ id: `${place}#${anchor}`, place: `${place}#${anchor}`, title: section, page: title, text })
  }
  files.set('search.js', searching)
  const json = JSON.stringify(JSON.stringify(index))
  files.set(
    'search-index.js',
    `window.searchOptions = ${JSON.stringify(searchOptions)}\nwindow.searchIndex = ${json}\n`,
  )
  return files
}

/** Writes the site into a folder, in place of what was there. */
export function writeSite(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, text] of siteFiles()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const library = createRequire(import.meta.url).resolve('minisearch')
  copyFileSync(join(dirname(library), '../umd/index.js'), join(folder, 'minisearch.js'))
}

if (import.meta.main)
  await runScript(
    { command: 'npm run docs --', about: 'Writes the documentation as a static site into out/docs/.', options: {} },
    () => {
      writeSite(join(root, 'out/docs'))
      process.stdout.write(`Written ${relative(process.cwd(), join(root, 'out/docs/index.html'))}\n`)
    },
  )
