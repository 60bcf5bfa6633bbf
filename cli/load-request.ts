/** What `load` is asked for, read from the command line and checked before anything runs. */
import { availableParallelism } from 'node:os'
import { InputError } from '#base/input-error.ts'
import { type LoadThreshold, parseLoadThreshold } from '#reports/load-test/thresholds.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import { MOST_A_SECOND } from '#sim/load-test/rate.ts'
import type { RequestStream } from '#sim/load-test/request-stream.ts'
import { scheduleOf } from '#sim/load-test/schedule.ts'
import { type LoadShape, spacings } from '#sim/load-test/shape.ts'
import { type SyncMode, syncModes } from '#sim/load-test/sync-mode.ts'
import { type Arguments, type CommandOption, MOST_THREADS, setOption } from './command.ts'
import { junitFileOf, junitOption } from './junit-file.ts'
import { type Generator, generatorOf, generatorOptions, generatorsOf, startByOf } from './load-generators/request.ts'
import {
  SERVICE_BATCH,
  type ServiceRequest,
  serviceOf,
  serviceOptions,
  targetsOf,
} from './load-service/service-request.ts'
import { shapeOf, standard, withOption } from './load-shape.ts'
import { openScenario, scenarioPath } from './scenario-file.ts'

export interface LoadRequest {
  readonly path: string
  readonly read: ReadScenario
  readonly sets: readonly string[]
  readonly seed: string
  readonly threads: number
  /** As it was written. */
  readonly threadsGiven: number | undefined
  /** Of the test, or of one trial of a search. */
  readonly shape: LoadShape
  readonly sync: SyncMode
  readonly batch: number
  /** Most operations that may wait; undefined: as many as come due in `BACKLOG_SECONDS` at the highest rate. */
  readonly backlog: number | undefined
  readonly warmUp: number
  readonly thresholds: readonly LoadThreshold[]
  /** What a rate must keep to be held, where the knee is searched for. */
  readonly target: LoadThreshold | undefined
  readonly out: string | undefined
  readonly force: boolean
  readonly quiet: boolean
  readonly json: boolean
  /** File for the verdicts as JUnit XML. */
  readonly junit: string | undefined
  /** The service that is driven; undefined: the billing core of this program. */
  readonly service: ServiceRequest | undefined
  /** The part of the load that is served here; undefined: all of it. */
  readonly generator: Generator | undefined
  /** How many processes share the load, and the folder of their results. */
  readonly generators: number | undefined
  /** The command line that starts each of them elsewhere, with `{i}`, `{n}` and `{command}`. */
  readonly startBy: string | undefined
  readonly results: string | undefined
}

/** A larger transaction only lets the first of its operations wait longer. */
const MOST_BATCH = 100_000
const MOST_BACKLOG = 100_000_000

const BATCH = 1_000
const WARM_UP = 20_000
const BACKLOG_SECONDS = 2
const LEAST_BACKLOG = 1_000

/** Most operations that may wait at a rate. */
export const backlogFor = ({ backlog }: LoadRequest, shape: LoadShape): number =>
  shape.kind === 'closed'
    ? shape.users
    : (backlog ?? Math.max(LEAST_BACKLOG, Math.ceil(scheduleOf(shape).peak * BACKLOG_SECONDS)))

const syncOf = (text: string | undefined): SyncMode => syncModes.find((each) => each === text) ?? 'full'

/** @throws InputError where the stream has no operation */
export function expectWork({ count }: RequestStream, { path }: LoadRequest): void {
  if (count === 0)
    throw new InputError(
      'nothing happens in this scenario, so there is no work for the load test',
      'add buyers who order something before its end',
      path,
    )
}

