/** The figures of a load test that a threshold or a target may name. */
import type { Histogram } from '#engine/statistics/histogram.ts'
import type { Knee, Trial } from '#sim/load-test/knee.ts'
import type { LoadOutcome, ServedLoad } from '#sim/load-test/load-test.ts'
import type { OperationKind } from '#sim/record/load-ledger.ts'

/** `time` is in µs, `share` 0 to 1, `rate` operations a second. */
export type LoadUnit = 'time' | 'rate' | 'count' | 'share' | 'MiB'

export interface LoadFigure {
  readonly name: string
  readonly unit: LoadUnit
  /** Whether it can be asked of one kind of operation: `{op=settle}`. */
  readonly byKind: boolean
  readonly text: string
  /** Null where there was nothing to measure. */
  measure(outcome: LoadOutcome, kind: OperationKind | undefined, knee: Knee<Trial> | null): number | null
  /** The same of each whole interval of the test that has something to measure. Only latencies of operations have it. */
  measureIntervals?(outcome: LoadOutcome, kind: OperationKind | undefined): number[]
}

const histogramOf = (
  { measurements }: LoadOutcome,
  which: 'response' | 'service',
  kind: OperationKind | undefined,
): Histogram => (kind === undefined ? measurements[which] : measurements.kinds[kind][which])

/** Percentiles that people ask for; any other, as `latency.p99.95`, is known too. */
export const usualPercentiles = [50, 90, 95, 99, 99.9] as const

const statistics: Readonly<Record<string, (histogram: Histogram) => number>> = {
  min: ({ min }) => min,
  mean: ({ mean }) => mean,
  max: ({ max }) => max,
}

function latency(name: 'latency' | 'service', statistic: string): LoadFigure {
  const which = name === 'latency' ? 'response' : 'service'
  const percent = Number(statistic.slice(1))
  const of = statistics[statistic] ?? ((histogram: Histogram) => histogram.percentile(percent))
  const from = name === 'latency' ? 'from the instant it was due' : 'from the start of its processing'
  return {
    name: `${name}.${statistic}`,
    unit: 'time',
    byKind: true,
    text: `${statistic} of the time ${from} until an operation is on the ledger`,
    measure(outcome, kind) {
      const histogram = histogramOf(outcome, which, kind)
      return histogram.count === 0 ? null : of(histogram)
    },
    measureIntervals({ measurements, duration }, kind) {
      const whole = measurements.intervals.slice(0, Math.floor(duration / measurements.interval))
      const histograms = whole.map((interval) =>
        kind === undefined ? interval[which] : which === 'response' ? interval.byKind[kind] : undefined,
      )
      return histograms.flatMap((histogram) =>
        histogram === undefined || histogram.count === 0 ? [] : [of(histogram)],
      )
    },
  }
}

/** Operations done a second, until the last of them was. */
export const achievedRate = ({ measurements, duration, elapsed }: ServedLoad): number =>
  (measurements.total('done') * 1_000) / Math.max(duration, elapsed)

/**
 * What waits as the load ends is worked off within this part of its time where the system keeps up; of a short load, whose
 * last answers weigh more, within this many ms, but never more than the second part.
 */
const LATEST_PART = 0.01
const LATEST_MS = 100
const LATEST_PART_OF_SHORT = 0.05

/** Ms that what waits as the load ends takes to work off; of a test that was stopped, at the rate it had until then. */
function lateness({ complete, measurements, duration, elapsed }: ServedLoad): number {
  if (complete) return elapsed - duration
  const [due, done, dropped] = (['due', 'done', 'dropped'] as const).map((count) => measurements.total(count))
  return ((due - done - dropped) * duration) / Math.max(1, done)
}

/** Whether the system kept up with the load: nothing was dropped, and it was done about when the load ended. */
export const isReached = (outcome: ServedLoad): boolean =>
  // A closed load asks for no rate: it waits for the answers.
  outcome.shape.kind === 'closed' ||
  (outcome.measurements.total('dropped') === 0 &&
    lateness(outcome) <=
      Math.max(outcome.duration * LATEST_PART, Math.min(LATEST_MS, outcome.duration * LATEST_PART_OF_SHORT)))

/** Operations asked for a second. */
export const askedRate = ({ asked, duration }: ServedLoad): number => (asked * 1_000) / duration

/** Processor time of the threads that serve, of the time they had. */
export const computing = ({ machine, elapsed, threads }: ServedLoad): number =>
  machine.threadsCpu / Math.max(1, elapsed * threads)

