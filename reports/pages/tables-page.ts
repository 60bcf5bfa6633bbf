/** The tables of a run's report, page by page, from their CSV files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { grouped } from '#base/decimal-text.ts'
import { html } from '../html/markup.ts'
import { plainTable } from '../html/table.ts'
import { reportFiles } from '../write.ts'
import { runAddress, tableAddress } from './addresses.ts'
import type { OpenRun } from './open-run.ts'
import { type Page, problemPage } from './page.ts'
import { extentOf, PAGE_ROWS, pager } from './paging.ts'

function tablesOf(run: OpenRun): readonly string[] {
  const folder = join(run.folder, reportFiles.tables)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => name.slice(0, -4))
    .sort()
}

const titleOf = (name: string): string => `${name[0].toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`

export function tablesPage(run: OpenRun): Page {
  const names = tablesOf(run)
  return {
    status: 200,
    title: `Tables, ${run.key}`,
    run: run.key,
    place: 'Tables',
    trail: [
      ['All runs', '/'],
      [run.key, runAddress(run.key)],
      ['Tables', `${runAddress(run.key)}/tables`],
    ],
    body: html`<h1>Tables</h1><p class="soft">As they are in the folder <code>${reportFiles.tables}/</code> of the run.</p>
<ul class="found">${names.map((name) => html`<li><a href="${tableAddress(run.key, name)}">${titleOf(name)}</a></li>`)}</ul>`,
  }
}

/** One table. A cell that is a number is aligned as one. */
export function tablePage(
  run: OpenRun,
  name: string,
  asked: { readonly q?: string | undefined; readonly page?: string | undefined },
): Page {
  // A name that is in the list of files: no path can be asked for.
  if (!tablesOf(run).includes(name))
    return problemPage(404, 'There is no such table', `The run has no table '${name}'.`, run.key)
  const [head = [], ...all] = run.kept(
    `table ${name}`,
    () =>
      parse(readFileSync(join(run.folder, reportFiles.tables, `${name}.csv`)), {
        relax_column_count: true,
      }) as string[][],
  )
  const words = (asked.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const rows =
    words.length === 0 ? all : all.filter((row) => words.every((word) => row.join(' ').toLowerCase().includes(word)))
  const extent = extentOf(asked.page, rows.length)
  const isNumber = (column: number): boolean =>
    rows.length > 0 && rows.every((row) => /^-?[\d.]*$/.test(row[column] ?? ''))
  const title = titleOf(name)
  return {
    status: 200,
    title: `${title}, ${run.key}`,
    run: run.key,
    place: 'Tables',
    trail: [
      ['All runs', '/'],
      [run.key, runAddress(run.key)],
      ['Tables', `${runAddress(run.key)}/tables`],
      [title, tableAddress(run.key, name)],
    ],
    body: html`<h1>${title}</h1>
<form class="filter" action="${tableAddress(run.key, name)}" method="get" aria-label="Filter of the table">
<label>Contains <input type="search" name="q" value="${asked.q ?? ''}"></label> <button>Show</button> <a href="${tableAddress(run.key, name)}">All ${grouped(String(all.length))} rows</a></form>
${pager(extent, 'rows', (page) => tableAddress(run.key, name, { q: asked.q, page }))}
${plainTable(
  title,
  head.map((heading, column) => ({
    title: heading.replaceAll('_', ' '),
    number: isNumber(column),
    cell: (row: string[]) => row[column] ?? '',
  })),
  rows.slice(extent.offset, extent.offset + PAGE_ROWS),
)}`,
  }
}
