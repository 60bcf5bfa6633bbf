/**
 * Runs small marketplaces one after the other until one shows that the tree breaks a promise, and says so in a line of JSON
 * (`Trial`). The arguments are numbers of `trials`; with `--reach` it also says which code each of them reaches. It knows no digest
 * of a sound tree: who starts it compares what was written with what a sound tree writes.
 */
import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What is run: a scenario, and whether it is continued from a checkpoint as well. */
export const trials: readonly { readonly name: string; readonly scenario: string; readonly resumes?: true }[] = [
  { name: 'month', scenario: 'test/mutants/scenario.yaml' },
  { name: 'refusals', scenario: 'test/mutants/refusals.yaml' },
  { name: 'small top-ups', scenario: 'test/mutants/small-topups.yaml' },
  { name: 'frozen', scenario: 'test/mutants/frozen.yaml' },
  { name: 'leaving', scenario: 'test/mutants/leaving.yaml' },
  { name: 'requirements', scenario: 'test/mutants/requirements.yaml' },
  { name: 'resources', scenario: 'test/mutants/resources.yaml' },
  { name: 'growing', scenario: 'test/mutants/growing.yaml' },
  { name: 'waiting for money', scenario: 'test/mutants/waiting-money.yaml' },
  { name: 'taken back', scenario: 'test/mutants/taken-back.yaml' },
  { name: 'restarts', scenario: 'test/mutants/restarts.yaml' },
  { name: 'asked', scenario: 'test/mutants/asked.yaml' },
  { name: 'interruptible', scenario: 'test/mutants/interruptible.yaml' },
  { name: 'capacity', scenario: 'test/mutants/capacity.yaml' },
  { name: 'supervised', scenario: 'test/mutants/supervised.yaml' },
  { name: 'terms of money', scenario: 'test/mutants/terms-of-money.yaml' },
  { name: 'late window', scenario: 'test/mutants/late-window.yaml' },
  { name: 'taxed', scenario: 'test/proofs/recompute/figures/taxed.yaml' },
  { name: 'reactions', scenario: 'test/proofs/recompute/figures/reactions.yaml' },
  { name: 'every rule', scenario: 'scenarios/every-rule.yaml' },
  { name: 'resumed', scenario: 'test/mutants/scenario.yaml', resumes: true },
  { name: 'capacity, resumed', scenario: 'test/mutants/capacity.yaml', resumes: true },
]

/** Stretches of a file and whether they are executed, of which the narrowest around a place says so of it. */
export type Reach = Readonly<Record<string, readonly (readonly [start: number, end: number, times: number])[]>>

/** What a run of one scenario shows. */
export interface Trial {
  readonly trial: number
  /** What is broken; null where nothing is seen. */
  readonly broken: string | null
  /** Of the bytes that were written. */
  readonly written: string
  /** What is reached by the run, and by loading the modules alone. */
  readonly reach?: Reach
  readonly loading?: Reach
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A place among the bytes of what a run wrote. */
function writtenIn(folder: string): string {
  const hash = createHash('sha256')
  for (const path of globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort())
    hash.update(path.slice(folder.length)).update(readFileSync(path))
  return hash.digest('hex')
}

async function tried(number: number, folder: string): Promise<Pick<Trial, 'broken' | 'written'>> {
  const { parseScenario } = await import('#scenarios/reader.ts')
  const { live, simulate } = await import('#sim/run/simulate.ts')
  const { scenario: file, resumes } = trials[number]
  const at = (name: string): string => {
    mkdirSync(join(folder, name), { recursive: true })
    return join(folder, name)
  }
  const scenario = parseScenario(readFileSync(join(root, file), 'utf8'), file)
  const asked = { scenario, traces: {}, seed: scenario.seed }
  if (resumes) {
    const recovery = { folder: at('checkpoints'), checkpointEvery: Math.ceil((scenario.end - scenario.start) / 3) }
    const { digest } = await live({ ...asked, threads: 1, folder: at('broken-off'), recovery })
    cpSync(join(folder, 'broken-off'), join(folder, 'resumed'), { recursive: true })
    const resumed = await live({ ...asked, threads: 2, folder: at('resumed'), recovery })
    const broken = resumed.digest === digest ? null : 'another history after resuming'
    return { broken, written: writtenIn(at('resumed')) }
  }
  const { amounts, differences } = await simulate({ ...asked, threads: 1, folder: at('whole'), inThisThread: true })
  const broken = differences === 0 ? null : `the auditor differs in ${differences} of ${amounts} amounts`
  return { broken, written: writtenIn(at('whole')) }
}

/** What the code below `sim/` was executed for since it was last asked. */
async function reachedBy(session: Session): Promise<Reach> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const prefix = new URL('../../', import.meta.url).href
  return Object.fromEntries(
    result
      .filter(({ url }) => url.startsWith(`${prefix}sim/`))
      .map(({ url, functions }) => [
        url.slice(prefix.length),
        functions.flatMap(({ ranges }) =>
          ranges.map(({ startOffset, endOffset, count }) => [startOffset, endOffset, count] as const),
        ),
      ]),
  )
}

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  const numbers = words.filter((word) => word !== '--reach').map(Number)
  const session = new Session()
  const asksReach = words.includes('--reach')
  if (asksReach) {
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
    await import('#scenarios/reader.ts')
    await import('#sim/run/simulate.ts')
  }
  const loading = asksReach ? await reachedBy(session) : undefined
  for (const trial of numbers) {
    const folder = mkdtempSync(join(tmpdir(), 'marketsim-trial-'))
    try {
      let seen: Pick<Trial, 'broken' | 'written'>
      try {
        seen = await tried(trial, folder)
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error)
        const words = error instanceof SyntaxError ? `${INVALID}: ${said}` : said
        seen = { broken: words.split('\n')[0] || 'an error without words', written: '' }
      }
      const reach = asksReach ? { reach: await reachedBy(session), ...(loading === undefined ? {} : { loading }) } : {}
      console.log(JSON.stringify({ trial, ...seen, ...reach } satisfies Trial))
      if (seen.broken !== null) return
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** Of a mutant that is no program. */
export const INVALID = 'no program'

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
