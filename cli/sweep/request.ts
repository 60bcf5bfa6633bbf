/** What `sweep` is asked for, read from the command line and checked before anything runs. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { InputError } from '#base/input-error.ts'
import { nearestNumber } from '#base/rational.ts'
import { knownFigure } from '#reports/figures/catalogue.ts'
import type { Asked } from '#reports/sweep/estimates.ts'
import { kindOf } from '#reports/sweep/measured.ts'
import { MOST_POINTS, parseVaried, pointsOf, type SweepPoint, type Varied } from '#reports/sweep/points.ts'
import { thresholdFaults } from '#reports/threshold-remarks.ts'
import { boundOf } from '#reports/thresholds.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import { type Arguments, type CommandOption, MOST_THREADS } from '../command.ts'
import { junitFileOf, junitOption } from '../junit-file.ts'
import { type PoolRequest, poolOptions, poolRequest } from '../pool/pool-request.ts'
import { openScenario, scenarioPath } from '../scenario-file.ts'
import { costSets, type SelectionRequest, selectionRequest, selectOptions } from '../select/request.ts'
import { runsFolder } from '../settings.ts'
import { checkNoResampling } from './resampling.ts'
import type { Wanted } from './wanted.ts'

export interface SweepRequest {
  readonly path: string
  readonly sets: readonly string[]
  readonly varied: readonly Varied[]
  readonly points: readonly SweepPoint[]
  /** The scenario as it is at each point. */
  readonly reads: readonly ReadScenario[]
  readonly thresholds: readonly Threshold[]
  readonly asked: readonly Asked[]
  readonly seed: string
  readonly runs: number
  /** Relative error wanted of the first figure at every point; undefined: as many runs as asked for. */
  readonly precision: RequestedPrecision | undefined
  readonly mostRuns: number
  readonly threads: number
  /** The part of the runs that this call makes; undefined: all of them, and the result. */
  readonly shard: Shard | undefined
  /** Where other machines make the runs; undefined: threads of this process. */
  readonly pool: PoolRequest | undefined
  /** What is selected among the points; undefined: every point has as many runs as asked for. */
  readonly selection?: SelectionRequest
  /** A folder of results that other calls share; undefined: results are kept until the sweep is complete. */
  readonly results: string | undefined
  readonly target: string
  readonly force: boolean
  readonly quiet: boolean
  readonly json: boolean
  /** Where the verdicts go as JUnit XML. */
  readonly junit?: string | undefined
}

/** One of `count` parts of the runs, numbered from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

export interface RequestedPrecision {
  readonly relative: number
  /** As written: `12%`. */
  readonly text: string
}

const RUNS = 10
const MOST = 100
const MOST_RUNS = 10_000
/** Where the scenario has no threshold and no figure is named. */
const standardFigures = ['orders.completed', 'ecs.refusalRate', 'revenue.gross']
/** Bounds that every run is held to anyhow say nothing of a point. */
const ofEveryRun = /^(reconciliation|ledger)\./

export const sweepOptions = {
  vary: {
    type: 'string',
    array: true,
    completes: 'set',
    describe: 'path=value,value,…, or path=from..to/step: a value of the scenario to vary; may be repeated',
  },
  figure: {
    type: 'string',
    array: true,
    completes: 'figure',
    describe: 'a figure to estimate, with or without a bound: "ecs.refusalRate{pool=ap-1a} < 1%"; may be repeated',
  },
  runs: {
    type: 'number',
    defaultDescription: String(RUNS),
    describe: 'runs per point, each with its own seed; with --precision, runs before the first check',
  },
  precision: {
    type: 'string',
    describe: 'run each point until the mean of the first figure has this relative error (5%), or --most runs are done',
  },
  most: { type: 'number', defaultDescription: String(MOST), describe: 'with --precision: the most runs per point' },
  seed: { type: 'string', defaultDescription: "the scenario's", describe: 'seed of the first runs' },
  set: {
    type: 'string',
    array: true,
    completes: 'set',
    describe: 'path=value: change one value at every point; may be repeated',
  },
  threads: {
    type: 'number',
    defaultDescription: 'all processors',
    describe: 'parallel runs; the result is the same for any number',
  },
  results: {
    type: 'string',
    completes: 'folder',
    describe: 'a folder of results to read and add to: runs found there are not made again; many sweeps may share it',
  },
  shard: {
    type: 'string',
    describe: 'i/n: make only the i-th of n parts of the runs, into --results; `sweep merge` gathers them',
  },
  ...poolOptions,
  ...selectOptions,
  out: { type: 'string', completes: 'folder', defaultDescription: 'runs/NAME-sweep', describe: "the sweep's folder" },
  force: { type: 'boolean', describe: 'replace an earlier sweep in that folder' },
  quiet: { type: 'boolean', describe: 'show no progress' },
  junit: junitOption('the verdicts'),
  json: { type: 'boolean', describe: 'print the estimates as JSON instead of the closing summary' },
} as const satisfies Readonly<Record<string, CommandOption>>

