import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { InputFault } from '../input-fault.ts'
import { openScenario, scenarioPath } from '../scenario-file.ts'
import { widthOf } from '../terminal.ts'

export const check: Command = {
  name: 'check',
  usage: 'check [file]',
  text: 'read a scenario, tell every fault of it, and run nothing',
  positionals: { file: { type: 'string', describe: 'a scenario file, or the name of one of the library' } },
  options: {
    set: { type: 'string', array: true, describe: 'path=value: change one value of the scenario; may be repeated' },
  },
  examples: [['npm start -- check FILE', 'exit code 2 when anything is wrong']],
  async execute(arguments_) {
    const word = arguments_.text('file')
    if (word === undefined) throw new InputFault('check needs a scenario', 'write `npm start -- check FILE`')
    const path = await scenarioPath(word)
    const read = await openScenario(path, arguments_.texts('set'))
    const { account } = await import('../account.ts')
    process.stdout.write(`${account(path, read, Math.min(100, widthOf(process.stdout)))}\n`)
    return exitCodes.done.code
  },
}
