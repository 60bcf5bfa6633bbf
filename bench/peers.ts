import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runScript, type Usage } from '#cli/script.ts'
import { Workshop } from './compare/workshop.ts'
import { compiled } from './compiled.ts'
import { median } from './median.ts'
import { chosenOf } from './options.ts'
import { DAYS, marketPlan } from './peers/market-plan.ts'
import { holdShift, holdSpan } from './work/hold.ts'
import { exponential } from './work/queue.ts'
import { HOURS } from './work/tickers.ts'

/**
 * The same work side by side, one process each, in turn; ratios to ours and the digest of each answer. A peer that is
 * not installed is skipped with a line that says how to install it. What is running is reported on stderr.
 */

export type Contest = {
  work: string
  size: number
  /** Ours first; then who else does it, as a command. */
  subjects: readonly { subject: string; command: readonly string[] }[]
}

export type Outcome = { work: string; size: number; subject: string; nsPerOp: number; digest: string }

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const node = (file: string, ...words: (string | number)[]) => [process.execPath, here(file), ...words.map(String)]

const structures = ['binary-heap', '4-ary-heap', 'calendar-queue', 'timing-wheel-6', 'timing-wheel-10']
const schedulers = ['map', 'heap', 'calendar', 'priority-queue']

/** What this machine has: paths of the compiled programs and of an interpreter with SimPy, null where one is missing. */
export interface Peers {
  readonly limit: string | null
  readonly ns3: string | null
  readonly simpy: string | null
}

/** Compiles the peers that need it into the workshop, and looks for the others. */
export async function installed(shop: Workshop, say: (line: string) => void): Promise<Peers> {
  const limit = await compiled(shop, 'g++', 'limit/engine.cpp', [])
  if (limit === null) say('skipped: the C++ limit; install a compiler (Debian: apt install g++)')
  const ns3 = limit === null ? null : await compiled(shop, 'g++', 'peers/ns3.cpp', ['-lns3-core'])
  if (ns3 === null) say('skipped: ns-3; install it (Debian: apt install libns3-dev)')
  const simpy =
    ['/usr/bin/python3', 'python3'].find((python) => spawnSync(python, ['-c', 'import simpy']).status === 0) ?? null
  if (!simpy) say('skipped: SimPy; install it (Debian: apt install python3-simpy3)')
  return { limit, ns3, simpy }
}

/** One subject for each structure of a compiled program; none where it is missing. */
const subjectsOf = (prefix: string, program: string | null, names: readonly string[], size: readonly string[]) =>
  program === null ? [] : names.map((name) => ({ subject: `${prefix}${name}`, command: [program, name, ...size] }))

/** HOLD at one size. */
export function holdContest(pending: number, operations: number, have: Peers): Contest {
  const span = holdSpan(pending, operations)
  const size = [pending, holdShift(pending), span].map(String)
  const subjects = [
    { subject: 'marketsim', command: node('peers/marketsim.ts', 'hold', 'wheel', pending, span) },
    { subject: 'marketsim-heap', command: node('peers/marketsim.ts', 'hold', 'heap', pending, span) },
    ...subjectsOf('c-', have.limit, structures, size),
    ...subjectsOf('ns-3 ', have.ns3, schedulers, size),
    { subject: 'SIM.JS', command: node('peers/simjs.ts', 'hold', ...size) },
    ...(have.simpy ? [{ subject: 'SimPy', command: [have.simpy, here('peers/simpy_works.py'), 'hold', ...size] }] : []),
  ]
  return { work: 'hold', size: pending, subjects }
}

export function queueContest(customers: number, have: Peers): Contest {
  const simpy = [have.simpy ?? '', here('peers/simpy_works.py'), 'queue', String(customers), exponential.join(',')]
  const subjects = [
    { subject: 'marketsim', command: node('peers/marketsim.ts', 'queue/marketsim', customers) },
    { subject: 'marketsim-generators', command: node('peers/marketsim.ts', 'queue/marketsim-generators', customers) },
    { subject: 'SIM.JS', command: node('peers/simjs.ts', 'queue', customers) },
    ...(have.simpy ? [{ subject: 'SimPy', command: simpy }] : []),
  ]
  return { work: 'queue', size: customers, subjects }
}

export function tickersContest(size: number, have: Peers): Contest {
  const simpy = [have.simpy ?? '', here('peers/simpy_works.py'), 'tickers', String(size), String(HOURS)]
  const subjects = [
    { subject: 'marketsim', command: node('peers/marketsim.ts', 'tickers/marketsim', size) },
    { subject: 'marketsim-cohort', command: node('peers/marketsim.ts', 'tickers/marketsim-cohort', size) },
    { subject: 'SIM.JS', command: node('peers/simjs.ts', 'tickers', size, HOURS) },
    ...(have.simpy ? [{ subject: 'SimPy', command: simpy }] : []),
  ]
  return { work: 'tickers', size, subjects }
}

/** The same market, request by request: simulated alone, and with record, audit and reports. */
export function marketContest(shop: Workshop, buyers: number, have: Peers): Contest {
  const [plan, smaller] = [buyers, Math.ceil(buyers / 3)].map((count) => marketPlan(shop.folder, count))
  const ours = (part: string) => node('peers/market.ts', part, plan.scenario, smaller.scenario)
  const sizes = [plan.requests, buyers, plan.servers, DAYS].map(String)
  const subjects = [
    { subject: 'marketsim', command: ours('simulated') },
    { subject: 'marketsim-whole', command: ours('whole') },
    { subject: 'marketsim-marginal', command: ours('simulated-marginal') },
    { subject: 'marketsim-whole-marginal', command: ours('whole-marginal') },
    ...(have.simpy ? [{ subject: 'SimPy', command: [have.simpy, here('peers/simpy_market.py'), ...sizes] }] : []),
  ]
  return { work: 'market', size: buyers, subjects }
}

