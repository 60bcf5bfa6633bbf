/**
 * Prints theory beside simulation for every model: `npm run validate`, `npm run validate -- --json`, `-- --seed other`.
 * Exit code 1 when a theory value lies outside its interval. With another seed about one value in a thousand will, by
 * chance; a fault of the engine shows on every seed.
 */
import { parseArgs } from 'node:util'
import { judge, type Verdict } from './model.ts'
import { models, thorough } from './registry.ts'

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, seed: { type: 'string' } } })
const effort = { ...thorough, seed: values.seed ?? thorough.seed }

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
if (!values.json) {
  const { replications, size, seed, confidence } = effort
  console.log(`${replications} replications of ${size} arrivals, seed '${seed}', ${100 * confidence} % intervals`)
  console.log('times in mean service times unless said otherwise\n')
  console.log(line(['', 'theory', 'simulation', 'half-width', 'verdict']))
}
for (const model of models) {
  const judged = judge(model, effort)
  verdicts.push(...judged)
  if (!values.json) console.log([`${model.name}  [${model.source}]`, ...judged.map(row)].join('\n'))
}
const missed = verdicts.filter((verdict) => !verdict.covered).length
if (values.json) console.log(JSON.stringify({ effort, verdicts }, null, 2))
else console.log(`\n${verdicts.length - missed} of ${verdicts.length} values agree`)
process.exitCode = missed === 0 ? 0 : 1