/** The places to vary. Throws InputError. */
export function variedOf(arguments_: Arguments, most = MOST_POINTS): Varied[] {
  const varied = arguments_.texts('vary').map((text) => {
    const parsed = parseVaried(text, most)
    if (parsed !== null) return parsed
    throw new InputError(
      `--vary ${text} has no values`,
      'write --vary path=84,96,104 or --vary path=80..120/8, without empty or repeated values',
    )
  })
  const twice = varied.find(({ path }, index) => varied.findIndex((other) => other.path === path) < index)
  if (twice !== undefined)
    throw new InputError(`--vary ${twice.path} is given twice`, 'write all its values in one option')
  return varied
}

/** The figures asked for, else the scenario's own thresholds, else the standard ones. Throws InputError. */
async function wantedOf(arguments_: Arguments, read: ReadScenario): Promise<Wanted[]> {
  const selected = arguments_.filled('select', 'write --select capacity.cost')
  if (selected !== undefined)
    return [
      ...(await parsedFigures('select', [selected], read)).map(({ threshold }) => ({ threshold, bounded: false })),
      ...(await parsedFigures('keep', arguments_.texts('keep'), read)),
    ]
  const texts = arguments_.texts('figure')
  const own = ownBounds(read)
  if (texts.length === 0 && own.length > 0) return own.map((threshold) => ({ threshold, bounded: true }))
  return parsedFigures('figure', texts.length === 0 ? standardFigures : texts, read)
}

/** The thresholds of a scenario that differ between points. */
export const ownBounds = ({ scenario }: ReadScenario): readonly Threshold[] =>
  scenario.thresholds.filter(({ figure }) => !ofEveryRun.test(figure))

/** Figures as they were written in an option. Throws InputError. */
export async function parsedFigures(
  option: string,
  texts: readonly string[],
  { scenario }: ReadScenario,
): Promise<Wanted[]> {
  // The schema takes a moment to load.
  const { parseThreshold } = await import('#scenarios/sections/thresholds.ts')
  return texts.map((text) => {
    const wanted = parseThreshold(text)
    if (wanted === null)
      throw new InputError(
        `--${option} ${text} is not a figure`,
        `write --${option} "ecs.refusalRate{pool=ap-1a} < 1%"`,
      )
    const [fault] = thresholdFaults({ ...scenario, thresholds: [wanted.threshold] })
    if (fault !== undefined) throw new InputError(`--${option} ${text}: ${fault.what}`, fault.hint)
    return wanted
  })
}

export function askedOf({ threshold, bounded }: Wanted): Asked {
  const figure = knownFigure(threshold.figure)
  const value = nearestNumber(boundOf(figure, threshold)) / (figure.unit === 'money' ? 1e8 : 1)
  return {
    text: threshold.text,
    unit: figure.unit,
    kind: kindOf(figure),
    bound: bounded ? { op: threshold.op, value } : null,
  }
}

