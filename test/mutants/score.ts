/**
 * The mutation score of `sim/`: errors drawn from all of its code, each put in its place while small marketplaces run, which
 * are judged by the invariants, the auditor and a run that continues from a checkpoint alone. No unit test is asked and no
 * digest is known, except to tell what changes nothing that is written.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Change, type DrawnMutant, described, mutantsOf, type Parse } from './draw.ts'
import { INVALID, type Reach, type Trial, trials } from './trial.ts'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** What became of a mutant; `unreached` and `unseen` say nothing about who judges. */
export type Fate = 'caught' | 'survived' | 'unseen' | 'unreached' | 'invalid'

export interface Judged extends DrawnMutant {
  readonly fate: Fate
  /** What caught it, or in which runs something else was written. */
  readonly by: string
  readonly described: string
}

/** Seconds of a processor after which a mutant hangs, and of a clock where it only waits. */
const MOST_CPU = 90
const LONGEST = 1_200_000

/** Runs the trials in a process of their own, with a mutant or without. */
function run(
  numbers: readonly number[],
  change?: Change,
  asksReach = false,
): Promise<{ said: Trial[]; hangs: boolean }> {
  const words = [...numbers.map(String), ...(asksReach ? ['--reach'] : [])]
  const node = ['--import', './test/mutants/swap.ts', 'test/mutants/trial.ts', ...words]
  const environment = change === undefined ? {} : { MARKETSIM_MUTANT: JSON.stringify(change) }
  const child = spawn('sh', ['-c', `ulimit -t ${MOST_CPU}; exec "$0" "$@"`, process.execPath, ...node], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: LONGEST,
    killSignal: 'SIGKILL',
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (_, signal) => {
      const said = text
        .split('\n')
        .filter((line) => line.startsWith('{"trial"'))
        .map((line) => JSON.parse(line) as Trial)
      resolve({ said, hangs: signal !== null })
    })
  })
}

/** What a sound tree writes in each trial, and which code it reaches there. */
export interface Sound {
  readonly written: readonly string[]
  readonly reaches: (trial: number, change: Change) => boolean
}

/** @throws Error where the tree itself breaks a promise */
export async function soundTree(): Promise<Sound> {
  const { said } = await run([...trials.keys()], undefined, true)
  const wrong = said.find(({ broken }) => broken !== null)
  if (wrong !== undefined || said.length < trials.length)
    throw new Error(`the tree itself is not sound: ${wrong?.broken ?? `${said.length} of ${trials.length} runs ended`}`)
  const reaches = (reach: Reach | undefined, { file, start }: Change): boolean => {
    let narrowest = Number.POSITIVE_INFINITY
    let times = 0
    for (const [from, to, count] of reach?.[file] ?? [])
      if (from <= start && start < to && to - from <= narrowest) {
        narrowest = to - from
        times = count
      }
    return times > 0
  }
  return {
    written: said.map(({ written }) => written),
    reaches: (trial, change) => reaches(said[0].loading, change) || reaches(said[trial].reach, change),
  }
}

/** Every mutant of `sim/`, in the order of its files. */
export async function allMutants(): Promise<{ mutants: DrawnMutant[]; texts: ReadonlyMap<string, string> }> {
  const { parseAst } = await import('vitest/node')
  const files = globSync('sim/**/*.ts', { cwd: root }).sort()
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
  const mutants = [...texts].flatMap(([file, text]) => mutantsOf(file, text, parseAst as Parse))
  return { mutants, texts }
}

/** The folder of `sim/`, of `sim/market/` each chapter for itself. */
export const chapterOf = (file: string): string =>
  file
    .split('/')
    .slice(0, file.startsWith('sim/market/') ? 3 : 2)
    .join('/')
    .replace(/\/[^/]*\.ts$/, '')

