/** summary.json of a load test: what was asked, what the system held, and whether the books are right. */
import { moneyText } from '#base/money.ts'
import type { Histogram } from '#engine/statistics/histogram.ts'
import type { Knee, Trial } from '#sim/load-test/knee.ts'
import type { LoadOutcome } from '#sim/load-test/load-test.ts'
import type { MachineSample } from '#sim/load-test/machine-watch.ts'
import type { IntervalMeasured } from '#sim/load-test/measurements.ts'
import { perSecond } from '#sim/load-test/rate.ts'
import type { LoadShape } from '#sim/load-test/shape.ts'
import { operationKinds } from '#sim/record/load-ledger.ts'
import {
  achievedRate,
  askedRate,
  backlogPeak,
  computing,
  disturbance,
  isReached,
  longestStall,
  starved,
  usualPercentiles,
} from './figures.ts'
import type { LoadGenerators } from './generators.ts'
import type { AnyOutcome } from './service.ts'
import type { LoadVerdict } from './thresholds.ts'

/** Raised with every change of a key or a unit. */
export const LOAD_SUMMARY_VERSION = 4

/** Stalls listed one by one. */
const STALLS_LISTED = 10

/** What the test was, next to what it measured. */
export interface LoadSubject {
  readonly scenario: { readonly name: string; readonly file: string; readonly sets: readonly string[] }
  readonly seed: string
  readonly sync: string
  readonly batch: number
  readonly backlog: number
  readonly warmUp: number
  readonly processors: number
  /** Operations of one round of the scenario's history. */
  readonly round: number
}

/** One trial of a search for the knee. */
export interface KneeTrial extends Trial {
  readonly achieved: number
  readonly dropped: number
  /** Part of the time that other programs took from the threads. */
  readonly disturbance: number
  /** The target's figure for the eye, and why the trial broke; empty where it held. */
  readonly shown: string
  readonly why: string
}

export interface KneeFound extends Knee<KneeTrial> {
  readonly target: string
}

/** Times in milliseconds, to the microsecond. */
function latencies(histogram: Histogram) {
  if (histogram.count === 0) return null
  const milliseconds = (microseconds: number): number => Math.round(microseconds) / 1_000
  return {
    min: milliseconds(histogram.min),
    mean: milliseconds(histogram.mean),
    ...Object.fromEntries(
      usualPercentiles.map((percent) => [`p${percent}`, milliseconds(histogram.percentile(percent))]),
    ),
    max: milliseconds(histogram.max),
  }
}

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals))

function operationsOf({ measurements }: LoadOutcome) {
  const kinds = operationKinds.map((kind) => {
    const { due, done, refused, dropped, response, service } = measurements.kinds[kind]
    const latency = { response: latencies(response), service: latencies(service) }
    return [kind, { due, done, refused, dropped, ...latency }] as const
  })
  const total = (count: 'due' | 'done' | 'refused' | 'dropped') => measurements.total(count)
  return {
    all: {
      due: total('due'),
      done: total('done'),
      refused: total('refused'),
      dropped: total('dropped'),
      response: latencies(measurements.response),
      service: latencies(measurements.service),
    },
    ...Object.fromEntries(kinds.filter(([, { due }]) => due > 0)),
  }
}

const intervalOf = (interval: number, each: IntervalMeasured, index: number, sample: MachineSample | undefined) => ({
  from: (index * interval) / 1_000,
  due: each.due,
  done: each.done,
  dropped: each.dropped,
  backlog: each.backlog,
  response: latencies(each.response),
  service: latencies(each.service),
  processors: sample === undefined ? null : rounded(sample.processors, 3),
  memoryMiB: sample === undefined ? null : Math.round(sample.memory),
})