function precisionOf(arguments_: Arguments): RequestedPrecision | undefined {
  const text = arguments_.text('precision')
  if (text === undefined) return undefined
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)
  const relative = match === null ? 0 : Number(match[1]) / 100
  if (match !== null && relative > 0 && relative < 1) return { relative, text: `${match[1]}%` }
  throw new InputError(`--precision ${text} is not a percentage between 0 and 100`, 'write --precision 5%')
}

function shardOf(arguments_: Arguments): Shard | undefined {
  const text = arguments_.text('shard')
  if (text === undefined) return undefined
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number)
  if (!(index >= 1 && index <= count))
    throw new InputError(
      `--shard ${text} is not a part of the runs`,
      'write --shard 1/4, 2/4, 3/4 and 4/4 for four parts',
    )
  if (arguments_.text('results') === undefined)
    throw new InputError('--shard needs a folder for its results', 'add --results DIR')
  if (arguments_.text('pool') !== undefined)
    throw new InputError('--shard does not go with --pool', 'give --shard or --pool, not both')
  if (arguments_.text('precision') !== undefined)
    throw new InputError(
      '--shard does not go with --precision: the number of runs follows from the results of all shards',
      'write --runs N in place of --precision',
    )
  return { index, count }
}

/** Reads what was asked for, and the scenario at every point. Throws InputError and ScenarioErrors. */
export async function sweepRequest(arguments_: Arguments): Promise<SweepRequest> {
  const word = arguments_.text('file')
  if (word === undefined)
    throw new InputError('sweep needs a scenario', 'write `npm start -- sweep FILE --vary path=1,2,3`')
  const path = await scenarioPath(word)
  const written = arguments_.texts('set')
  const sets = [...written, ...(await costSets(arguments_, path, written))]
  const varied = variedOf(arguments_)
  const count = varied.reduce((product, { values }) => product * values.length, 1)
  const points = pointsOr(varied, count)
  const runs = arguments_.count('runs', 2, MOST_RUNS) ?? RUNS
  const mostRuns = arguments_.count('most', 2, MOST_RUNS) ?? MOST
  const precision = precisionOf(arguments_)
  const reads: ReadScenario[] = []
  for (const point of points) reads.push(await openScenario(path, [...sets, ...point.sets]))
  const wanted = await wantedOf(arguments_, reads[0])
  const asked = wanted.map(askedOf)
  if (arguments_.text('select') !== undefined) checkNoResampling('--select', reads[0])
  if (precisionOf(arguments_) !== undefined) checkNoResampling('--precision', reads[0])
  const selection = selectionRequest(arguments_, wanted, { unit: asked[0].unit, points: points.length })
  return {
    path,
    sets,
    varied,
    points,
    reads,
    thresholds: wanted.map(({ threshold }) => threshold),
    asked,
    ...(selection === undefined ? {} : { selection }),
    seed: arguments_.filled('seed', 'write --seed 7, or any other text') ?? reads[0].scenario.seed,
    runs,
    precision,
    mostRuns: Math.max(runs, mostRuns),
    threads: arguments_.count('threads', 1, MOST_THREADS) ?? availableParallelism(),
    shard: shardOf(arguments_),
    pool: poolRequest(arguments_),
    results: arguments_.filled('results', 'write --results and a folder'),
    target:
      arguments_.filled('out', 'write --out and a folder') ?? join(runsFolder(), `${reads[0].scenario.name}-sweep`),
    force: arguments_.flag('force'),
    quiet: arguments_.flag('quiet'),
    json: arguments_.flag('json'),
    junit: junitOf(arguments_),
  }
}

/** A selection has an answer, not verdicts, and a shard has neither before the merge. */
function junitOf(arguments_: Arguments): string | undefined {
  const file = junitFileOf(arguments_)
  const other = ['select', 'shard'].find((name) => arguments_.text(name) !== undefined)
  if (file === undefined || other === undefined) return file
  throw new InputError(`--junit has no verdicts to write with --${other}`, `leave out --junit or --${other}`)
}

function pointsOr(varied: readonly Varied[], count: number): SweepPoint[] {
  try {
    return pointsOf(varied)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError(`--vary requests ${count} points`, 'remove some values')
  }
}
