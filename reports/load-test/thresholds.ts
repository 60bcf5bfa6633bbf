/** Bounds on the figures of a load test: `latency.p99{op=settle}<5ms`, `dropped==0`, `rate.achieved>=50k/s`. */
import { nearestNames } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import type { Comparison } from '#scenarios/sections/thresholds.ts'
import type { Knee, Trial } from '#sim/load-test/knee.ts'
import type { LoadOutcome } from '#sim/load-test/load-test.ts'
import { type OperationKind, operationKinds } from '#sim/record/load-ledger.ts'
import { holds } from '../thresholds.ts'
import { type LoadFigure, type LoadUnit, loadFigure, loadFigures } from './figures.ts'
import { shownFigure } from './show.ts'

export interface LoadThreshold {
  /** As it was written. */
  readonly text: string
  readonly figure: LoadFigure
  readonly kind: OperationKind | undefined
  readonly op: Comparison
  /** In the figure's own unit. */
  readonly bound: number
}

export interface LoadVerdict {
  readonly text: string
  readonly passed: boolean
  readonly value: number | null
  /** The value for the eye. */
  readonly shown: string
}

const EXAMPLE = "write --threshold 'latency.p99{op=settle}<5ms'"

/** What may be behind a number, by unit of the figure, and how many of the figure's own it is. */
const suffixes: Readonly<Record<LoadUnit, Readonly<Record<string, number>>>> = {
  time: { us: 1, µs: 1, ms: 1_000, s: 1_000_000, min: 60_000_000 },
  rate: { '': 1, k: 1_000, M: 1_000_000, '/s': 1, 'k/s': 1_000, 'M/s': 1_000_000 },
  count: { '': 1, k: 1_000, M: 1_000_000 },
  share: { '': 1, '%': 0.01 },
  MiB: { '': 1, MiB: 1, GiB: 1_024 },
}

/** Reads a threshold; a bare `p99`, `mean` or `max` is that of the latency. Throws InputError with the nearest names. */
export function parseLoadThreshold(text: string): LoadThreshold {
  const match = /^\s*([A-Za-z0-9.]+)\s*(?:\{([^{}]*)\})?\s*(==|!=|<=|>=|<|>)\s*([\d.]+)\s*([A-Za-zµ%/]*)\s*$/.exec(text)
  if (match === null) throw new InputError(`'${text}' is not a threshold`, EXAMPLE)
  const [, written, filter, op, number, suffix] = match
  const figure = loadFigure(written) ?? loadFigure(`latency.${written}`)
  if (figure === undefined) {
    const names = loadFigures.map((each) => each.name)
    throw new InputError(
      `a load test has no figure '${written}'`,
      `did you mean ${nearestNames(written, names).join(', ')}?`,
    )
  }
  return {
    text: text.trim(),
    figure,
    kind: kindOf(figure, filter),
    op: op as Comparison,
    bound: boundOf(figure, number, suffix),
  }
}

function kindOf({ name, byKind }: LoadFigure, filter: string | undefined): OperationKind | undefined {
  if (filter === undefined) return undefined
  const match = /^\s*op\s*=\s*([^\s=,]+)\s*$/.exec(filter)
  if (match === null || !byKind)
    throw new InputError(`${name} does not take the filter '{${filter}}'`, byKind ? EXAMPLE : 'remove the filter')
  const kind = operationKinds.find((each) => each === match[1])
  if (kind !== undefined) return kind
  const near = nearestNames(match[1], operationKinds).join(', ')
  throw new InputError(`there is no operation '${match[1]}'`, `did you mean ${near}?`)
}

function boundOf({ name, unit }: LoadFigure, number: string, suffix: string): number {
  const known = suffixes[unit]
  if (!/^\d+(\.\d+)?$/.test(number)) throw new InputError(`'${number}' is not a number`, EXAMPLE)
  if (Object.hasOwn(known, suffix)) return Number(number) * known[suffix]
  const names = Object.keys(known).filter((each) => each !== '')
  const what = suffix === '' ? 'a number without a unit' : `the unit '${suffix}'`
  throw new InputError(`${name} cannot be compared with ${what}`, `write one of ${names.join(', ')} behind ${number}`)
}

/** One that has nothing to measure is missed: an untested bound is not met. */
export function judgeLoad(
  outcome: LoadOutcome,
  threshold: LoadThreshold,
  knee: Knee<Trial> | null = null,
): LoadVerdict {
  const { text, figure, kind, op, bound } = threshold
  const value = figure.measure(outcome, kind, knee)
  return {
    text,
    passed: value !== null && holds[op](value - bound),
    value,
    shown: value === null ? 'nothing to measure' : shownFigure(figure.unit, value),
  }
}

/** Whether a bound is one from above on a time: then a trial says by how much it kept or missed it. */
export const isMeasured = ({ figure, op, bound }: LoadThreshold): boolean =>
  figure.unit === 'time' && (op === '<' || op === '<=') && bound > 0

/** Fewer intervals than this have no typical one. */
const LEAST_INTERVALS = 3

/**
 * Whether a trial of a search for the knee meets the target: in most of its seconds, by their median. A stall of 60 ms is more
 * than 1 % of a trial of five seconds, so that one pause of the disk decides its p99 whatever the rate; the median of its
 * seconds changes only where the rate is too high. What has no intervals is judged as a whole.
 */
export function judgeTrial(outcome: LoadOutcome, threshold: LoadThreshold): LoadVerdict {
  const { text, figure, kind, op, bound } = threshold
  const values = figure.measureIntervals?.(outcome, kind).sort((a, b) => a - b) ?? []
  if (values.length < LEAST_INTERVALS) return judgeLoad(outcome, threshold)
  const value = values[values.length >> 1]
  return { text, passed: holds[op](value - bound), value, shown: shownFigure(figure.unit, value) }
}