/** Longest that one run of one subject may take, s; who needs longer is left out. */
const PATIENCE = 120

/** Who needs more than so many ns has one round only. */
const SLOW = 1000

/**
 * Runs a contest in rounds, subject after subject, and takes each one's median. `c-limit` is the best C++ structure.
 * @param say called for each run before it starts, and of subjects that take too long
 */
export async function compete(
  shop: Workshop,
  contest: Contest,
  rounds: number,
  say: (line: string) => void,
): Promise<Outcome[]> {
  const { work, size } = contest
  const outcomes: Outcome[] = []
  const times = new Map(contest.subjects.map(({ subject }) => [subject, [] as number[]]))
  const digests = new Map<string, string>()
  const late = new Set<string>()
  for (let round = 1; round <= rounds; round++) {
    for (const { subject, command } of contest.subjects) {
      const soFar = times.get(subject)!
      if (late.has(subject) || soFar[0] > SLOW) continue
      say(`${work} ${size}, round ${round} of ${rounds}: ${subject}`)
      const answer = await run(shop, command)
      if (answer === null) {
        say(`skipped: ${subject} at ${work} ${size}; it takes more than ${PATIENCE} s`)
        late.add(subject)
        continue
      }
      if (round > 1 && answer.digest !== digests.get(subject)) {
        throw new Error(`${subject} gives a different result each time`)
      }
      soFar.push(answer.ns)
      digests.set(subject, answer.digest)
    }
  }
  for (const [subject, digest] of digests) {
    outcomes.push({ work, size, subject, nsPerOp: median(times.get(subject)!), digest })
  }
  const c = outcomes.filter(({ subject }) => subject.startsWith('c-')).sort((x, y) => x.nsPerOp - y.nsPerOp)
  return c.length > 0 ? [...outcomes, { ...c[0], subject: 'c-limit' }] : outcomes
}

/** One run's ns an operation and digest; null when it takes too long. */
async function run(
  shop: Workshop,
  [program, ...words]: readonly string[],
): Promise<{ ns: number; digest: string } | null> {
  const { status, stdout, stderr, isLate } = await shop.run(program, words, { timeout: 1000 * PATIENCE })
  if (isLate) return null
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${stderr}`)
  const [ns, digest] = stdout.trim().split(' ')
  return { ns: Number(ns), digest }
}

function print(outcomes: readonly Outcome[]): void {
  const [ours] = outcomes
  for (const { work, size, subject, nsPerOp, digest } of outcomes) {
    const agrees = digest === ours.digest ? '' : '  DIFFERENT RESULT'
    const ratio = (nsPerOp / ours.nsPerOp).toFixed(2)
    console.log(
      `${work.padEnd(8)}${String(size).padStart(8)}  ${subject.padEnd(25)}${nsPerOp.toFixed(1).padStart(9)} ns ${ratio.padStart(8)} x  ${digest}${agrees}`,
    )
  }
}

export const usage: Usage = {
  command: 'npm run bench:peers --',
  about:
    'The same benchmark in marketsim, C++, ns-3, SIM.JS and SimPy, one process each, in turn; of a market, the counts instead of a digest.',
  options: {
    only: { value: 'hold,queue', help: 'only these benchmarks: hold, queue, tickers, market' },
    quick: { help: 'small sizes, one round' },
    json: { help: 'print data' },
  },
  codes: ['0   measured', '2   bad input', '3   a subject gives a different result'],
}

/** The contests: small ones, or those of the tables. */
export function contestsOf(shop: Workshop, isQuick: boolean, have: Peers): Contest[] {
  const sizes: [number, number][] = isQuick
    ? [[1000, 20_000]]
    : [
        [1e3, 1e6],
        [1e5, 1e6],
        [1e6, 5e5],
      ]
  return [
    ...sizes.map(([pending, operations]) => holdContest(pending, operations, have)),
    queueContest(isQuick ? 10_000 : 1e6, have),
    tickersContest(isQuick ? 50 : 5000, have),
    marketContest(shop, isQuick ? 30 : 300, have),
  ]
}

if (import.meta.main)
  await runScript(usage, async (given) => {
    const isQuick = given.has('quick')
    // Names are checked before anything is compiled.
    chosenOf(['hold', 'queue', 'tickers', 'market'], (name) => name, given.text('only'))
    const say = (line: string) => console.error(line)
    const all: Outcome[] = []
    const shop = new Workshop()
    let contests: readonly Contest[]
    try {
      contests = chosenOf(contestsOf(shop, isQuick, await installed(shop, say)), ({ work }) => work, given.text('only'))
      for (const contest of contests) {
        const outcomes = await compete(shop, contest, isQuick ? 1 : 3, say)
        all.push(...outcomes)
        if (!given.has('json')) print(outcomes)
      }
    } finally {
      await shop.remove()
    }
    if (given.has('json')) console.log(JSON.stringify(all, null, 1))
    return new Set(all.map(({ work, size, digest }) => `${work} ${size} ${digest}`)).size > contests.length ? 3 : 0
  })