/** Reads everything. Throws InputError or ScenarioErrors. */
export async function loadRequest(arguments_: Arguments): Promise<LoadRequest> {
  const word = arguments_.text('file')
  if (word === undefined)
    throw new InputError('load needs a scenario', 'write `npm start -- load quickstart --rate 10k/s`')
  const searches = arguments_.flag('find-knee')
  const { url, bound: target } = targetsOf(arguments_)
  const service = serviceOf(arguments_, url)
  if (target !== undefined && !searches)
    throw new InputError('--target needs --find-knee', 'add --find-knee, or write --threshold')
  const written = arguments_.filled('seed', 'write --seed 7, or any other text')
  // What does not depend on the scenario is refused before it is read.
  shapeOf(arguments_, '', searches)
  const thresholds = arguments_
    .texts('threshold')
    .map((text) => withOption('threshold', () => parseLoadThreshold(text)))
  const ofKnee = thresholds.find(({ figure }) => figure.name.startsWith('knee.'))
  if (ofKnee !== undefined && !searches)
    throw new InputError(`--threshold: without a search there is no ${ofKnee.figure.name}`, 'add --find-knee')
  const generator = generatorOf(arguments_)
  const generators = generatorsOf(arguments_)
  const startBy = startByOf(arguments_)
  if (generators !== undefined && word === '-')
    throw new InputError(
      'several generators cannot all read the scenario from stdin',
      'write it to a file and name that',
    )
  const path = await scenarioPath(word)
  const sets = arguments_.texts('set')
  const threads = arguments_.count('threads', 1, MOST_THREADS)
  const read = await openScenario(path, sets)
  const seed = written ?? read.scenario.seed
  return {
    path,
    read,
    sets,
    seed,
    threads: threads ?? availableParallelism(),
    threadsGiven: threads,
    shape: shapeOf(arguments_, seed, searches),
    sync: syncOf(arguments_.text('sync')),
    batch: arguments_.count('batch', 1, MOST_BATCH) ?? (service === undefined ? BATCH : SERVICE_BATCH),
    backlog: arguments_.count('backlog', 1, MOST_BACKLOG),
    warmUp: arguments_.count('warm-up', 0, MOST_BACKLOG) ?? WARM_UP,
    thresholds,
    target: searches ? withOption('target', () => parseLoadThreshold(target ?? standard.target)) : undefined,
    out: arguments_.filled('out', 'write --out and a folder'),
    force: arguments_.flag('force'),
    quiet: arguments_.flag('quiet'),
    json: arguments_.flag('json'),
    junit: junitFileOf(arguments_),
    service,
    generator,
    generators,
    startBy,
    results: arguments_.filled('results', 'write --results and a folder'),
  }
}

/** The options of `load`, with what holds where they are left out. */
export const loadOptions = {
  rate: {
    type: 'string',
    defaultDescription: standard.rate,
    describe: 'operations per second, 50k/s; start of a search',
  },
  stages: { type: 'string', describe: 'successive rates, constant or ramped: 10k:30s,10k..50k:60s' },
  arrivals: {
    type: 'string',
    choices: spacings,
    defaultDescription: 'even',
    describe: 'even: evenly spaced; poisson: like independent customers',
  },
  'due-times': {
    type: 'string',
    completes: 'file',
    describe: 'file of due times, in seconds from the start, one per line',
  },
  users: { type: 'number', describe: 'closed load: number of users, who wait for each answer, think, and ask again' },
  'think-time': {
    type: 'string',
    defaultDescription: standard.think,
    describe: 'think time of each user, 10ms or exponential:10ms',
  },
  duration: {
    type: 'string',
    defaultDescription: standard.duration,
    describe: 'length of the test, or of each trial of a search: 2m',
  },
  threads: {
    type: 'number',
    defaultDescription: 'all processors',
    describe: 'serving threads, each with its own accounts and ledger',
  },
  ...generatorOptions,
  threshold: {
    type: 'string',
    array: true,
    describe: "a bound such as 'latency.p99{op=settle}<5ms'; may be repeated; exit code 4 when missed",
  },
  'find-knee': { type: 'boolean', describe: 'search for the highest rate that meets the target, in 40 trials at most' },
  target: {
    type: 'string',
    array: true,
    defaultDescription: standard.target,
    describe: 'bound that a rate must meet; or the URL of a metering service to load in place of the billing core',
  },
  ...serviceOptions,
  seed: { type: 'string', defaultDescription: "the scenario's", describe: "seed of the scenario's history" },
  set: setOption,
  batch: {
    type: 'number',
    defaultDescription: String(BATCH),
    describe: 'largest number of operations per transaction',
  },
  sync: {
    type: 'string',
    choices: syncModes,
    defaultDescription: 'full',
    describe: 'full: a commit waits for the disk; normal, off: it does not',
  },
  backlog: {
    type: 'number',
    defaultDescription: `${BACKLOG_SECONDS} s of the highest rate`,
    describe: 'largest backlog, split equally over the threads',
  },
  'warm-up': {
    type: 'number',
    defaultDescription: String(WARM_UP),
    describe: 'operations of each thread before the test, not measured',
  },
  out: {
    type: 'string',
    completes: 'folder',
    describe: 'folder for summary.json, latencies, percentiles and the ledgers',
  },
  force: { type: 'boolean', describe: 'replace an earlier result in that folder' },
  quiet: { type: 'boolean', describe: 'show no progress' },
  json: { type: 'boolean', describe: 'print summary.json instead of the closing summary' },
  junit: junitOption('the verdicts'),
} as const satisfies Readonly<Record<string, CommandOption>>

/** The highest rate a search tries, operations a second. */
export const MOST_RATE = MOST_A_SECOND / 10
