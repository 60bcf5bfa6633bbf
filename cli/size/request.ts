/** What `size` is asked for, read from the command line and checked before anything runs. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { InputError } from '#base/input-error.ts'
import { type BoundedFigure, orderedBounds } from '#reports/size/judged.ts'
import type { Varied } from '#reports/sweep/points.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import { type Arguments, type CommandOption, MOST_THREADS } from '../command.ts'
import { percentOf } from '../confidence-option.ts'
import { junitFileOf, junitOption } from '../junit-file.ts'
import { type PoolRequest, poolOptions, poolRequest } from '../pool/pool-request.ts'
import { openScenario, scenarioPath } from '../scenario-file.ts'
import { runsFolder } from '../settings.ts'
import { askedOf, ownBounds, parsedFigures, sweepOptions, variedOf } from '../sweep/request.ts'
import { checkNoResampling } from '../sweep/resampling.ts'

export interface SizeRequest {
  readonly path: string
  readonly sets: readonly string[]
  /** Values from the one that keeps least to the one that keeps best. */
  readonly varied: readonly Varied[]
  /** As `--vary` had them. */
  readonly ranges: readonly string[]
  /** The scenario with the last value of every place. */
  readonly read: ReadScenario
  readonly thresholds: readonly Threshold[]
  readonly asked: readonly BoundedFigure[]
  readonly confidence: number
  readonly mostRuns: number
  readonly within: number
  readonly largest: boolean
  /** Milliseconds of the wall clock; undefined: as long as it takes. */
  readonly spendMs: number | undefined
  readonly seed: string
  readonly threads: number
  /** Where other machines make the runs; undefined: threads of this process. */
  readonly pool: PoolRequest | undefined
  /** A folder of results that other calls share; undefined: results are kept until the search is complete. */
  readonly results: string | undefined
  readonly target: string
  readonly force: boolean
  readonly quiet: boolean
  readonly json: boolean
  /** Where the answer goes as JUnit XML. */
  readonly junit?: string | undefined
}

const MOST_VALUES = 100_000
const MOST_RUNS = 400

export const sizeOptions = {
  vary: {
    type: 'string',
    array: true,
    completes: 'set',
    describe:
      'path=from..to, path=from..to/step, or path=value,value,… from the least to the greatest: what to size; may be repeated',
  },
  keep: {
    type: 'string',
    array: true,
    completes: 'figure',
    defaultDescription: 'the thresholds of the scenario',
    describe: 'a bound to keep: "ecs.refusalRate{pool=ap-1a} < 0.1%"; may be repeated',
  },
  confidence: { type: 'string', defaultDescription: '95%', describe: 'probability that the answer is right' },
  most: { type: 'number', defaultDescription: String(MOST_RUNS), describe: 'the most runs at one value' },
  within: {
    type: 'number',
    defaultDescription: '0',
    describe: 'accept an answer that is up to this many values of the range too large',
  },
  largest: { type: 'boolean', describe: 'find the largest value that keeps the bounds, such as a number of buyers' },
  spend: { type: 'string', describe: 'stop after this time and report what is known: 40min, 2h' },
  seed: sweepOptions.seed,
  set: {
    type: 'string',
    array: true,
    completes: 'set',
    describe: 'path=value: change one value in every run; may be repeated',
  },
  threads: sweepOptions.threads,
  results: sweepOptions.results,
  ...poolOptions,
  out: {
    type: 'string',
    completes: 'folder',
    defaultDescription: 'runs/NAME-size',
    describe: 'the folder of the result',
  },
  force: { type: 'boolean', describe: 'replace an earlier result in that folder' },
  quiet: sweepOptions.quiet,
  junit: junitOption('the answer'),
  json: { type: 'boolean', describe: 'print the result as JSON instead of the closing summary' },
} as const satisfies Readonly<Record<string, CommandOption>>

const EXAMPLE = '--vary regions.ap-1.zones.ap-1a.pools.c6.large.capacity=80..120'

