import { execFileSync } from 'node:child_process'
import { runScript, type Usage } from '#cli/script.ts'
import { hourBill, hourSweep, instances, wasmBill, wasmSweep } from './billing/hour.ts'
import { processorTime } from './billing/measure.ts'
import { pipelineWorks, usage, wasmPipeline } from './billing/pipeline.ts'
import type { BillingWork } from './billing/work.ts'
import { Workshop } from './compare/workshop.ts'
import { compiled } from './compiled.ts'
import { median } from './median.ts'
import { chosenOf } from './options.ts'

/**
 * The hour sweep, the whole hour and the metering pipeline, in JavaScript and by the kernel in WebAssembly, next to a C
 * program of the same layout and the same result, in turn in one run.
 */

export type Subject = 'javascript' | 'webassembly' | 'c'
export type Outcome = { name: string; subject: Subject; nsPerOp: number; digest: string }

export interface Contest {
  readonly name: 'hour-sweep' | 'hour-bill' | 'pipeline'
  readonly javascript: BillingWork
  readonly webassembly: BillingWork
  readonly size: number
  /** Batches of a round: long enough that the ticks of the processor's clock do not matter. */
  readonly batches: number
  /** WebAssembly takes no more than so many times the time of C. */
  readonly aim: number
}

export const contests: readonly Contest[] = [
  { name: 'hour-sweep', javascript: hourSweep, webassembly: wasmSweep, size: 100_000, batches: 1500, aim: 1.05 },
  { name: 'hour-bill', javascript: hourBill, webassembly: wasmBill, size: 100_000, batches: 500, aim: 1.05 },
  { name: 'pipeline', javascript: pipelineWorks[0], webassembly: wasmPipeline, size: 100_000, batches: 30, aim: 1.2 },
]

const ROUNDS = 7

/** Compiles the C program into the workshop; null where there is no compiler. */
export const compiledLimit = (shop: Workshop): Promise<string | null> =>
  compiled(shop, 'gcc', 'limit/billing.c', ['-lm'])

/** The columns that the C program reads, as they are in memory here. */
function columnsOf({ name }: Contest, size: number): Buffer {
  const { account, ...rest } = name === 'pipeline' ? usage(size) : instances(size)
  const columns =
    'units' in rest ? [rest.resource, rest.from, rest.to, account, rest.units] : [account, rest.ecs, rest.image]
  return Buffer.concat(columns.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)))
}

const versions = ['javascript', 'webassembly'] as const

/** Runs all three in turn and takes the median of each. Throws when the answer of the C program changes from round to round. */
export function compete(program: string, contest: Contest, rounds: number): Outcome[] {
  const { name, size, batches } = contest
  const ours = versions.map((subject) => {
    const running = contest[subject].start(size)
    const operations = running.batch()
    return { subject, running, operations, digest: running.digest(), times: [] as number[] }
  })
  const input = columnsOf(contest, size)
  const theirs: number[] = []
  const answers = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    for (const { running, operations, times } of ours) {
      const began = processorTime()
      for (let batch = 0; batch < batches; batch++) running.batch()
      times.push(((processorTime() - began) * 1e6) / (batches * operations))
    }
    const words = [name, size, batches].map(String)
    const [ns, answer] = execFileSync(program, words, { input, encoding: 'utf8' }).trim().split(' ')
    theirs.push(Number(ns))
    answers.add(answer)
  }
  if (answers.size > 1) throw new Error(`the C program gives a different result each time: ${[...answers].join(', ')}`)
  return [
    ...ours.map(({ subject, times, digest }) => ({ name, subject, nsPerOp: median(times), digest })),
    { name, subject: 'c', nsPerOp: median(theirs), digest: [...answers][0] },
  ]
}

const outcomeOf = (outcomes: readonly Outcome[], subject: Subject): Outcome =>
  outcomes.find((each) => each.subject === subject) as Outcome

/** Times of C, which is 1. */
export const ratioOf = (outcomes: readonly Outcome[], subject: Subject): number =>
  outcomeOf(outcomes, subject).nsPerOp / outcomeOf(outcomes, 'c').nsPerOp

/** Whether the kernel is within the aim of a contest. */
export const isWithinAim = (outcomes: readonly Outcome[], aim: number): boolean =>
  ratioOf(outcomes, 'webassembly') <= aim

const isOneAnswer = (outcomes: readonly Outcome[]): boolean => new Set(outcomes.map(({ digest }) => digest)).size === 1

/** The exit code of all contests: a wrong answer before one that is late. */
export function codeOf(all: readonly { readonly outcomes: readonly Outcome[]; readonly aim: number }[]): number {
  if (!all.every(({ outcomes }) => isOneAnswer(outcomes))) return 3
  return all.every(({ outcomes, aim }) => isWithinAim(outcomes, aim)) ? 0 : 4
}

function lines(outcomes: readonly Outcome[], aim: number): string {
  const answer = isOneAnswer(outcomes)
    ? `the same result ${outcomes[0].digest}`
    : `DIFFERENT RESULTS ${outcomes.map(({ subject, digest }) => `${subject} ${digest}`).join(', ')}`
  const times = outcomes.map(({ subject, nsPerOp }) => {
    const ratio = subject === 'c' ? '' : ` (${ratioOf(outcomes, subject).toFixed(2)} x)`
    return `${subject} ${nsPerOp.toFixed(2).padStart(6)} ns${ratio}`
  })
  const verdict = isWithinAim(outcomes, aim) ? 'within' : 'BEYOND'
  return `${outcomes[0].name.padEnd(12)}${times.join('  ')}; webassembly ${verdict} the aim of ${aim} x; ${answer}`
}

export const options: Usage = {
  command: 'npm run bench:limit --',
  about:
    'The hour sweep, the whole hour and the metering pipeline, in JavaScript and in WebAssembly, next to a C program of ' +
    'the same layout and the same result, in turn.',
  options: {
    only: { value: 'hour-sweep', help: `only these benchmarks: ${contests.map(({ name }) => name).join(', ')}` },
    json: { help: 'print data' },
  },
  codes: [
    '0   WebAssembly is within the aims',
    '2   bad input',
    '3   different results',
    '4   beyond an aim',
    '6   no C compiler: nothing was measured',
  ],
}

const INCOMPLETE = 6

const rowsOf = ({ outcomes, aim }: { readonly outcomes: readonly Outcome[]; readonly aim: number }) =>
  outcomes.map((each) => ({ ...each, aim, isWithin: isWithinAim(outcomes, aim) }))

if (import.meta.main)
  await runScript(options, async (given) => {
    const some = chosenOf(contests, ({ name }) => name, given.text('only'))
    const json = given.has('json')
    const shop = new Workshop()
    try {
      const program = await compiledLimit(shop)
      if (program === null) {
        console.error('not measured: the limit in C; install a compiler (Debian: apt install gcc)')
        if (json) console.log('[]')
        return INCOMPLETE
      }
      const all = some.map((contest) => {
        const outcomes = compete(program, contest, ROUNDS)
        if (!json) console.log(lines(outcomes, contest.aim))
        return { outcomes, aim: contest.aim }
      })
      if (json) console.log(JSON.stringify(all.flatMap(rowsOf), null, 1))
      return codeOf(all)
    } finally {
      await shop.remove()
    }
  })
