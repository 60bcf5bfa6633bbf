import { type Given, runScript, type Usage, UsageError } from '#cli/script.ts'
import { scriptFolder } from '#cli/script-folder.ts'
import { type Effort, type Measured, measure } from './billing/measure.ts'
import type { BillingWork } from './billing/work.ts'
import { chosen } from './billing/works.ts'
import { type Comparison, compare, save } from './compare/compare.ts'
import { type Machine, machineHere, type Weather, watchWeather } from './compare/machine.ts'

/** How fast the billing core is, with a digest of each answer, next to the same in decimal.js; and whether it has become slower. */

const effort: Effort = { time: 500, iterations: 10 }

const heading = `${'work'.padEnd(14)}${'subject'.padEnd(12)}${'ops/s'.padStart(14)}${'CPU'.padStart(12)}${'p50'.padStart(12)}${'p99'.padStart(12)}${'B/line'.padStart(9)}${'heap B'.padStart(9)}  digest`

export function row({
  name,
  subject,
  nsPerOp,
  p50NsPerOp,
  p99NsPerOp,
  digest,
  bytesPerLine,
  heapBytesPerOp,
}: Measured): string {
  const rate = Math.round(1e9 / nsPerOp).toLocaleString('en')
  const time = (ns: number) => `${ns.toFixed(ns < 100 ? 2 : 0)} ns`.padStart(12)
  const bytes = (count: number) => count.toFixed(count < 10 && count > 0 ? 1 : 0).padStart(9)
  return `${name.padEnd(14)}${subject.padEnd(12)}${rate.padStart(14)}${time(nsPerOp)}${time(p50NsPerOp)}${time(p99NsPerOp)}${bytes(bytesPerLine)}${bytes(heapBytesPerOp)}  ${digest}`
}

const DIFFERENT = 'DIFFERENT RESULT'
const DIFFERENT_RESULT = 3

/** How many times as long the peers take, and whether they give the same result. */
export function peerLines(all: readonly Measured[]): string[] {
  return all
    .filter(({ subject }) => subject !== 'marketsim')
    .flatMap((peer) => {
      const own = all.find(({ name, subject }) => name === peer.name && subject === 'marketsim')
      if (own === undefined) return []
      const answer = own.digest === peer.digest ? 'the same result' : DIFFERENT
      return [
        `${peer.name.padEnd(14)}${peer.subject} takes ${(peer.nsPerOp / own.nsPerOp).toFixed(1)} x as long, ${answer}`,
      ]
    })
}

/** As data. */
export const asJson = (all: readonly Measured[], machine: Machine, weather: Weather): string =>
  JSON.stringify({ machine, weather, works: all }, null, 1)

/** Measures works one after another. */
export async function measureAll(list: readonly BillingWork[], say: (line: string) => void): Promise<Measured[]> {
  const all: Measured[] = []
  say(heading)
  for (const work of list) {
    const measured = await measure(work, work.sizes[0], effort)
    all.push(measured)
    say(row(measured))
    globalThis.gc?.()
  }
  for (const line of peerLines(all)) say(line)
  return all
}

export const usage: Usage = {
  command: 'npm run bench --',
  about: `Times the parts of the billing core and their equivalents in decimal.js. With --compare: whether the tree on disk is
slower than a commit or a saved base. Both run in turn, some ms each, in process pairs that are renewed every round.`,
  options: {
    only: { value: 'price,quote', help: 'only these benchmarks; price means all price/...' },
    compare: { value: 'main', help: 'compare with a saved base or a commit: main, HEAD~3, before' },
    save: { value: 'before', help: 'save figures and sources in out/bench, for --compare before' },
    tolerance: { value: '3', help: 'tolerated slowdown of a benchmark, in percent (3)' },
    within: {
      value: '85',
      help: 'time limit of a comparison in s; what has not ended by then is stopped and named; longer gives more precision (85)',
    },
    rounds: { value: '40', help: 'largest number of rounds; a decided benchmark needs fewer (40)' },
    time: { value: '80', help: 'processor time per benchmark, side and round, in ms (80)' },
    instructions: {
      help: 'also count instructions, by perf stat or callgrind; they decide when time is too noisy',
    },
    json: { help: 'print data: every sample, digests, machine, load and stolen time' },
    markdown: { help: 'print a table for a pull request' },
    history: { value: 'FILE', help: 'append the comparison to a file, one line of JSON' },
  },
  codes: [
    '0   no benchmark is slower beyond the tolerance',
    '2   bad input',
    "3   a different result from the base's, or from decimal.js",
    '4   slower beyond the tolerance',
    '6   too noisy: an interval is wider than the tolerance',
    '74  a folder or disk cannot be written',
  ],
}

/** Options that only mean something to a comparison. */
const ofComparisons = ['tolerance', 'instructions', 'markdown', 'history'] as const
const ofRounds = ['within', 'rounds', 'time'] as const

/** What a command line asks. @throws UsageError */
export function comparisonOf(given: Given): Comparison {
  if (given.has('save') && given.has('compare')) throw new UsageError('--save and --compare: one at a time')
  if (given.has('json') && given.has('markdown')) throw new UsageError('--json and --markdown: one at a time')
  const unused = given.has('compare') ? [] : given.has('save') ? ofComparisons : [...ofComparisons, ...ofRounds]
  for (const name of unused) if (given.has(name)) throw new UsageError(`--${name} needs --compare; add --compare main`)
  const format = given.has('json') ? 'json' : given.has('markdown') ? 'markdown' : 'text'
  return {
    pieces: chosen(given.text('only'))
      .filter(({ subject }) => subject === 'marketsim')
      .map(({ work, sizes, turnSize = sizes[0] }) => ({ work, size: turnSize })),
    rounds: given.count('rounds', 40, 2),
    time: given.number('time', 80, 1),
    within: given.number('within', 85, 1),
    tolerance: given.number('tolerance', 3, 0.1) / 100,
    format,
    history: given.text('history'),
    countsInstructions: given.has('instructions'),
    print: console.log,
    say: format === 'text' ? console.log : console.error,
  }
}

/** The exit code of a run without a comparison: whether every peer gives the result of ours. */
export const codeOf = (all: readonly Measured[]): number =>
  peerLines(all).some((line) => line.endsWith(DIFFERENT)) ? DIFFERENT_RESULT : 0

async function run(given: Given): Promise<number> {
  const comparison = comparisonOf(given)
  const [saved, compared] = [given.text('save'), given.text('compare')]
  if (saved !== undefined) return save(saved, comparison)
  if (compared !== undefined) return compare(compared, comparison)
  const json = given.has('json')
  const weather = watchWeather()
  const list = chosen(given.text('only'))
  // Works write into the folder for temporary files, and a signal may end them in the middle.
  const { path, remove } = scriptFolder('marketsim-bench-')
  process.env.TMPDIR = path
  const all = await measureAll(list, json ? () => {} : console.log).finally(remove)
  if (json) console.log(asJson(all, machineHere(), weather()))
  return codeOf(all)
}

if (import.meta.main) await runScript(usage, run)
