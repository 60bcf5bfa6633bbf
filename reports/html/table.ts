import { html, type Markup } from './markup.ts'

export interface Column<Row> {
  readonly title: string
  /** Numbers stand to the right, in figures of one width. */
  readonly number?: boolean
  readonly cell: (row: Row) => Markup | string | number
}

/** Cells up to this long are kept on one line: a month or a rule torn at its hyphen reads badly. */
const SHORT = 28

const classOf = (number: boolean | undefined, content: Markup | string | number): Markup | '' => {
  if (number === true) return html` class="number"`
  return typeof content === 'string' && content.length <= SHORT ? html` class="short"` : ''
}

/** A table that scrolls sideways within itself where the screen is narrow. `last` is shown as its total. */
export function table<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[], last?: Row): Markup {
  if (rows.length === 0) return html`<p class="none">None.</p>`
  const line = (row: Row) => {
    const cells = columns.map(({ number, cell }, index) => {
      const content = cell(row)
      const style = classOf(number, content)
      return index === 0 ? html`<th scope="row"${style}>${content}</th>` : html`<td${style}>${content}</td>`
    })
    return html`<tr>${cells}</tr>
`
  }
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table>
<thead><tr>${columns.map(({ title, number }) => html`<th scope="col"${number === true ? html` class="number"` : ''}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map(line)}</tbody>
${last === undefined ? '' : html`<tfoot>${line(last)}</tfoot>`}
</table></div>`
}
