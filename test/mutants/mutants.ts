/**
 * `npm run mutants`: plants each error of the list, one at a time, into a copy of the tree, and counts how many are
 * caught by the invariants, the auditor, a run that continues from a checkpoint, or the unit tests of the rule.
 * Errors of the engine (engine.ts) are caught by the unit tests of their file or by `npm run validate`, which compares the
 * engine with queueing theory. `--only WORDS` plants those whose promise has these words, `--last N` the last of the market, `--engine` those of the engine,
 * `--short` every twentieth. `--all` draws errors from all code of `sim/` instead (score.ts). Exit codes: 0 all caught, 1 some missed, 2 a mutant's text no longer is exactly once, or the tree is not sound.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Given, runScript } from '#cli/script.ts'
import { engineMutants } from './engine.ts'
import { mutants } from './list.ts'
import { type Mutant, occurrences, plant } from './plant.ts'
import { score } from './score.ts'

/** A run that hangs is caught as well. */
const LONGEST = 180_000
/** `--short` plants one error of so many. */
const EACH = 20

const root = fileURLToPath(new URL('../../', import.meta.url))

function copyOfTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'marketsim-mutants-'))
  for (const part of [
    'base',
    'engine',
    'scenarios',
    'sim',
    'reports',
    'cli',
    'test',
    'package.json',
    'vitest.config.ts',
  ])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

function run(copy: string, ...words: string[]): { failed: boolean; said: string } {
  const { status, stdout } = spawnSync(process.execPath, words, { cwd: copy, timeout: LONGEST, encoding: 'utf8' })
  return { failed: status !== 0, said: status === null ? 'it hangs' : (stdout.trim().split('\n')[0] ?? '') }
}

/** What detects it; null when nothing does. */
function caughtBy(copy: string, { tests = [], scenario }: Mutant): string | null {
  const asked = scenario === undefined ? [] : [`../../scenarios/${scenario}.yaml`]
  const { failed, said } = run(copy, 'test/mutants/check.ts', ...asked)
  if (failed) return said
  if (tests.length === 0) return null
  const unit = run(copy, 'node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', ...tests)
  return unit.failed ? tests.join(', ') : null
}

/** Who catches an error of the engine: no scenario is run, and no digest asked. */
function caughtInEngine(copy: string, { tests = [] }: Mutant): string | null {
  if (tests.length > 0 && run(copy, 'node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', ...tests).failed) {
    return tests.join(', ')
  }
  return run(copy, ...VALIDATE).failed ? 'validate' : null
}

const VALIDATE = ['test/engine/theory/validate.ts', '--short', '--only', 'models']

function judge(given: Given): number {
  const only = given.text('only')
  const last = given.count('last', 0, 1)
  const say = (text: string) => {
    if (!given.has('json')) console.log(text)
  }
  const asked = given.has('engine') ? engineMutants : [...mutants, ...engineMutants]
  const stale = asked.filter((mutant) => occurrences(root, mutant) !== 1)
  for (const { file, text } of stale) console.error(`stale: ${file} has not exactly once: ${text}`)
  if (stale.length > 0) return 2

  const copy = copyOfTree()
  try {
    const sound = given.has('engine') ? run(copy, ...VALIDATE) : run(copy, 'test/mutants/check.ts')
    if (sound.failed) {
      console.error(`the tree itself is not sound: ${sound.said}`)
      return 2
    }
    const missed: string[] = []
    /** Of `--short`. */
    const planted = asked
      .filter(({ breaks }) => only === undefined || breaks.includes(only))
      .filter((mutant) => last === 0 || mutants.indexOf(mutant) >= mutants.length - last)
      .filter((_, i) => !given.has('short') || i % EACH === 0)
    for (const mutant of planted) {
      const takeOut = plant(copy, mutant)
      const by = engineMutants.includes(mutant) ? caughtInEngine(copy, mutant) : caughtBy(copy, mutant)
      takeOut()
      if (by === null) missed.push(mutant.breaks)
      say(`${by === null ? 'MISSED' : 'caught'}  ${mutant.breaks}${by === null ? '' : `: ${by}`}`)
    }
    const score = { planted: planted.length, caught: planted.length - missed.length, missed }
    console.log(given.has('json') ? JSON.stringify(score) : `\n${score.caught} of ${score.planted} caught`)
    return missed.length === 0 ? 0 : 1
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** Prints what survived, what else was judged, and the table of the score. */
async function scoreAll(given: Given): Promise<number> {
  const [only, results] = [given.text('only'), given.text('results')]
  const { judgements, table } = await score({
    sample: given.count('sample', 300, 1),
    seed: given.text('seed') ?? '1',
    ...(only === undefined ? {} : { only }),
    ...(results === undefined ? {} : { results }),
    onJudged: ({ fate, by, described }) => {
      if (!given.has('json')) console.log(`${fate.padEnd(9)}  ${described}${by === '' ? '' : `  [${by}]`}`)
    },
  })
  console.log(given.has('json') ? JSON.stringify(judgements) : `\n${table}`)
  return 0
}

await runScript(
  {
    command: 'npm run mutants --',
    about: 'Plants each error of a list into a copy of the tree, one at a time, and counts how many are caught.',
    options: {
      only: { value: 'WORDS', help: 'errors whose promise has these words' },
      last: { value: '20', help: 'the last so many of the market, which were added last' },
      engine: { help: 'errors of the engine alone' },
      all: {
        help: 'errors drawn from all code of sim/, judged by runs and their auditor alone, and the score by chapter',
      },
      sample: { value: '300', help: 'with --all: how many are drawn (300)' },
      seed: { value: '1', help: 'with --all: what they are drawn by (1)' },
      results: { value: 'FILE', help: 'with --all: notes what was judged, and judges again only what survived' },
      short: { help: `every ${EACH}th error` },
      json: { help: 'print data' },
    },
    codes: [
      '0  all are caught',
      '1  some are missed',
      '2  wrong command line, an error that no longer fits, or a tree that is not sound',
    ],
  },
  (given) => (given.has('all') ? scoreAll(given) : judge(given)),
)
