import { grouped } from '#base/decimal-text.ts'
import { type ReportTable, shownCell, sortKey } from '../report-table.ts'
import { html, Markup } from './markup.ts'

export interface Column<Row> {
  readonly title: string
  /** Numbers are right-aligned, in tabular figures. */
  readonly number?: boolean
  readonly cell: (row: Row) => Markup | string | number
  /** What the column is sorted by, where the text of its cells would not do. */
  readonly sort?: (row: Row) => string | number | undefined
}

/** Cells up to this long are kept on one line: a month or a rule torn at its hyphen reads badly. */
const SHORT = 28

/** Fewer rows than this need no sorting. */
const SORTABLE = 3

const classOf = (number: boolean | undefined, content: Markup | string | number): Markup | '' => {
  if (number === true) return html` class="number"`
  if (typeof content !== 'string') return ''
  return content.length <= SHORT ? html` class="short"` : html` class="long"`
}

/** Text that Number reads is sorted as it is; other numbers bring their value along. */
const sortValue = (
  number: boolean | undefined,
  content: Markup | string | number,
  sort: string | number | undefined,
) => {
  if (sort !== undefined && String(sort) !== content) return html` data-v="${sort}"`
  if (number !== true || sort !== undefined || content instanceof Markup) return ''
  const plain = String(content).replaceAll(',', '')
  const value = plain === '' || Number.isNaN(Number.parseFloat(plain)) ? '-1e300' : Number.parseFloat(plain)
  return String(value) === content ? '' : html` data-v="${value}"`
}

/**
 * A table that scrolls sideways within itself where the screen is narrow, and sorts by its headings where all columns
 * have one. `last` is shown as its total.
 */
export const table = <Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[], last?: Row): Markup =>
  tableOf(name, columns, rows, last, true)

/** The same without sorting, for one page of a list: the order is that of the whole list. */
export const plainTable = <Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup =>
  tableOf(name, columns, rows, undefined, false)

function tableOf<Row>(
  name: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  last: Row | undefined,
  sorts: boolean,
): Markup {
  if (rows.length === 0) return html`<p class="none">None.</p>`
  const line = (row: Row) => {
    const cells = columns.map(({ number, cell, sort }, index) => {
      const content = cell(row)
      const style = html`${classOf(number, content)}${sorts ? sortValue(number, content, sort?.(row)) : ''}`
      return index === 0 ? html`<th scope="row"${style}>${content}</th>` : html`<td${style}>${content}</td>`
    })
    return html`<tr>${cells}</tr>
`
  }
  const named = columns.every(({ title }) => title !== '')
  const sortable = !sorts || rows.length < SORTABLE || !named ? '' : html` class="sortable"`
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table${sortable}>
<thead><tr>${columns.map(({ title, number }) => html`<th scope="col"${number === true ? html` class="number"` : ''}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map(line)}</tbody>
${last === undefined ? '' : html`<tfoot>${line(last)}</tfoot>`}
</table></div>`
}

/** A table of more rows than this is folded: what is below it would be many screens away. */
const OPEN = 30

/** A part of a page with a table of so many rows, folded where they are many. */
export const folded = (title: string, count: number, body: Markup): Markup =>
  count <= OPEN
    ? body
    : html`<details><summary>${title}: ${grouped(String(count))}</summary>${body}</details>
`

/** So many rows of a report's table are in the page; its CSV has them all. */
const SHOWN = 200

/** Text longer than this is below the table: in it, a column of sentences pushes the numbers off the page. */
const LONGEST_CELL = 40

type Cells = readonly (string | number | bigint | null)[]

/** A table of a report, with what it says and, where it is long, where the rest is. */
export function reportSection(
  { title, name, text, columns, rows, total }: ReportTable,
  offset: number,
  folder = 'tables/',
): Markup {
  if (rows.length === 0) return html``
  const shown = rows.slice(0, SHOWN)
  const places = columns.map((column, index) => ({ ...column, index }))
  const isLong = ({ unit, index }: (typeof places)[number]): boolean =>
    index > 0 && unit === 'text' && shown.some((row) => String(row[index] ?? '').length > LONGEST_CELL)
  const [first, ...others] = places.filter((place) => !isLong(place))
  const order = ({ isAnswer, isLast }: (typeof places)[number]): number => (isAnswer ? 0 : isLast ? 2 : 1)
  const inPage = [first, ...others.toSorted((a, b) => order(a) - order(b))]
  const body = table(
    title,
    inPage.map(({ title: heading, unit, index }) => ({
      title: heading,
      number: unit !== 'text' && unit !== 'instant',
      cell: (row: Cells) => shownCell(unit, row[index], offset),
      sort: (row: Cells) => sortKey(unit, row[index]),
    })),
    shown,
    total,
  )
  const notes = places.filter(isLong).map(({ title: heading, index }) => longColumn(heading, index, shown))
  const sums = total === undefined ? '' : ' The total is of all of them.'
  const more =
    rows.length > SHOWN ? html` The first ${SHOWN} of ${grouped(String(rows.length))} rows are shown.${sums}` : ''
  return html`<h3>${title}</h3>
<p class="soft">${text}${more} All in <code>${folder}${name}.csv</code>.</p>
${body}${notes}`
}

/** A column of sentences, each with the rows that it is of. */
function longColumn(heading: string, index: number, rows: readonly Cells[]): Markup {
  const texts = Map.groupBy(
    rows.filter((row) => (row[index] ?? '') !== ''),
    (row) => String(row[index]),
  )
  return html`<details class="notes"><summary>${heading[0].toUpperCase()}${heading.slice(1)}</summary><ul>${[
    ...texts,
  ].map(([text, of]) => html`<li>${of.map((row) => String(row[0])).join(', ')}: ${text}</li>`)}</ul></details>`
}
