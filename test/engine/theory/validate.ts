/**
 * Prints theory next to simulation for every model, and then the experiments on conclusions (test/trust):
 * `npm run validate`, `npm run validate -- --short`, `--json`, `--seed other`, `--write` (the tables of docs/trust.md).
 * `--only models`, or `--only` and the name of one experiment. Exit code 1 when a theory value is outside its interval,
 * or a conclusion is wrong significantly more often than it says. All intervals of the models together have a level of
 * 99 %: of a hundred seeds one fails by chance, and an error of the engine shows on every seed.
 */
import { type Given, runScript, UsageError } from '#cli/script.ts'
import * as trust from '../../trust/experiment.ts'
import { experiments, judgeTrust } from '../../trust/trust.ts'
import { judge, type Verdict } from './model.ts'
import { models, moderate, SIMULTANEOUS, thorough } from './registry.ts'

/** What `--only` may name. */
const parts = ['models', ...Object.keys(experiments)]

function figure(x: number): string {
  return x === 0 ? '0' : x.toPrecision(5)
}

function line(cells: readonly string[]): string {
  const [quantity, ...numbers] = cells
  return `  ${quantity.padEnd(34)}${numbers.map((cell) => cell.padStart(12)).join('')}`
}

function row({ quantity, theory, simulation, covered }: Verdict): string {
  const numbers = [theory, simulation.mean, simulation.halfWidth].map(figure)
  return line([quantity, ...numbers, covered ? 'agrees' : 'DIFFERS'])
}

function run(given: Given): number {
  const depth = given.has('short') ? moderate : thorough
  const effort = { ...depth, seed: given.text('seed') ?? depth.seed }
  const only = given.text('only')
  if (only !== undefined && !parts.includes(only))
    throw new UsageError(`--only ${only} is unknown: write one of ${parts.join(', ')}`)
  const isJson = given.has('json')
  const verdicts: Verdict[] = []
  const judged = only === undefined || only === 'models' ? models : []
  if (!isJson && judged.length > 0) {
    const { replications, size, seed, confidence } = effort
    const each = (100 * confidence).toFixed(4)
    const all = 100 * SIMULTANEOUS
    console.log(
      `${replications} replications of ${size} arrivals, seed '${seed}', ${each} % intervals, ${all} % for all`,
    )
    console.log('times in mean service times unless said otherwise\n')
    console.log(line(['', 'theory', 'simulation', 'half-width', 'verdict']))
  }
  for (const model of judged) {
    const found = judge(model, effort)
    verdicts.push(...found)
    if (!isJson) console.log([`${model.name}  [${model.source}]`, ...found.map(row)].join('\n'))
  }
  const missed = verdicts.filter((verdict) => !verdict.covered).length
  if (!isJson && judged.length > 0) console.log(`\n${verdicts.length - missed} of ${verdicts.length} values agree\n`)
  const tries = given.has('short') ? trust.short : trust.thorough
  const outside = judgeTrust({
    effort: { ...tries, seed: given.text('seed') ?? tries.seed },
    only,
    write: given.has('write'),
    print: isJson ? () => {} : console.log,
  })
  if (isJson) console.log(JSON.stringify({ effort, verdicts, outside }, null, 2))
  else console.log(`${outside.length} conclusions are wrong more often than they say`)
  return missed + outside.length === 0 ? 0 : 1
}

await runScript(
  {
    command: 'npm run validate --',
    about:
      'Compares every model with queueing theory, and the conclusions that marketsim prints with how often they are wrong.',
    options: {
      short: { help: 'fewer and smaller runs' },
      only: { value: 'models', help: `one part: ${parts.join(', ')}` },
      seed: { value: 'other', help: 'another seed, any text' },
      write: { help: 'write the tables of docs/trust.md' },
      json: { help: 'print data' },
    },
    codes: [
      '0  everything agrees',
      '1  a theory value is outside its interval, or a conclusion is wrong too often',
      '2  wrong command line',
    ],
  },
  run,
)
