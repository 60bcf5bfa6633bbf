import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hourBill, hourSweep, instances } from './billing/hour.ts'
import { processorTime } from './billing/measure.ts'
import { pipelineWorks, usage } from './billing/pipeline.ts'
import type { BillingWork } from './billing/work.ts'
import { median } from './median.ts'
import { chosenOf, runBench, type Usage } from './options.ts'

/**
 * The hour sweep and the metering pipeline next to a C program of the same layout and the same result, in turn in one
 * run.
 */

export type Outcome = { name: string; subject: 'marketsim' | 'c'; nsPerOp: number; digest: string }

export interface Contest {
  readonly work: BillingWork
  readonly size: number
  /** Batches of a round: long enough that the ticks of the processor's clock do not matter. */
  readonly batches: number
  /** No more than so many times the time of C, or so many ns. */
  readonly aim: { readonly ratio: number } | { readonly ns: number }
}

export const contests: readonly Contest[] = [
  { work: hourSweep, size: 100_000, batches: 1500, aim: { ratio: 1.5 } },
  { work: hourBill, size: 100_000, batches: 500, aim: { ns: 6 } },
  { work: pipelineWorks[0], size: 100_000, batches: 30, aim: { ratio: 2 } },
]

const ROUNDS = 7

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const binary = here('limit/bin/billing')

/** Compiles the C program; false where there is no compiler. */
export function compiled(): boolean {
  mkdirSync(here('limit/bin'), { recursive: true })
  return spawnSync('gcc', ['-O3', '-march=native', '-o', binary, here('limit/billing.c'), '-lm']).status === 0
}

/** The columns that the C program reads, as they are in memory here. */
function columnsOf({ work }: BillingWork, size: number): Buffer {
  const { account, ...rest } = work === 'pipeline' ? usage(size) : instances(size)
  const columns =
    'units' in rest ? [rest.resource, rest.from, rest.to, account, rest.units] : [account, rest.ecs, rest.image]
  return Buffer.concat(columns.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)))
}

/** Runs both in turn and takes each one's median. Throws when an answer changes from round to round. */
export function compete({ work, size, batches }: Contest, rounds: number): Outcome[] {
  const running = work.start(size)
  const operations = running.batch()
  const digest = running.digest()
  const input = columnsOf(work, size)
  const ours: number[] = []
  const theirs: number[] = []
  const answers = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    const began = processorTime()
    for (let batch = 0; batch < batches; batch++) running.batch()
    ours.push(((processorTime() - began) * 1e6) / (batches * operations))
    const words = [work.work, size, batches].map(String)
    const [ns, answer] = execFileSync(binary, words, { input, encoding: 'utf8' }).trim().split(' ')
    theirs.push(Number(ns))
    answers.add(answer)
  }
  if (answers.size > 1) throw new Error(`the C program gives a different result each time: ${[...answers].join(', ')}`)
  return [
    { name: work.work, subject: 'marketsim', nsPerOp: median(ours), digest },
    { name: work.work, subject: 'c', nsPerOp: median(theirs), digest: [...answers][0] },
  ]
}

/** Whether a contest's aim is kept. */
export const isWithinAim = ([ours, c]: readonly Outcome[], aim: Contest['aim']): boolean =>
  'ns' in aim ? ours.nsPerOp <= aim.ns : ours.nsPerOp / c.nsPerOp <= aim.ratio

/** The exit code of all contests: a wrong answer before one that is late. */
export function codeOf(
  all: readonly { readonly outcomes: readonly Outcome[]; readonly aim: Contest['aim'] }[],
): number {
  if (all.some(({ outcomes: [ours, c] }) => ours.digest !== c.digest)) return 3
  return all.some(({ outcomes, aim }) => !isWithinAim(outcomes, aim)) ? 4 : 0
}

function lines(outcomes: readonly Outcome[], aim: Contest['aim']): string {
  const [ours, c] = outcomes
  const ratio = ours.nsPerOp / c.nsPerOp
  const answer =
    ours.digest === c.digest ? `the same result ${c.digest}` : `DIFFERENT RESULT ${c.digest} ${ours.digest}`
  const times = `${ours.nsPerOp.toFixed(2).padStart(8)} ns  C ${c.nsPerOp.toFixed(2).padStart(8)} ns`
  const bound = 'ns' in aim ? `${aim.ns} ns` : `${aim.ratio} x`
  return `${ours.name.padEnd(12)}${times}  ${ratio.toFixed(2)} x, ${isWithinAim(outcomes, aim) ? 'within' : 'BEYOND'} the aim of ${bound}; ${answer}`
}

export const options: Usage = {
  command: 'npm run bench:limit --',
  about:
    'The hour sweep and the metering pipeline next to a C program of the same layout and the same result, in turn.',
  options: {
    only: { value: 'hour-sweep', help: `only these benchmarks: ${contests.map(({ work }) => work.work).join(', ')}` },
    json: { help: 'print data' },
  },
  codes: [
    '0   within the aims',
    '2   bad input',
    '3   a different result from C',
    '4   beyond an aim',
    '6   no C compiler: nothing was measured',
  ],
}

const INCOMPLETE = 6

if (import.meta.main)
  await runBench(options, (given) => {
    const some = chosenOf(contests, ({ work }) => work.work, given.text('only'))
    const json = given.has('json')
    if (!compiled()) {
      console.error('not measured: the limit in C; install a compiler (Debian: apt install gcc)')
      if (json) console.log('[]')
      return INCOMPLETE
    }
    const all = some.map((contest) => {
      const outcomes = compete(contest, ROUNDS)
      if (!json) console.log(lines(outcomes, contest.aim))
      return { outcomes, aim: contest.aim }
    })
    if (json)
      console.log(
        JSON.stringify(
          all.flatMap(({ outcomes, aim }) =>
            outcomes.map((each) => ({ ...each, aim, isWithin: isWithinAim(outcomes, aim) })),
          ),
          null,
          1,
        ),
      )
    return codeOf(all)
  })