function machineOf(outcome: LoadOutcome, { processors }: LoadSubject) {
  const { machine, threads, busy, committing, measurements } = outcome
  const { pauses, processCpu, peakMemory } = machine
  return {
    processors,
    threads,
    busy: rounded(busy, 4),
    committing: rounded(committing, 4),
    wake: latencies(measurements.wake),
    threadsCpu: rounded(computing(outcome), 4),
    starved: rounded(starved(outcome), 4),
    others: machine.others === null ? null : rounded(machine.others, 4),
    disturbance: rounded(disturbance(outcome), 4),
    processCpuSeconds: rounded(processCpu / 1_000, 3),
    peakMemoryMiB: Math.round(peakMemory),
    stalls: {
      count: machine.stalls.length,
      longestMs: rounded(longestStall(outcome), 3),
      first: machine.stalls
        .slice(0, STALLS_LISTED)
        .map(({ from, to }) => ({ atSeconds: rounded(from / 1_000, 3), ms: rounded(to - from, 3) })),
    },
    gc: { count: pauses.count, totalMs: rounded(pauses.total, 3), longestMs: rounded(pauses.longest, 3) },
  }
}

function auditOf({ audit, audited }: LoadOutcome) {
  const { amounts, differing, differences, operations, bills, trial } = audit
  return {
    made: audited,
    operations,
    amounts,
    differences: differing,
    first: differences,
    bills,
    trialBalance: moneyText(trial),
  }
}

/** The digest of the books is null where work is missing, or where what was asked depended on the answers. */
export const booksDigest = ({ complete, measurements, audit, workDigest }: LoadOutcome): string | null =>
  complete && workDigest !== null && measurements.total('dropped') === 0 ? audit.digest : null

/** How the load was asked for: stages of an open one, due times, or the users of a closed one. */
function shapeKeys(shape: LoadShape) {
  const keys = {
    arrivals: shape.kind === 'stages' ? shape.spacing : shape.kind,
    stages: [] as StageKeys[],
    users: 0,
    thinkSeconds: 0,
    exponentialThink: false,
  }
  if (shape.kind === 'closed')
    return {
      ...keys,
      users: shape.users,
      thinkSeconds: shape.think.mean / 1_000,
      exponentialThink: shape.think.exponential,
    }
  if (shape.kind === 'due-times') return keys
  const stages = shape.stages.map(
    (stage): StageKeys => ({
      perSecond: perSecond(stage),
      toPerSecond: perSecond(stage.to ?? stage),
      seconds: stage.duration / 1_000,
    }),
  )
  return { ...keys, stages }
}

interface StageKeys {
  readonly perSecond: number
  /** The same where the rate is held. */
  readonly toPerSecond: number
  readonly seconds: number
}

export function loadSummary(
  subject: LoadSubject,
  outcome: AnyOutcome,
  verdicts: readonly LoadVerdict[],
  knee: KneeFound | null,
  generators: LoadGenerators | null = null,
) {
  const { shape, planned, duration, elapsed, asked, complete, measurements, backlogs, backlogBound, ledger, machine } =
    outcome
  const { scenario, seed, sync, batch, backlog, warmUp, round } = subject
  return {
    version: LOAD_SUMMARY_VERSION,
    complete,
    scenario,
    seed,
    load: {
      ...shapeKeys(shape),
      plannedSeconds: planned / 1_000,
      seconds: rounded(duration / 1_000, 3),
      secondsToLastCommit: rounded(elapsed / 1_000, 3),
      operations: asked,
      operationsOfARound: round,
      askedPerSecond: rounded(askedRate(outcome), 3),
      achievedPerSecond: rounded(achievedRate(outcome), 3),
      reached: isReached(outcome),
    },
    operations: operationsOf(outcome),
    intervals: measurements.intervals.map((each, index) =>
      intervalOf(measurements.interval, each, index, machine.samples[index]),
    ),
    backlog: { peakOfAThread: backlogPeak(outcome), boundOfAThread: backlogBound, bound: backlog, threads: backlogs },
    ledger: { journal: 'wal', sync, batch, warmUp, ...ledger },
    machine: machineOf(outcome, subject),
    audit: auditOf(outcome),
    digest: { work: outcome.workDigest, books: booksDigest(outcome) },
    thresholds: verdicts,
    knee,
    generators,
    service: outcome.service ?? null,
  }
}

export type LoadSummary = ReturnType<typeof loadSummary>
