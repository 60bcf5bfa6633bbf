import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { isSubject, subjects } from '#reports/explain/subjects.ts'
import { withRecord } from '#reports/record.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { printable } from '../terminal.ts'

const words = Object.keys(subjects)

export const explain: Command = {
  name: 'explain',
  positionals: {
    run: { type: 'string', completes: 'run', describe: 'a run folder' },
    what: { type: 'string', completes: 'subject', describe: words.join(' | ') },
    id: { type: 'string', completes: 'id', describe: 'its number or name' },
  },
  options: { json: { type: 'boolean', describe: 'print it as JSON' } },
  examples: [
    ['npm start -- explain runs/quickstart-42 order 12', ''],
    ['npm start -- explain runs/quickstart-42 bill start-ups/1/2024-03', ''],
    ['npm start -- explain runs/quickstart-42 seller-bill isv/1/2024-03', ''],
  ],
  async execute(arguments_) {
    const [run, what, id] = ['run', 'what', 'id'].map((name) => arguments_.text(name))
    if (run === undefined || what === undefined || id === undefined)
      throw new InputError(
        'explain needs a run folder, what to explain and its number',
        'write `npm start -- explain runs/NAME-SEED order 12`',
      )
    if (!isSubject(what)) {
      const near = didYouMean(what, words)
      throw new InputError(
        `'${what}' is not a subject of explain`,
        near === undefined ? `it explains ${words.join(', ')}` : `did you mean ${near}?`,
      )
    }
    // The billing core and the policies take a moment to load; --help does without them.
    const { explain: explained } = await import('#reports/explain/explain.ts')
    const { explanationJson, explanationText } = await import('#reports/explain/explanation.ts')
    withRecord(run, (record) => {
      const explanation = explained(record, what, id)
      const { utcOffset } = record.meta
      const text = explanationText(explanation, utcOffset).split('\n').map(printable).join('\n')
      process.stdout.write(arguments_.flag('json') ? explanationJson(explanation, utcOffset) : text)
    })
    return exitCodes.done.code
  },
}
