import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sample } from './compare-sample.ts'
import { commitOf, isDirty, measurableTreeOf, root, sample, type Tree, treeOnDisk } from './compare-trees.ts'
import { isRegression, judgePaired, judgeUnpaired, type Verdict } from './compare-verdict.ts'

/** A base: the commit that can be run again, and what it measured when it was saved. */
export interface Base {
  /** Null outside of git. */
  readonly commit: string | null
  /** The figures are of a tree with changes that are in no commit. */
  readonly dirty: boolean
  readonly node: string
  readonly samples: Readonly<Record<string, readonly number[]>>
}

export interface Comparison {
  readonly only: string | undefined
  readonly rounds: number
  /** Processor time of a work and round, ms. */
  readonly time: number
  /** A slower work is a regression beyond this part. */
  readonly tolerance: number
  readonly say: (line: string) => void
}

/** As the command line promises it for missed thresholds. */
const REGRESSION = 4
const WRONG_USE = 2
const fileOf = (name: string): string => join(root, 'out/bench', `${name}.json`)

const byName = (rounds: readonly (readonly Sample[])[]): Record<string, number[]> =>
  Object.fromEntries(rounds[0].map(({ name }, at) => [name, rounds.map((round) => round[at].nsPerOp)]))

/** Measures the tree on the disk in rounds. */
function measured({ only, rounds, time }: Comparison): Sample[][] {
  const tree = treeOnDisk()
  try {
    return Array.from({ length: rounds }, () => sample(tree, only, time))
  } finally {
    tree.remove()
  }
}

/** Saves what `--compare NAME` will compare with. */
export function save(name: string, comparison: Comparison): void {
  const base: Base = {
    commit: commitOf('HEAD'),
    dirty: isDirty(),
    node: process.version,
    samples: byName(measured(comparison)),
  }
  mkdirSync(join(root, 'out/bench'), { recursive: true })
  writeFileSync(fileOf(name), `${JSON.stringify(base, null, 1)}\n`)
  comparison.say(`saved ${name}: ${base.commit === null ? 'figures without a commit' : `commit ${base.commit}`}`)
  if (base.dirty)
    comparison.say('the tree has changes that are in no commit: to compare with them, commit and save again')
}

/** Compares the tree on the disk with a saved base, or with any commit by its name. Answers the exit code. */
export function compare(name: string, comparison: Comparison): number {
  const { say } = comparison
  const base: Base | null = existsSync(fileOf(name)) ? JSON.parse(readFileSync(fileOf(name), 'utf8')) : null
  const commit = commitOf(base === null ? name : (base.commit ?? ''))
  let tree: Tree | null = null
  let reason = base === null ? `no base ${name} was saved, and no commit has that name` : 'the base has no commit here'
  try {
    if (commit !== null) {
      const found = measurableTreeOf(commit, comparison.only)
      tree = found.tree
      if (found.yardstick === 'its own')
        say(
          'the benches of today do not fit the base, which is measured by its own: heed whether the answers are the same',
        )
    }
  } catch (error) {
    reason = `the tree of ${commit} cannot be had: ${error instanceof Error ? error.message : String(error)}`
  }
  if (tree !== null && commit !== null) {
    say(`commit ${commit.slice(0, 12)} and the tree on the disk in turn, ${comparison.rounds} rounds`)
    return interleaved(tree, comparison)
  }
  if (base === null) {
    say(`${reason}; save one with --save ${name}`)
    return WRONG_USE
  }
  say(`${reason}: compared with the figures that were saved, of another time and mood of the machine. This is weaker.`)
  return withFigures(base, comparison)
}

/** Each round runs the base, the tree and the base again, each in a process of its own, in an order that turns. */
function interleaved(base: Tree, comparison: Comparison): number {
  const { rounds, only, time } = comparison
  const tree = treeOnDisk()
  const runs: Sample[][][] = [[], [], []]
  try {
    for (let round = 0; round < rounds; round++)
      for (let turn = 0; turn < runs.length; turn++) {
        const which = (round + turn) % runs.length
        runs[which].push(sample(which === 1 ? tree : base, only, time))
      }
  } finally {
    tree.remove()
    base.remove()
  }
  const [before, after, again] = runs.map(byName)
  const names = inBoth(after, before, comparison.say)
  const answers = runs.map(([first]) => new Map(first.map(({ name, digest }) => [name, digest])))
  return told(
    names.map((name) => ({
      name,
      ...judgePaired(before[name], again[name], after[name], names.length),
      otherAnswer: answers[0].get(name) !== answers[1].get(name),
    })),
    comparison,
  )
}

function withFigures(base: Base, comparison: Comparison): number {
  const after = byName(measured(comparison))
  const names = inBoth(after, base.samples, comparison.say).filter((name) => base.samples[name].length > 1)
  return told(
    names.map((name) => ({
      name,
      ...judgeUnpaired(base.samples[name], after[name], names.length),
      otherAnswer: false,
    })),
    comparison,
  )
}

type Figures = Readonly<Record<string, readonly number[]>>

/** The works that both sides have; says which are left out. */
function inBoth(after: Figures, before: Figures, say: (line: string) => void): string[] {
  const [names, apart] = [Object.keys(after), Object.keys(before)]
  const alone = [...names.filter((name) => !(name in before)), ...apart.filter((name) => !(name in after))]
  if (alone.length > 0) say(`on one side only, and not compared: ${alone.join(', ')}`)
  return names.filter((name) => name in before)
}

const percent = (part: number): string => `${part < 0 ? '' : '+'}${(part * 100).toFixed(1)} %`

type Told = Verdict & { readonly name: string; readonly otherAnswer: boolean }

/** Prints the verdicts; answers the exit code. */
export function told(verdicts: readonly Told[], { tolerance, say }: Comparison): number {
  for (const each of verdicts) {
    const interval = `[${percent(each.low)}, ${percent(each.high)}]`
    say(
      `${each.name.padEnd(14)}${each.verdict.padEnd(13)}${percent(each.change).padStart(9)} ${interval.padEnd(20)} smallest seen ${percent(each.smallest).slice(1)}${each.otherAnswer ? '  ANOTHER ANSWER' : ''}`,
    )
  }
  const regressions = verdicts.filter((each) => isRegression(each, tolerance))
  if (regressions.length === 0) return 0
  const list = regressions.map(({ name, change }) => `${name} ${percent(change)}`).join(', ')
  say(`slower than tolerated (${percent(tolerance).slice(1)}): ${list}`)
  return REGRESSION
}
