import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { colourful, labelled, painter, printable, widthOf } from '../terminal.ts'

/** Text in lines of at most `width` columns, each begun with `indent` spaces. */
export const paragraph = (text: string, width: number, indent: number): string =>
  labelled('', text, width, indent).join('\n')

export const list: Command = {
  name: 'list',
  positionals: {},
  options: { json: { type: 'boolean', describe: 'print them as JSON' } },
  examples: [['npm start -- list', '']],
  async execute(arguments_) {
    const { libraryScenarios } = await import('#scenarios/library.ts')
    const scenarios = await libraryScenarios()
    if (arguments_.flag('json')) {
      process.stdout.write(
        `${JSON.stringify(
          scenarios.map(({ name, question }) => ({ name, question })),
          null,
          2,
        )}\n`,
      )
      return exitCodes.done.code
    }
    const paint = painter(colourful(process.stdout))
    const width = Math.min(100, widthOf(process.stdout))
    for (const { name, question } of scenarios)
      process.stdout.write(`${paint('bold', name)}\n${paragraph(printable(question), width, 2)}\n`)
    return exitCodes.done.code
  },
}
