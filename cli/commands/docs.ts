import { InputError } from '#base/input-error.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { colourful, labelled, painter, printable, widthOf } from '../terminal.ts'

export const docs: Command = {
  name: 'docs',
  positionals: {
    topic: {
      type: 'string',
      completes: 'topic',
      describe: 'a rule (O-05), a figure, a key of a scenario, or the code of an error or warning',
    },
  },
  options: { json: { type: 'boolean', describe: 'print the entries as JSON' } },
  examples: [
    ['npm start -- docs A-04', 'a rule and its switches'],
    ['npm start -- docs ecs.refusalRate', 'a figure, its unit and its labels'],
    ['npm start -- docs topUp', 'keys of a scenario'],
    ['npm start -- docs wallet-cannot-pay', 'a warning'],
  ],
  async execute(arguments_) {
    const word = arguments_.text('topic')
    if (word === undefined)
      throw new InputError('docs needs a topic', 'write `npm start -- docs A-04`, or a figure, key or code')
    const { entriesOf } = await import('../reference.ts')
    const entries = await entriesOf(word)
    if (arguments_.flag('json')) {
      process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`)
      return exitCodes.done.code
    }
    const paint = painter(colourful(process.stdout))
    const width = Math.min(100, widthOf(process.stdout))
    const shown = entries.map(({ name, kind, text, facts }) =>
      [
        ...labelled('', `${paint('bold', name)} (${kind})`, width, 0),
        ...labelled('', printable(text), width, 2),
        ...facts.flatMap(([label, fact]) => labelled(`  ${label}`, printable(fact), width, 22)),
      ].join('\n'),
    )
    process.stdout.write(`${shown.join('\n\n')}\n`)
    return exitCodes.done.code
  },
}
