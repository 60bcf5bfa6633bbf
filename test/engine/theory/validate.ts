/**
 * Prints theory next to simulation for every model, and then the experiments on conclusions (test/trust):
 * `npm run validate`, `npm run validate -- --short`, `--json`, `--seed other`, `--write` (the tables of docs/trust.md).
 * `--only models`, or `--only` and the name of one experiment. Exit code 1 when a theory value is outside its interval,
 * or a conclusion is wrong significantly more often than it says. All intervals of the models together have a level of
 * 99 %: of a hundred seeds one fails by chance, and an error of the engine shows on every seed.
 */
import { parseArgs } from 'node:util'
import * as trust from '../../trust/experiment.ts'
import { judgeTrust } from '../../trust/trust.ts'
import { judge, type Verdict } from './model.ts'
import { models, moderate, SIMULTANEOUS, thorough } from './registry.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    seed: { type: 'string' },
  },
})
const depth = values.short ? moderate : thorough
const effort = { ...depth, seed: values.seed ?? depth.seed }

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

const verdicts: Verdict[] = []
const judged = values.only === undefined || values.only === 'models' ? models : []
if (!values.json && judged.length > 0) {
  const { replications, size, seed, confidence } = effort
  const each = (100 * confidence).toFixed(4)
  const all = 100 * SIMULTANEOUS
  console.log(`${replications} replications of ${size} arrivals, seed '${seed}', ${each} % intervals, ${all} % for all`)
  console.log('times in mean service times unless said otherwise\n')
  console.log(line(['', 'theory', 'simulation', 'half-width', 'verdict']))
}
for (const model of judged) {
  const found = judge(model, effort)
  verdicts.push(...found)
  if (!values.json) console.log([`${model.name}  [${model.source}]`, ...found.map(row)].join('\n'))
}
const missed = verdicts.filter((verdict) => !verdict.covered).length
if (!values.json && judged.length > 0) console.log(`\n${verdicts.length - missed} of ${verdicts.length} values agree\n`)
const tries = values.short ? trust.short : trust.thorough
const outside = judgeTrust({
  effort: { ...tries, seed: values.seed ?? tries.seed },
  only: values.only,
  write: values.write,
  print: values.json ? () => {} : console.log,
})
if (values.json) console.log(JSON.stringify({ effort, verdicts, outside }, null, 2))
else console.log(`${outside.length} conclusions are wrong more often than they say`)
process.exitCode = missed + outside.length === 0 ? 0 : 1
