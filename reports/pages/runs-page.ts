/** All runs of a folder, side by side. */
import { html, type Markup } from '../html/markup.ts'
import { plainTable } from '../html/table.ts'
import type { Summary } from '../summary.ts'
import { queryText, runAddress } from './addresses.ts'
import type { OpenRun } from './open-run.ts'
import { differencesOf, shownIn } from './overview-page.ts'
import type { Page } from './page.ts'
import { extentOf, PAGE_ROWS, pager } from './paging.ts'

/** Figures of the list of runs, and what they are called. */
const columns = [
  ['revenue', 'revenue.gross'],
  ['orders', 'orders.placed'],
  ['refused', 'orders.refused'],
  ['use of pools', 'pool.use'],
  ['servers', 'ecs.created'],
  ['in arrears', 'arrears.entered'],
] as const

interface Shown {
  readonly run: OpenRun
  /** What its summary says, or why it cannot be read. */
  readonly summary: Summary | Error
}

const read = (run: OpenRun): Shown => {
  try {
    return { run, summary: run.summary }
  } catch (error) {
    return { run, summary: error as Error }
  }
}

function verdict({ summary }: Shown): Markup {
  if (summary instanceof Error) return html`<span class="bad">✗ ${summary.message}</span>`
  const missed = summary.thresholds.filter(({ passed }) => !passed).length
  if (Number(differencesOf(summary)) > 0) return html`<span class="bad">✗ amounts differ</span>`
  return missed > 0
    ? html`<span class="warn">! ${missed} thresholds missed</span>`
    : html`<span class="good">✓ every amount agrees</span>`
}

const figure =
  (name: string) =>
  ({ summary }: Shown): string =>
    summary instanceof Error ? '–' : shownIn(summary, name)

export function runsPage(runs: readonly OpenRun[], asked: { readonly page?: string | undefined }): Page {
  const extent = extentOf(asked.page, runs.length)
  const shown = runs.slice(extent.offset, extent.offset + PAGE_ROWS).map(read)
  const questions = [
    ...new Set(shown.flatMap(({ summary }) => (summary instanceof Error ? [] : [summary.run.question]))),
  ]
  const [question] = questions
  return {
    status: 200,
    title: 'Runs',
    place: 'All runs',
    body: html`<h1>Runs</h1>
${questions.length === 1 && question !== '' ? html`<p class="question">${question}</p>` : ''}
${pager(extent, runs.length === 1 ? 'run' : 'runs', (page) => `/${queryText({ page })}`)}
${plainTable(
  'Runs side by side',
  [
    { title: 'Run', cell: ({ run }: Shown) => html`<a href="${runAddress(run.key)}">${run.key}</a>` },
    { title: 'seed', number: true, cell: ({ summary }) => (summary instanceof Error ? '–' : summary.run.seed) },
    { title: 'verdict', cell: verdict },
    ...columns.map(([title, name]) => ({ title, number: true, cell: figure(name) })),
    { title: 'currency', cell: ({ summary }) => (summary instanceof Error ? '–' : summary.run.currency) },
  ],
  shown,
)}`,
  }
}
