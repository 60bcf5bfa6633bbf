/** Tables of Markdown. */

/** Text within a cell: one line, and its bars are no borders. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim()

export const code = (text: string): string => `\`${text}\``

/** A table; the cells are Markdown already. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n')
    .replace(/^\|( --- \|)+$/m, `|${'---|'.repeat(head.length)}`)

/** The first line of a page that code writes. */
export const generatedFrom = (source: string): string =>
  `This page is generated from ${source} by \`npm run references\`; a test holds them equal.`
