import { InputError } from '#base/input-error.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { openScenario, scenarioPath } from '../scenario-file.ts'
import { widthOf } from '../terminal.ts'
import { printWarnings } from '../warnings.ts'

export const check: Command = {
  name: 'check',
  positionals: { file: { type: 'string', describe: 'a scenario file, or the name of a bundled scenario' } },
  options: {
    set: { type: 'string', array: true, describe: 'path=value: change one value of the scenario; may be repeated' },
    strict: { type: 'boolean', describe: 'exit with 2 on warnings as well' },
  },
  examples: [
    ['npm start -- check FILE', 'exit code 2 on any error'],
    ['npm start -- check FILE --strict', 'exit code 2 on a warning as well'],
  ],
  async execute(arguments_) {
    const word = arguments_.text('file')
    if (word === undefined) throw new InputError('check needs a scenario', 'write `npm start -- check FILE`')
    const path = await scenarioPath(word)
    const read = await openScenario(path, arguments_.texts('set'))
    printWarnings(read.warnings)
    if (read.warnings.length > 0 && arguments_.flag('strict')) return exitCodes.badInput.code
    const { account } = await import('../account.ts')
    process.stdout.write(`${account(path, read, Math.min(100, widthOf(process.stdout)))}\n`)
    return exitCodes.done.code
  },
}
