import { appendFileSync, closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '#cli/script.ts'
import { checkName, type Found, findBase, prepareStore, saveBase } from './base.ts'
import { logRatios, nsPerOp, type Round } from './estimate.ts'
import { countInstructions, type Instructions } from './instructions.ts'
import { machineHere, watchWeather } from './machine.ts'
import { type Measured, type Measurement, MisfitError, measure, type Piece } from './measure.ts'
import { asHistory, asJson, asMarkdown, asText, type Method, type Report, type WorkReport } from './report.ts'
import { commitOf, isDirty, type Tree, treeIn, treeOf, type Yardstick } from './trees.ts'
import { codes, FALSE_ALARMS, judgeAll, judgeUnpaired, outcomeOf, stillOpen, withInstructions } from './verdict.ts'
import { Workshop } from './workshop.ts'

/** What a command line asks of a comparison. */
export interface Comparison {
  readonly pieces: readonly Piece[]
  /** Rounds at most. */
  readonly rounds: number
  /** Processor time of a work, side and round, ms. */
  readonly time: number
  /** s on the wall, from the start of the program, in which the measurement ends. */
  readonly within: number
  /** A part: 0.03 is 3 %. */
  readonly tolerance: number
  readonly format: 'text' | 'json' | 'markdown'
  /** A file that gets a line; undefined: none. */
  readonly history: string | undefined
  readonly countsInstructions: boolean
  /** Data, and what is said meanwhile. */
  readonly print: (text: string) => void
  readonly say: (line: string) => void
}

const FIGURE_ROUNDS = 5
/** Every work plays every round. */
const all = (works: readonly unknown[]): boolean[] => works.map(() => true)

/**
 * Measures the tree on the disk, on both sides: each is what the other would be compared with.
 * @param use what becomes of it while the workshop still holds the tree, and signals back
 */
async function figures<Result>(
  comparison: Comparison,
  use: (measured: Measurement, tree: Tree) => Result,
): Promise<Result> {
  const { pieces, time, within, rounds, say } = comparison
  const shop = new Workshop()
  try {
    const trees = { base: treeIn(shop, 'base'), tree: treeIn(shop, 'tree') }
    const effort = { ends: within * 1000, time, rounds: Math.min(rounds, FIGURE_ROUNDS) }
    return use(await measure(shop, trees, pieces, effort, all, say), trees.tree)
  } finally {
    await shop.remove()
  }
}

const perRound = ({ rounds }: Measured): number[] => rounds.map((round) => nsPerOp([round], 'tree'))

/** Saves what `--compare NAME` will compare with. Returns the exit code. @throws UsageError */
export async function save(name: string, comparison: Comparison): Promise<number> {
  checkName(name)
  prepareStore()
  const { commit, fault } = commitOf('HEAD')
  const of = { commit, dirty: isDirty() }
  const { works, stopped, base } = await figures(comparison, ({ works, stopped }, tree) => {
    if (works.length === 0) {
      const why = stopped.length === 0 ? '' : ` (${stopped.join('; ')})`
      throw new UsageError(
        `--within ${comparison.within} is too short: nothing was measured, and nothing is saved${why}`,
      )
    }
    const saved = Object.fromEntries(
      works.map((each) => [each.work, { size: each.size, digest: each.digests.tree, nsPerOp: perRound(each) }]),
    )
    return { works, stopped, base: saveBase(name, { tree, of, works: saved }) }
  })
  if (comparison.format === 'json') comparison.print(JSON.stringify(base, null, 1))
  else {
    for (const each of works)
      comparison.print(
        `${each.work.padEnd(14)}${nsPerOp(each.rounds, 'tree').toFixed(2).padStart(12)} ns  ${each.digests.tree}`,
      )
    const unmeasured = comparison.pieces.map(({ work }) => work).filter((work) => base.works[work] === undefined)
    if (unmeasured.length > 0) comparison.print(`not measured in time, so without figures: ${unmeasured.join(', ')}`)
    for (const each of stopped) comparison.print(`stopped when time was over: ${each}`)
    const what =
      base.commit === null
        ? `no commit: ${fault.split('\n')[0]}`
        : `commit ${base.commit.slice(0, 12)}${base.dirty ? ' with changes' : ''}`
    comparison.print(`saved ${name} (${what}): figures and sources, in out/bench; compare with --compare ${name}`)
  }
  return 0
}

/** What a base can be run again from. */
type Sources = Exclude<Found, { kind: 'figures' }>

/**
 * Measures the base against the tree on the disk: by the benches of today, or where they do not fit a commit by its own.
 * @throws UsageError when neither runs
 */
async function measureSources(
  shop: Workshop,
  found: Sources,
  tree: Tree,
  { pieces, time, rounds, within, tolerance, say }: Comparison,
): Promise<{ measured: Measurement; base: Tree; yardstick: Yardstick }> {
  const effort = { ends: within * 1000, time, rounds }
  const openOf = (works: readonly (readonly Round[])[]) => stillOpen(works.map(logRatios), tolerance)
  const by = async (base: Tree, yardstick: Yardstick) => ({
    measured: await measure(shop, { base, tree }, pieces, effort, openOf, say),
    base,
    yardstick,
  })
  const isOfTree = (error: MisfitError): boolean => error.side === 'tree'
  try {
    if (found.kind === 'sources') return await by(treeIn(shop, 'base', found.folder), 'of today')
    return await by(await treeOf(shop, 'base', found.commit), 'of today').catch(async (error) => {
      if (!(error instanceof MisfitError) || isOfTree(error)) throw error
      say('the current benchmarks do not fit the base; it is measured by its own')
      return by(await treeOf(shop, 'own-', found.commit, 'its own'), 'its own')
    })
  } catch (error) {
    if (!(error instanceof MisfitError)) throw error
    if (isOfTree(error)) throw new UsageError(`the tree on the disk does not run: ${error.message}`)
    const reason = reasonOf(error.message, shop.folder)
    throw new UsageError(
      found.kind === 'sources'
        ? `the sources of ${found.base.name} do not run the current benchmarks: ${reason}; save a newer base, or compare with a commit`
        : `commit ${found.commit.slice(0, 12)} runs neither the current benchmarks nor its own: ${reason}; compare with a newer commit`,
    )
  }
}

/** The line of a stack trace that says what is wrong, with the paths of a tree as its sources have them. */
export function reasonOf(message: string, folder: string): string {
  const [line] = /^\w*Error\b.*$/m.exec(message) ?? [message]
  return ['base/', 'own-/'].reduce((text, tree) => text.replaceAll(join(folder, tree), ''), line)
}

/** Makes sure, before anything is measured, that the file takes a line. @throws UsageError, or the system's error */
function openHistory(file: string): void {
  try {
    closeSync(openSync(file, 'a'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code ?? '')) throw error
    throw new UsageError(`--history ${file} cannot be written: ${message}`)
  }
}

/** Compares the tree on the disk with a saved base, or with any commit by its name. Returns the exit code. @throws UsageError */
export async function compare(name: string, comparison: Comparison): Promise<number> {
  const found = findBase(name)
  if (comparison.history !== undefined) openHistory(comparison.history)
  const report = await (found.kind === 'figures'
    ? againstFigures(found, name, comparison)
    : interleaved(found, name, comparison))
  const { format, history, print } = comparison
  print(format === 'json' ? asJson(report) : format === 'markdown' ? asMarkdown(report) : asText(report))
  if (history !== undefined) appendFileSync(history, `${asHistory(report)}\n`)
  return report.exitCode
}

type Frame = Pick<Report, 'method' | 'base' | 'seconds' | 'weather' | 'counter' | 'isPinned' | 'alone' | 'stopped'>

function reportOf(frame: Frame, { tolerance, pieces }: Comparison, works: readonly WorkReport[]): Report {
  const had = new Set([...frame.alone, ...works.map(({ work }) => work)])
  const unmeasured = pieces.map(({ work }) => work).filter((work) => !had.has(work))
  const outcome = outcomeOf(works, unmeasured)
  return {
    outcome,
    exitCode: codes[outcome],
    ...frame,
    tree: { commit: commitOf('HEAD').commit, dirty: isDirty() },
    tolerance,
    falseAlarms: FALSE_ALARMS,
    at: new Date().toISOString(),
    machine: machineHere(),
    works,
    unmeasured,
  }
}

/** Base and tree in turn, from the sources of both. */
async function interleaved(found: Sources, name: string, comparison: Comparison): Promise<Report> {
  const { within, tolerance, countsInstructions, say } = comparison
  const began = performance.now()
  const weather = watchWeather()
  const shop = new Workshop()
  try {
    const tree = treeIn(shop, 'tree')
    const of = found.kind === 'sources' ? `the sources saved as ${name}` : `commit ${found.commit.slice(0, 12)}`
    say(`${of} and the tree on the disk in turn, ${within} s at most`)
    const { measured, base, yardstick } = await measureSources(shop, found, tree, comparison)
    const portions = measured.works.map(({ work, size, pace }) => ({
      work,
      size,
      warm: pace.warm,
      batches: pace.batches * 20,
    }))
    const { counter, counts }: Instructions = countsInstructions
      ? await countInstructions(shop, { base, tree }, portions, { within, say })
      : { counter: null, counts: new Map() }
    const frame = {
      method: (yardstick === 'of today' ? 'paired' : 'paired, the base by its own benchmarks') as Method,
      base: { name, commit: found.kind === 'commit' ? found.commit : found.base.commit },
      seconds: (performance.now() - began) / 1000,
      weather: weather(),
      counter,
      isPinned: measured.isPinned,
      alone: measured.alone,
      stopped: measured.stopped,
    }
    const verdicts = judgeAll(
      measured.works.map(({ rounds }) => logRatios(rounds)),
      tolerance,
    )
    return reportOf(
      frame,
      comparison,
      measured.works.map(({ work, size, rounds, digests, isOneAnswer }, at) => {
        const instructions = counts.get(work) ?? null
        return {
          ...withInstructions(verdicts[at], instructions, tolerance),
          work,
          size,
          isOneAnswer,
          nsPerOp: { base: nsPerOp(rounds, 'base'), tree: nsPerOp(rounds, 'tree') },
          digests,
          instructions,
          rounds,
        }
      }),
    )
  } finally {
    await shop.remove()
  }
}

/** The tree on the disk against figures of another time: the sources of the base are not here. */
async function againstFigures(
  { base }: Extract<Found, { kind: 'figures' }>,
  name: string,
  comparison: Comparison,
): Promise<Report> {
  const began = performance.now()
  const weather = watchWeather()
  comparison.say(`the sources of ${name} are not here: compared with its figures of ${base.savedAt}`)
  const { works, isPinned, stopped } = await figures(comparison, (measured) => measured)
  const both = works.filter(({ work, size }) => base.works[work]?.size === size)
  const frame = {
    method: 'figures of another time' as Method,
    base: { name, commit: base.commit },
    seconds: (performance.now() - began) / 1000,
    weather: weather(),
    counter: null,
    isPinned,
    stopped,
    alone: works.filter((each) => !both.includes(each)).map(({ work }) => work),
  }
  return reportOf(
    frame,
    comparison,
    both.map((each) => {
      const { digest, nsPerOp: before } = base.works[each.work]
      const now = perRound(each)
      const middle = (values: readonly number[]) => values.toSorted((x, y) => x - y)[values.length >> 1]
      return {
        ...judgeUnpaired(before, now, both.length, comparison.tolerance),
        work: each.work,
        size: each.size,
        decidedBy: 'time' as const,
        isOneAnswer: digest === each.digests.tree,
        nsPerOp: { base: middle(before), tree: middle(now) },
        digests: { base: digest, tree: each.digests.tree },
        instructions: null,
        rounds: each.rounds,
      }
    }),
  )
}