/**
 * The share of the time threads were ready to run without a processor. Where the system does not say, the least it can
 * be: at work, in no commit, and not computing.
 */
export function starved(outcome: ServedLoad): number {
  const { waited } = outcome.machine
  if (waited === null) return Math.max(0, outcome.busy * (1 - outcome.committing) - computing(outcome))
  return Math.min(1, waited / Math.max(1, outcome.elapsed * outcome.threads))
}

/**
 * How much others disturbed a test: the part of the time for which its threads waited for a processor, less what the
 * process itself used elsewhere, and no more than others used of the processors. Both must say so: threads that outnumber
 * the processors wait for each other, and programs on processors that were free anyway do not disturb.
 */
export function disturbance(outcome: ServedLoad): number {
  const { helpersCpu, others } = outcome.machine
  const helpers = helpersCpu / Math.max(1, outcome.elapsed * outcome.threads)
  return Math.min(Math.max(0, starved(outcome) - helpers), others ?? 1)
}

/** How late the machine wakes a thread that rests. */
const wake: LoadFigure = {
  name: 'wake.p99',
  unit: 'time',
  byKind: false,
  text: 'p99 of the scheduling latency of an idle thread: the delay of the machine itself',
  measure: ({ measurements }) => (measurements.wake.count === 0 ? null : measurements.wake.percentile(99)),
}

const counted = (which: 'done' | 'refused' | 'dropped', text: string): LoadFigure => ({
  name: which,
  unit: 'count',
  byKind: true,
  text,
  measure: ({ measurements }, kind) =>
    kind === undefined ? measurements.total(which) : measurements.kinds[kind][which],
})

const simple = (name: string, unit: LoadUnit, text: string, of: (outcome: LoadOutcome) => number): LoadFigure => ({
  name,
  unit,
  byKind: false,
  text,
  measure: of,
})

/** Most operations that waited at the same time on one thread: each thread has a backlog of its own. */
export const backlogPeak = ({ backlogs }: ServedLoad): number => Math.max(0, ...backlogs.map(({ peak }) => peak))

/** The longest stretch in which no thread of the process made progress, ms; 0 where there was none. */
export const longestStall = ({ machine }: ServedLoad): number =>
  Math.max(0, ...machine.stalls.map(({ from, to }) => to - from))

const kneeEnd = (end: 'low' | 'high', text: string): LoadFigure => ({
  name: `knee.${end}`,
  unit: 'rate',
  byKind: false,
  text,
  measure: (_outcome, _kind, knee) => knee?.[end] ?? null,
})

export const loadFigures: readonly LoadFigure[] = [
  ...(['latency', 'service'] as const).flatMap((name) =>
    ['min', 'mean', ...usualPercentiles.map((percent) => `p${percent}`), 'max'].map((each) => latency(name, each)),
  ),
  simple('rate.asked', 'rate', 'operations due per second', askedRate),
  simple('rate.achieved', 'rate', 'operations done per second', achievedRate),
  kneeEnd('low', 'lower end of the interval of the knee: the rate to rely on'),
  kneeEnd('high', 'upper end of the interval of the knee'),
  counted('done', 'operations done'),
  counted('refused', 'operations refused by the billing core'),
  counted('dropped', 'operations dropped because the backlog was full'),
  simple('backlog.peak', 'count', 'longest backlog of one thread', backlogPeak),
  simple('cpu', 'share', 'processor time of the serving threads / their elapsed time', computing),
  simple('starved', 'share', 'share of the time threads were ready to run without a processor', starved),
  simple('disturbance', 'share', 'share of the time other programs took from the threads', disturbance),
  wake,
  simple('memory.peak', 'MiB', 'largest resident size', ({ machine }) => machine.peakMemory),
  simple('gc.longest', 'time', 'longest pause of a garbage collector', ({ machine }) => machine.pauses.longest * 1_000),
  simple(
    'stall.longest',
    'time',
    'longest stall of the whole process: stopped, or without a processor',
    (outcome) => longestStall(outcome) * 1_000,
  ),
  simple('audit.differences', 'count', "amounts that differ from the auditor's", ({ audit }) => audit.differing),
]

/** The figure of a name; undefined where there is none. */
export function loadFigure(name: string): LoadFigure | undefined {
  const known = loadFigures.find((figure) => figure.name === name)
  if (known !== undefined) return known
  const match = /^(latency|service)\.(p\d{1,2}(?:\.\d{1,4})?|p100)$/.exec(name)
  return match === null ? undefined : latency(match[1] as 'latency' | 'service', match[2])
}
