import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { figures as catalogue } from '#reports/figures/catalogue.ts'
import { labelTexts, unitTexts } from '#reports/figures/figure.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { colourful, labelled, painter, widthOf } from '../terminal.ts'
import { paragraph } from './list.ts'

/** The figures of a word: all, one by its name, or those of a group such as `ecs`. Throws InputError. */
function chosen(word: string | undefined) {
  if (word === undefined) return catalogue
  const found = catalogue.filter(({ name }) => name === word || name.startsWith(`${word}.`))
  if (found.length > 0) return found
  const near = didYouMean(
    word,
    catalogue.map(({ name }) => name),
  )
  throw new InputError(
    `there is no figure '${word}'`,
    near === undefined ? '`npm start -- figures` lists all' : `did you mean ${near}?`,
  )
}

/** The table of docs/reference/figures.md. */
export const figuresMarkdown = (): string =>
  [
    '| figure | unit | labels | meaning |',
    '|---|---|---|---|',
    ...catalogue.map(
      ({ name, unit, source, text }) => `| \`${name}\` | ${unit} | ${source.labels.join(', ')} | ${text} |`,
    ),
  ].join('\n')

export const figures: Command = {
  name: 'figures',
  positionals: { name: { type: 'string', completes: 'figure', describe: 'one figure, or a group such as ecs' } },
  options: {
    json: { type: 'boolean', describe: 'print them as JSON' },
    markdown: { type: 'boolean', describe: 'print them as a Markdown table' },
  },
  examples: [['npm start -- figures ecs', 'the figures of servers']],
  async execute(arguments_) {
    const found = chosen(arguments_.text('name'))
    if (arguments_.flag('json')) {
      const rows = found.map(({ name, unit, text, source }) => ({ name, unit, text, labels: source.labels }))
      process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
      return exitCodes.done.code
    }
    if (arguments_.flag('markdown')) {
      process.stdout.write(`${figuresMarkdown()}\n`)
      return exitCodes.done.code
    }
    const paint = painter(colourful(process.stdout))
    const width = Math.min(100, widthOf(process.stdout))
    for (const { name, unit, text, source } of found) {
      const labels = source.labels.length === 0 ? '' : ` {${source.labels.join(', ')}}`
      const head = labelled('', `${paint('bold', name)} (${unit})${paint('dim', labels)}`, width, 0).join('\n    ')
      process.stdout.write(`${head}\n${paragraph(text, width, 2)}\n`)
    }
    const legend = [
      ...Object.entries(unitTexts).flatMap(([unit, text]) => labelled(`  ${unit}`, text, width, 12)),
      '',
      ...Object.entries(labelTexts).flatMap(([label, text]) => labelled(`  ${label}`, text, width, 12)),
    ]
    process.stdout.write(
      `\n${paragraph('Units, and labels for filters such as ecs.refusalRate{region=ap-1}:', width, 0)}\n${legend.join('\n')}\n`,
    )
    return exitCodes.done.code
  },
}
