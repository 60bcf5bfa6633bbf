import { InputError } from '#base/input-error.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import type { Verified } from '../verified-run.ts'

const whole = new Intl.NumberFormat('en-US')
const counted = (count: number, one: string, many = `${one}s`): string =>
  `${whole.format(count)} ${count === 1 ? one : many}`

export const verify: Command = {
  name: 'verify',
  positionals: { run: { type: 'string', completes: 'run', describe: 'the folder of a run, a sweep or a load test' } },
  options: {
    'files-only': { type: 'boolean', describe: 'checksums and structure only; audit no amounts' },
    json: { type: 'boolean', describe: 'print what was found as JSON' },
  },
  examples: [
    ['npm start -- verify runs/quickstart-42', 'exit code 5 when a file is damaged, 3 when an amount differs'],
    ['npm start -- verify runs/quickstart-42 --files-only', 'checksums and structure only'],
  ],
  async execute(arguments_) {
    const folder = arguments_.text('run')
    if (folder === undefined)
      throw new InputError('verify needs a folder', 'write `npm start -- verify runs/NAME-SEED`')
    const { verified } = await import('../verified-run.ts')
    const found = await verified(folder, !arguments_.flag('files-only'))
    const code = codeOf(found)
    if (arguments_.flag('json')) process.stdout.write(sortedJson(found))
    else if (!arguments_.flag('quiet') || code !== exitCodes.done.code)
      process.stdout.write(`${lines(found).join('\n')}\n`)
    return code
  },
}

/** Damage outweighs differences, also of a run that it is compared with. */
function codeOf(found: Verified): ExitCode {
  const all = [found, ...Object.values(found.comparisons)]
  if (all.some(({ damage }) => damage.length > 0)) return exitCodes.damaged.code
  return all.some(({ audit }) => audit !== null && audit.differences > 0)
    ? exitCodes.difference.code
    : exitCodes.done.code
}

function lines({ files, damage, unlisted, record, audit, comparisons }: Verified): string[] {
  const label = (text: string): string => text.padEnd(12)
  return [
    `${label('files')}${whole.format(files.whole)} of ${whole.format(files.listed)} are as manifest.json lists them`,
    ...damage.map(({ file, what }) => `${label('damaged')}${file}: ${what}`),
    ...unlisted.map((file) => `${label('not listed')}${file}`),
    ...(record === null ? [] : [`${label('record')}seed ${record.seed}, digest ${record.digest}`]),
    ...(audit === null
      ? []
      : [`${label('audit')}${counted(audit.amounts, 'amount')}, ${counted(audit.differences, 'difference')}`]),
    `${label('verdict')}${verdictOf(damage.length, audit)}`,
    ...Object.entries(comparisons).flatMap(([name, found]) => ['', `compare/${name}`, ...lines(found)]),
  ]
}

function verdictOf(damaged: number, audit: Verified['audit']): string {
  if (damaged > 0) return 'damaged: restore the folder from a copy, or run its `repeat` command again'
  if (audit === null) return 'whole; the amounts were not audited'
  return audit.differences > 0
    ? 'whole, but amounts differ: `report --audit` lists them'
    : 'whole, and the auditor agrees with every amount'
}
