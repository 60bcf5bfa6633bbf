import { type Given, runScript, type Usage } from '#cli/script.ts'
import { works } from './billing/works.ts'
import { logRatios, type Round } from './compare/estimate.ts'
import { machineHere, watchWeather } from './compare/machine.ts'
import { measure } from './compare/measure.ts'
import { type Plant, plant, plants } from './compare/plants.ts'
import { treeIn } from './compare/trees.ts'
import { judgeAll, type Outcome, outcomeOf, stillOpen } from './compare/verdict.ts'
import { Workshop } from './compare/workshop.ts'

/**
 * What `bench --compare` sees on this machine: slow-downs of a known size planted into a copy of the tree, and copies with
 * nothing planted, each compared as a user would. A full proof takes hours of a busy machine; tries may be spread over days.
 */

const usage: Usage = {
  command: 'npm run bench:prove --',
  about: `Plants slowdowns into copies of the tree and compares them, along with copies without any. The bar: 10 % is detected in 90 % of
tries, 5 % in 60 %, and at most 2 % of comparisons have a false alarm.`,
  options: {
    tries: { value: '20', help: 'comparisons of each planted slowdown, and of none (20)' },
    parts: { value: '0,3,5,10,30', help: 'planted slowdowns in percent; 0 plants nothing (0,3,5,10,30)' },
    within: { value: '85', help: 'time limit of a comparison in s (85)' },
    tolerance: { value: '3', help: 'tolerated slowdown of a benchmark, in percent (3)' },
    short: { help: 'one comparison with nothing planted and one with 30 %' },
    json: { help: 'print data, a line for each comparison' },
  },
  codes: ['0   the bar is met', '2   bad input', '4   the bar is missed', '6   too few comparisons to decide'],
}

interface Try {
  /** A part; 0: nothing. */
  readonly planted: number
  /** The work it was planted into. */
  readonly work: string | null
  readonly outcome: Outcome
  /** The planted work was called slower. */
  readonly isSeen: boolean
  /** Works called slower although nothing was planted into them. */
  readonly falseAlarms: readonly string[]
  /** Works that stayed undecided. */
  readonly noisy: readonly string[]
  readonly changes: Readonly<Record<string, string>>
  /** Of each work. */
  readonly rounds: readonly number[]
  readonly seconds: number
  readonly load: number
  readonly stolen: number | null
}

interface Conditions {
  readonly within: number
  readonly tolerance: number
}

/** One comparison of the tree with a copy of itself that has a slow-down in it. */
async function compareOnce(
  { planted, seed }: { planted: number; seed: Plant | null },
  { within, tolerance }: Conditions,
): Promise<Try> {
  const began = performance.now()
  const weather = watchWeather()
  const shop = new Workshop()
  try {
    const trees = { base: treeIn(shop, 'base'), tree: treeIn(shop, 'tree') }
    if (seed !== null) plant(trees.tree.folder, seed, planted)
    const pieces = works
      .filter(({ subject }) => subject === 'marketsim')
      .map(({ work, sizes, turnSize = sizes[0] }) => ({ work, size: turnSize }))
    const openOf = (works: readonly (readonly Round[])[]) => stillOpen(works.map(logRatios), tolerance)
    const effort = { ends: began + within * 1000, time: 80, rounds: 40 }
    const measured = await measure(shop, trees, pieces, effort, openOf, () => {})
    const verdicts = judgeAll(
      measured.works.map(({ rounds }) => logRatios(rounds)),
      tolerance,
    )
    const found = measured.works.map(({ work, isOneAnswer }, at) => ({ work, isOneAnswer, ...verdicts[at] }))
    const slower = found.filter(({ finding }) => finding === 'slower').map(({ work }) => work)
    const { loadAfter, stolen } = weather()
    return {
      planted,
      work: seed?.work ?? null,
      outcome: outcomeOf(found),
      isSeen: seed !== null && slower.includes(seed.work),
      falseAlarms: slower.filter((work) => work !== seed?.work && !seed?.others.includes(work)),
      noisy: found.filter(({ finding }) => finding === 'too noisy').map(({ work }) => work),
      changes: Object.fromEntries(
        found.map(({ work, change, low, high }) => [
          work,
          [change, low, high].map((part) => (part * 100).toFixed(1)).join(' '),
        ]),
      ),
      rounds: measured.works.map(({ rounds }) => rounds.length),
      seconds: (performance.now() - began) / 1000,
      load: loadAfter,
      stolen,
    }
  } finally {
    await shop.remove()
  }
}

