import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hourBill, hourSweep, instances } from './billing/hour.ts'
import { processorTime } from './billing/measure.ts'
import { pipelineWorks, usage } from './billing/pipeline.ts'
import type { BillingWork } from './billing/work.ts'

/**
 * The hour sweep and the metering pipeline beside a C program of the same layout and the same answer, in turn in one
 * run. `--json` prints data.
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

/** The columns that the C program reads, as they lie in memory here. */
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
  if (answers.size > 1) throw new Error(`the C program gives another answer each time: ${[...answers].join(', ')}`)
  return [
    { name: work.work, subject: 'marketsim', nsPerOp: median(ours), digest },
    { name: work.work, subject: 'c', nsPerOp: median(theirs), digest: [...answers][0] },
  ]
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]

function lines([ours, c]: readonly Outcome[], aim: Contest['aim']): string {
  const ratio = ours.nsPerOp / c.nsPerOp
  const answer = ours.digest === c.digest ? `the same answer ${c.digest}` : `ANOTHER ANSWER ${c.digest} ${ours.digest}`
  const times = `${ours.nsPerOp.toFixed(2).padStart(8)} ns  C ${c.nsPerOp.toFixed(2).padStart(8)} ns`
  const isWithin = 'ns' in aim ? ours.nsPerOp <= aim.ns : ratio <= aim.ratio
  const bound = 'ns' in aim ? `${aim.ns} ns` : `${aim.ratio} x`
  return `${ours.name.padEnd(12)}${times}  ${ratio.toFixed(2)} x, ${isWithin ? 'within' : 'BEYOND'} the aim of ${bound}; ${answer}`
}

if (import.meta.main) {
  const json = process.argv.includes('--json')
  const all: Outcome[] = []
  if (!compiled()) console.error('skipped: the limit in C; install a compiler (Debian: apt install gcc)')
  else
    for (const contest of contests) {
      const outcomes = compete(contest, ROUNDS)
      all.push(...outcomes)
      if (outcomes[0].digest !== outcomes[1].digest) process.exitCode = 1
      if (!json) console.log(lines(outcomes, contest.aim))
    }
  if (json) console.log(JSON.stringify(all, null, 1))
}
