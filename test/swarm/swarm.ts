/**
 * `npm run swarm -- --minutes 5 --seed 1`: random small scenarios for as long as asked; `--short`: the first ten. A scenario
 * that breaks a promise is made small and written to `swarm-failure-<seed>.yaml`; the exit code is 1 then.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { yamlOf } from './read-doc.ts'
import { type Failure, noCases, search } from './search.ts'

/** Scenarios that one seed of the draws is used for. */
const BATCH = 20
/** Scenarios of `--short`. */
const FEW = 10

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string' },
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
const first = Number(values.seed)
if (!(minutes > 0) || !Number.isInteger(first)) {
  console.error('expected --minutes above 0 and --seed a whole number, such as --minutes 5 --seed 1')
  process.exit(2)
}

const say = (text: string) => {
  if (!values.json) console.log(text)
}

const tally = noCases()
const began = performance.now()
const seconds = () => (performance.now() - began) / 1000
let reported = 0

function progress(): void {
  if (seconds() < reported + 10) return
  reported = seconds()
  say(
    `${Math.round(reported)} s: ${tally.cases} scenarios, ${tally.events} events, ${tally.amounts} amounts: all agree`,
  )
}

function report(seed: number, { doc, why, path }: Failure): void {
  const file = `swarm-failure-${seed}.yaml`
  const replay = `npm run swarm -- --seed ${seed} --path ${path}`
  const text = `# A random scenario that breaks a promise.\n# Replay: ${replay}\n${yamlOf(doc)}`
  writeFileSync(file, text)
  say(`\n${text}\n${why}\n\nwritten to ${file}; replay: ${replay}`)
}

let failure: Failure | null = null
let seed = first
// Batch after batch, each with a seed of its own, until the time is up.
for (; failure === null && seconds() < minutes * 60; seed++) {
  const asked = { seed, cases: values.short ? FEW : BATCH, onCase: progress }
  failure = await search(values.path === undefined ? asked : { ...asked, path: values.path }, tally)
  if (failure !== null) report(seed, failure)
  if (values.path !== undefined || values.short) break
}
const summary = { seed: first, seconds: Math.round(seconds()), ...tally, failed: failure !== null }
console.log(
  values.json
    ? JSON.stringify(summary)
    : `\n${tally.cases} scenarios in ${summary.seconds} s, ${failure ? '1' : 'none'} failed`,
)
process.exitCode = failure === null ? 0 : 1