/** Share of the tries that must see it, by the planted part. */
const bars: Readonly<Record<number, number>> = { 0.1: 0.9, 0.05: 0.6 }
const FALSE_ALARMS = 0.02
/** Fewer tries of a kind prove nothing. */
const ENOUGH = 10

/** A line for each planted part, and the exit code. */
export function summary(tries: readonly Try[]): { readonly lines: readonly string[]; readonly code: number } {
  const parts = [...new Set(tries.map(({ planted }) => planted))].sort((x, y) => x - y)
  const lines: string[] = []
  const missed: string[] = []
  for (const part of parts) {
    const same = tries.filter(({ planted }) => planted === part)
    const count = (of: (each: Try) => boolean) => same.filter(of).length
    const seen = count(({ isSeen }) => isSeen)
    const noisy = count(({ outcome }) => outcome === 'too noisy')
    const name = part === 0 ? 'nothing planted' : `${Math.round(part * 100)} % planted`
    lines.push(
      `${name.padEnd(16)} ${same.length} tries, seen ${seen}, too noisy ${noisy}, no change ${count(({ outcome }) => outcome === 'no change')}`,
    )
    if (part in bars && seen < bars[part] * same.length)
      missed.push(`${name}: seen in ${seen} of ${same.length}, not in ${bars[part] * 100} %`)
  }
  const alarms = tries.filter(({ falseAlarms }) => falseAlarms.length > 0).length
  lines.push(`false alarms in ${alarms} of ${tries.length} comparisons`)
  if (alarms > FALSE_ALARMS * tries.length)
    missed.push(`false alarms in more than ${FALSE_ALARMS * 100} % of comparisons`)
  const isEnough = parts.every((part) => tries.filter(({ planted }) => planted === part).length >= ENOUGH)
  const code = missed.length > 0 ? 4 : isEnough ? 0 : 6
  return { lines: [...lines, ...missed.map((each) => `MISSED: ${each}`)], code }
}

async function run(given: Given): Promise<number> {
  const isShort = given.has('short')
  const tries = isShort ? 1 : given.count('tries', 20, 1)
  const conditions = { within: given.number('within', 85, 5), tolerance: given.number('tolerance', 3, 0.1) / 100 }
  const parts = isShort ? [0, 0.3] : (given.text('parts') ?? '0,3,5,10,30').split(',').map((part) => Number(part) / 100)
  const all: Try[] = []
  if (!given.has('json')) console.log(JSON.stringify(machineHere()))
  for (let index = 0; index < tries; index++)
    for (const [at, part] of parts.entries()) {
      const seed = part === 0 ? null : plants[(index + at) % plants.length]
      const once = await compareOnce({ planted: part, seed }, conditions)
      all.push(once)
      if (given.has('json')) console.log(JSON.stringify(once))
      else {
        const change = once.work === null ? '' : ` (${once.changes[once.work]})`
        const named = (label: string, works: readonly string[]) =>
          works.length === 0 ? '' : `, ${label} ${works.map((work) => `${work} (${once.changes[work]})`).join(', ')}`
        const rounds = `${Math.min(...once.rounds)} to ${Math.max(...once.rounds)} rounds`
        console.log(
          `${(part * 100).toFixed(0).padStart(3)} % in ${(once.work ?? 'nothing').padEnd(10)} ${once.outcome}${change}, ${rounds}, ${once.seconds.toFixed(0)} s, load ${once.load.toFixed(1)}${named('undecided', once.noisy)}${named('FALSE ALARM', once.falseAlarms)}`,
        )
      }
    }
  const { lines, code } = summary(all)
  for (const line of lines) (given.has('json') ? console.error : console.log)(line)
  return isShort && code === 6 ? 0 : code
}

if (import.meta.main) await runScript(usage, run)
