/** The table of docs/examples.md: lines of each of SimPy's examples, there and here. */
import { readFileSync } from 'node:fs'
import { codeLines, examples } from './registry.ts'

export const tableUrl = new URL('../../docs/examples.md', import.meta.url)

/** Our lines over SimPy's, by model. */
export const ratios = examples.flatMap(({ path, simpyLines }) => {
  if (simpyLines === undefined) return []
  const lines = codeLines(readFileSync(new URL(`../../examples/${path}.ts`, import.meta.url), 'utf8'))
  return [{ path, lines, simpyLines, ratio: lines / simpyLines }]
})

/** The middle one of the ratios. */
export function medianRatio(): number {
  const sorted = ratios.map(({ ratio }) => ratio).sort((x, y) => x - y)
  return sorted[(sorted.length - 1) / 2]
}

/** The page with its table of lines as the files are. */
export function tableOf(page: string): string {
  const rows = ratios.map(
    ({ path, lines, simpyLines, ratio }) =>
      `| [\`${path}\`](../examples/${path}.ts) | ${simpyLines} | ${lines} | ${ratio.toFixed(2)} |`,
  )
  const table = [
    '| model | SimPy | here | ratio |',
    '|---|---|---|---|',
    ...rows,
    `| median | | | ${medianRatio().toFixed(2)} |`,
  ]
  return page.replace(/\| model \| SimPy \|[\s\S]*?\| median \|.*\|/, table.join('\n'))
}
