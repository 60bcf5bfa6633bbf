/**
 * `npm run swarm -- --minutes 5 --seed 1`: random small scenarios for as long as asked; `--short`: the first ten;
 * `--account-years 1e6`: scenarios of years and thousands of accounts until they have lived for so long. A scenario
 * that breaks a promise is made small and written to `swarm-failure-<seed>.yaml`; the exit code is 1 then.
 */
import { writeFileSync } from 'node:fs'
import { type Given, runScript, type Usage } from '#cli/script.ts'
import { yamlOf } from './read-doc.ts'
import { type Failure, noCases, search } from './search.ts'

/** Scenarios that one seed of the draws is used for. */
const BATCH = 20
/** Scenarios of `--short`. */
const FEW = 10

const usage: Usage = {
  command: 'npm run swarm --',
  about:
    'Random small scenarios, each run and judged: the auditor, the invariants, and the same history on any threads.',
  options: {
    minutes: { value: '5', help: 'for so long (5)' },
    'account-years': { value: '1000000', help: 'large scenarios, until their accounts lived for so many years' },
    seed: { value: '1', help: 'seed of the first scenarios, a whole number (1)' },
    path: { value: '12:0', help: 'replay one scenario of the seed, as a failure prints it' },
    short: { help: `the first ${FEW} scenarios` },
    missing: { help: 'list what no scenario covered' },
    json: { help: 'print data, with what no scenario covered' },
  },
  codes: [
    '0  every scenario keeps every promise',
    '1  one does not; swarm-failure-SEED.yaml has it',
    '2  wrong command line',
  ],
}

async function run(given: Given): Promise<number> {
  const years = given.number('account-years', 0, 0)
  const isLarge = years > 0
  const minutes = given.number('minutes', isLarge ? Number.POSITIVE_INFINITY : 5, 0)
  const first = given.count('seed', 1, 0)
  const path = given.text('path')
  const say = (text: string) => {
    if (!given.has('json')) console.log(text)
  }
  const tally = noCases()
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  let reported = 0

  function progress(): void {
    if (seconds() < reported + 10) return
    reported = seconds()
    const done = `${tally.cases} scenarios, ${tally.events} events, ${tally.amounts} amounts`
    const lived = isLarge ? `, ${Math.round(tally.accountYears)} account-years` : ''
    say(`${Math.round(reported)} s: ${done}${lived}: all agree`)
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
  const isOver = () => seconds() >= minutes * 60 || (isLarge && tally.accountYears >= years)
  for (; failure === null && !isOver(); seed++) {
    const cases = given.has('short') && !isLarge ? FEW : BATCH
    const asked = { seed, cases, isLarge, isOver: given.has('short') ? () => false : isOver, onCase: progress }
    failure = await search(path === undefined ? asked : { ...asked, path }, tally)
    if (failure !== null) report(seed, failure)
    if (path !== undefined || given.has('short')) break
  }
  const { coverage, ...counts } = tally
  const accountYears = Number(tally.accountYears.toFixed(1))
  const { user, system } = process.cpuUsage()
  const cpuMinutes = (user + system) / 60e6
  const perMinute = Math.round(accountYears / cpuMinutes)
  const ended = {
    seed: first,
    seconds: Math.round(seconds()),
    ...counts,
    accountYears,
    accountYearsPerCpuMinute: perMinute,
    failed: failure !== null,
  }
  const summary = { ...ended, coverage: coverage.report }
  for (const [part, { covered, of, missing }] of Object.entries(coverage.report)) {
    say(`${part}: ${covered} of ${of} covered`)
    if (given.has('missing')) for (const item of missing) say(`  not ${item}`)
  }
  console.log(
    given.has('json')
      ? JSON.stringify(summary)
      : `\n${tally.cases} scenarios in ${summary.seconds} s, ${accountYears} account-years (${perMinute} per minute of a processor), ${failure ? '1' : 'none'} failed`,
  )
  return failure === null ? 0 : 1
}

await runScript(usage, run)