/** So many of them by chance: the same for a seed, whatever else there is. */
export function drawn<T extends Change>(from: readonly T[], count: number, seed: string): T[] {
  const lot = (mutant: T): string =>
    createHash('sha256')
      .update(`${seed} ${keyOf(mutant)}`)
      .digest('hex')
  return from
    .map((mutant) => ({ mutant, lot: lot(mutant) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant)
}

/** What becomes of a mutant. */
export async function judged(mutant: DrawnMutant, text: string, sound: Sound): Promise<Judged> {
  const answer = (fate: Fate, by = ''): Judged => ({ ...mutant, fate, by, described: described(text, mutant) })
  const reached = [...trials.keys()].filter((trial) => sound.reaches(trial, mutant))
  // What is continued runs in other threads, so it reaches what its scenario does.
  const continued = [...trials.keys()].filter(
    (trial) => trials[trial].resumes && reached.some((other) => trials[other].scenario === trials[trial].scenario),
  )
  const numbers = [...new Set([...reached, ...continued])]
  if (numbers.length === 0) return answer('unreached')
  const { said, hangs } = await run(numbers, mutant)
  const broken = said.find((trial) => trial.broken !== null)
  if (broken?.broken?.startsWith(INVALID)) return answer('invalid', broken.broken)
  if (broken !== undefined) return answer('caught', `${trials[broken.trial].name}: ${broken.broken}`)
  if (said.length < numbers.length)
    return answer('caught', `${trials[numbers[said.length]].name}: it ${hangs ? 'hangs' : 'ends'}`)
  const others = said.filter(({ trial, written }) => written !== sound.written[trial])
  return others.length === 0
    ? answer('unseen')
    : answer('survived', others.map(({ trial }) => trials[trial].name).join(', '))
}

/** The table of a score, as Markdown. */
export function scoreTable(results: readonly Judged[], places: ReadonlyMap<string, number>): string {
  const rows = [...Map.groupBy(results, ({ file }) => chapterOf(file))].sort(([a], [b]) => (a < b ? -1 : 1))
  const line = (name: string, of: readonly Judged[], count: number): string => {
    const number = (fate: Fate): number => of.filter((mutant) => mutant.fate === fate).length
    const [caught, survived] = [number('caught'), number('survived')]
    const score = caught + survived === 0 ? '' : `${Math.round((100 * caught) / (caught + survived))} %`
    const cells = [
      name,
      count,
      of.length - number('invalid'),
      caught,
      survived,
      score,
      number('unseen'),
      number('unreached'),
    ]
    return `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)).join(' | ')} |`
  }
  const all = [...places.values()].reduce((sum, count) => sum + count, 0)
  return [
    '| chapter | possible | drawn | caught | survived | score | nothing else written | not reached |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(([name, of]) => line(`\`${name}\``, of, places.get(name) ?? 0)),
    line('all', results, all),
  ].join('\n')
}

export interface Scoring {
  readonly sample: number
  readonly seed: string
  /** Errors of this chapter alone: a part of its path. */
  readonly only?: string
  /** A file of what was judged before; more is added to it. Those that survived are judged again. */
  readonly results?: string
  readonly onJudged: (mutant: Judged) => void
}

/** Draws mutants and judges them. */
export async function score({ sample, seed, only, results, onJudged }: Scoring) {
  const { mutants, texts } = await allMutants()
  const asked = mutants.filter(({ file }) => only === undefined || file.includes(only))
  const places = new Map([...Map.groupBy(asked, ({ file }) => chapterOf(file))].map(([name, of]) => [name, of.length]))
  const known = new Map(
    (results !== undefined && existsSync(results) ? readFileSync(results, 'utf8').trim().split('\n') : [])
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Judged)
      .filter(({ fate }) => fate !== 'survived')
      .map((mutant) => [keyOf(mutant), mutant]),
  )
  const sound = await soundTree()
  const judgements: Judged[] = []
  for (const mutant of drawn(asked, sample, seed)) {
    let result = known.get(keyOf(mutant))
    if (result === undefined) {
      result = await judged(mutant, texts.get(mutant.file) as string, sound)
      if (results !== undefined) appendFileSync(results, `${JSON.stringify(result)}\n`)
    }
    judgements.push(result)
    onJudged(result)
  }
  return { judgements, table: scoreTable(judgements, places) }
}

const keyOf = ({ file, start, end, instead }: Change): string => `${file} ${start} ${end} ${instead}`
