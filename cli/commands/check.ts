import { InputError } from '#base/input-error.ts'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { type Warning, warningsInOrder } from '#scenarios/warnings.ts'
import { type Arguments, type Command, scenarioFile, setOption } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { openScenario, scenarioPath } from '../scenario-file.ts'
import { endWith } from '../streams.ts'
import { widthOf } from '../terminal.ts'
import { printWarnings } from '../warnings.ts'

const formats = ['text', 'json', 'sarif'] as const
type Format = (typeof formats)[number]

/** Throws InputError where --json says another than --format. */
function formatOf(arguments_: Arguments): Format {
  const word = arguments_.text('format') ?? (arguments_.flag('json') ? 'json' : 'text')
  const format = formats.find((each) => each === word) ?? 'text'
  if (arguments_.flag('json') && format !== 'json')
    throw new InputError(`--json and --format ${word}`, 'give one of the two')
  return format
}

/** Prints errors and warnings as data. */
async function print(format: Format, errors: ScenarioErrors | undefined, warnings: readonly Warning[]): Promise<void> {
  const { diagnosticsJson, diagnosticsOf, diagnosticsSarif } = await import('../diagnostics.ts')
  const found = diagnosticsOf(errors?.faults ?? [], warningsInOrder(warnings))
  process.stdout.write(format === 'json' ? diagnosticsJson(found) : diagnosticsSarif(found))
}

async function checked(path: string, arguments_: Arguments): Promise<ExitCode> {
  const format = formatOf(arguments_)
  const codeOf = (warnings: readonly Warning[]) =>
    warnings.length > 0 && arguments_.flag('strict') ? exitCodes.badInput.code : exitCodes.done.code
  if (format !== 'text') {
    try {
      const { warnings } = await openScenario(path, arguments_.texts('set'))
      endWith(codeOf(warnings))
      await print(format, undefined, warnings)
      return codeOf(warnings)
    } catch (error) {
      if (!(error instanceof ScenarioErrors)) throw error
      endWith(exitCodes.badInput.code)
      await print(format, error, [])
      return exitCodes.badInput.code
    }
  }
  const read = await openScenario(path, arguments_.texts('set'))
  printWarnings(read.warnings)
  const code = codeOf(read.warnings)
  if (code !== exitCodes.done.code || arguments_.flag('quiet')) return code
  const { account } = await import('../account.ts')
  process.stdout.write(`${account(path, read, Math.min(100, widthOf(process.stdout)))}\n`)
  return code
}

export const check: Command = {
  name: 'check',
  positionals: { file: scenarioFile },
  options: {
    set: setOption,
    strict: { type: 'boolean', describe: 'exit with 2 on warnings as well' },
    format: {
      type: 'string',
      choices: formats,
      defaultDescription: 'text',
      describe: 'how to print errors and warnings; sarif is for code scanning',
    },
    json: { type: 'boolean', describe: 'the same as --format json' },
  },
  examples: [
    ['npm start -- check FILE', 'exit code 2 on any error'],
    ['npm start -- check FILE --strict', 'exit code 2 on a warning as well'],
    ['npm start -- check FILE --json', 'line, column, code and fix of each error and warning'],
  ],
  async execute(arguments_) {
    const word = arguments_.text('file')
    if (word === undefined) throw new InputError('check needs a scenario', 'write `npm start -- check FILE`')
    return checked(await scenarioPath(word), arguments_)
  },
}