const milliseconds = { s: 1_000, min: 60_000, h: 3_600_000 } as const

function spendOf(arguments_: Arguments): number | undefined {
  const text = arguments_.text('spend')
  if (text === undefined) return undefined
  const match = /^\s*(\d+(?:\.\d+)?)\s*(s|min|h)\s*$/.exec(text)
  const spent = match === null ? 0 : Number(match[1]) * milliseconds[match[2] as keyof typeof milliseconds]
  if (spent > 0) return spent
  throw new InputError(`--spend ${text} is not a time`, 'write --spend 40min, or a number of s, min or h')
}

async function boundsOf(arguments_: Arguments, read: ReadScenario): Promise<Threshold[]> {
  const texts = arguments_.texts('keep')
  if (texts.length === 0) {
    const own = [...ownBounds(read)]
    if (own.length > 0) return own
    throw new InputError(
      'size needs a bound to keep, and the scenario has no thresholds',
      'write --keep "ecs.refusalRate{pool=ap-1a} < 0.1%"',
    )
  }
  const wanted = await parsedFigures('keep', texts, read)
  const without = wanted.find(({ bounded }) => !bounded)
  if (without === undefined) return wanted.map(({ threshold }) => threshold)
  throw new InputError(`--keep ${without.threshold.text} has no bound`, `write --keep "${without.threshold.text} < 1%"`)
}

function boundedOf(threshold: Threshold): BoundedFigure {
  const asked = askedOf({ threshold, bounded: true })
  const { bound } = asked
  if (bound !== null && orderedBounds.has(bound.op)) return { ...asked, bound }
  throw new InputError(
    `the bound ${threshold.text} does not become easier or harder to keep as a value grows`,
    'use <, <=, > or >=; `sweep` judges bounds of every kind',
  )
}

/** Reads what was asked for, and the scenario at the end of the range. Throws InputError and ScenarioErrors. */
export async function sizeRequest(arguments_: Arguments): Promise<SizeRequest> {
  const word = arguments_.text('file')
  if (word === undefined) throw new InputError('size needs a scenario', `write \`npm start -- size FILE ${EXAMPLE}\``)
  const path = await scenarioPath(word)
  const sets = arguments_.texts('set')
  const largest = arguments_.flag('largest')
  const given = variedOf(arguments_, MOST_VALUES)
  if (given.length === 0) throw new InputError('size needs a value to vary', `write ${EXAMPLE}`)
  const varied = largest ? given.map(({ path, values }) => ({ path, values: [...values].reverse() })) : given
  const read = await openScenario(path, [...sets, ...varied.map((place) => `${place.path}=${place.values.at(-1)}`)])
  // A first value that the scenario cannot take is an error now, not after ten runs.
  for (const place of varied)
    await openScenario(path, [
      ...sets,
      ...varied.map(({ path, values }) => `${path}=${path === place.path ? values[0] : values.at(-1)}`),
    ])
  checkNoResampling('size', read)
  const thresholds = await boundsOf(arguments_, read)
  return {
    path,
    sets,
    varied,
    ranges: arguments_.texts('vary'),
    read,
    thresholds,
    asked: thresholds.map(boundedOf),
    confidence: percentOf(arguments_),
    mostRuns: arguments_.count('most', 10, 10_000) ?? MOST_RUNS,
    within: arguments_.count('within', 0, MOST_VALUES) ?? 0,
    largest,
    spendMs: spendOf(arguments_),
    seed: arguments_.filled('seed', 'write --seed 7, or any other text') ?? read.scenario.seed,
    threads: arguments_.count('threads', 1, MOST_THREADS) ?? availableParallelism(),
    pool: poolRequest(arguments_),
    results: arguments_.filled('results', 'write --results and a folder'),
    target: arguments_.filled('out', 'write --out and a folder') ?? join(runsFolder(), `${read.scenario.name}-size`),
    force: arguments_.flag('force'),
    quiet: arguments_.flag('quiet'),
    json: arguments_.flag('json'),
    junit: junitFileOf(arguments_),
  }
}
