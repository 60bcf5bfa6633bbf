import { median } from '../median.ts'
import { halfWidth, type Trimmed, trimmed } from './trimmed.ts'

/** What the rounds of a work, and of all works, say about a change. Pure; everything is in parts: 0.05 is 5 %. */

/** Slower or faster beyond the tolerance, no change beyond it, or the interval is too wide to say. */
export type Finding = 'slower' | 'faster' | 'no change' | 'too noisy'

export interface Verdict {
  readonly finding: Finding
  /** Time of the tree against the base. With the interval that holds it. */
  readonly change: number
  readonly low: number
  readonly high: number
  /** The smallest slow-down that would have been seen nine times in ten. */
  readonly detectable: number
}

/** The chance that any work of a comparison is called slower although nothing changed is at most this. */
export const FALSE_ALARMS = 0.02
/**
 * Works whose few rounds agree by luck get no more of them, so that their error is up to twice that of as many rounds planned
 * beforehand: each is judged at half of it (Bonferroni).
 */
const levelOf = (works: number): number => FALSE_ALARMS / 2 / works
/** Each side of the interval of one work errs with this chance. */
const INTERVAL = 0.01

/** Rounds from which the least and the greatest, or two of each, are left out: one process in a hundred compiles badly. */
const CUTS = [
  { from: 14, cut: 2 },
  { from: 6, cut: 1 },
]
const estimateOf = (logRatios: readonly number[]): Trimmed =>
  trimmed(logRatios, CUTS.find(({ from }) => logRatios.length >= from)?.cut ?? 0)

/** Fewer rounds say nothing. */
const FEWEST = 4
/** Degrees of freedom that the spread of all works together is worth for each of them, and from how many works on. */
const SHARED = { freedom: 3, from: 5 }

/** Of the normal law: nine times in ten below. */
const NINE_IN_TEN = 1.2816
/** A work needs no more rounds once its interval is so many times narrower than the tolerance... */
const NARROW = 1.25
/** ...and it had so many. */
const ENOUGH = 7
/** Until then those are played whose interval is at least this part of the widest: what is undecided gets the time. */
const WIDE = 0.8
/** One so many times wider than is enough will not be decided here: the others do not wait for it. */
const HOPELESS = 3

const nothing: Verdict = { finding: 'too noisy', change: 0, low: -1, high: Infinity, detectable: Infinity }

/**
 * Few rounds tell little of their own spread, but all works ran on the same machine in the same minute: the spread of each
 * is drawn towards the median of all.
 *
 * Source: G. K. Smyth, "Linear models and empirical Bayes methods for assessing differential expression in microarray
 * experiments", Statistical Applications in Genetics and Molecular Biology 3 (2004), with the prior's freedom fixed.
 */
function moderated(estimates: readonly Trimmed[]): readonly Trimmed[] {
  if (estimates.length < SHARED.from) return estimates
  const shared = median(estimates.map(({ standardError }) => standardError ** 2))
  return estimates.map(({ mean, standardError, freedom }) => {
    const all = freedom + SHARED.freedom
    const squared = (freedom * standardError ** 2 + SHARED.freedom * shared) / all
    return { mean, standardError: Math.sqrt(squared), freedom: all }
  })
}

/** @param half of the interval of this work alone @param sure beyond this it is slower, with all works together in mind */
function judged({ mean, standardError }: Trimmed, half: number, sure: number, tolerance: number): Verdict {
  const beyond = Math.log1p(tolerance)
  const isWide = half > beyond && mean + half > beyond
  const finding = (): Finding => {
    if (mean > beyond) return mean > sure ? 'slower' : 'too noisy'
    if (isWide) return 'too noisy'
    return -mean > beyond && -mean > sure ? 'faster' : 'no change'
  }
  return {
    finding: finding(),
    change: Math.expm1(mean),
    low: Math.expm1(mean - half),
    high: Math.expm1(mean + half),
    detectable: Math.expm1(Math.max(sure, beyond) + NINE_IN_TEN * standardError),
  }
}

/**
 * The verdict on each work, from the logarithms of its ratios, round by round. A work is slower where the estimate is
 * beyond the tolerance and is too large for chance, in any of the works. It is too noisy where the interval is wider than
 * the tolerance to either side and reaches beyond it, or where an estimate beyond the tolerance may still be chance.
 * @param tolerance a part above 0
 */
export function judgeAll(works: readonly (readonly number[])[], tolerance: number): Verdict[] {
  const measured = works.filter((logRatios) => logRatios.length >= FEWEST)
  const estimates = moderated(measured.map(estimateOf))
  const verdicts = new Map(
    estimates.map((estimate, at) => [
      measured[at],
      judged(estimate, halfWidth(estimate, INTERVAL), halfWidth(estimate, levelOf(works.length)), tolerance),
    ]),
  )
  return works.map((logRatios) => verdicts.get(logRatios) ?? nothing)
}

/**
 * Which works are to play the next round: those with few rounds, and of the others those with the widest intervals, unless narrow
 * enough. It asks for the widths and not for the changes, so that looking is no cheating.
 */
export function stillOpen(works: readonly (readonly number[])[], tolerance: number): boolean[] {
  const measured = works.flatMap((logRatios, at) => (logRatios.length >= ENOUGH ? [at] : []))
  const estimates = moderated(measured.map((at) => estimateOf(works[at])))
  const widths = new Map(measured.map((at, index) => [at, halfWidth(estimates[index], levelOf(works.length))]))
  const enough = Math.log1p(tolerance) / NARROW
  const widest = Math.max(0, ...[...widths.values()].filter((width) => width <= HOPELESS * enough))
  const least = Math.max(WIDE * widest, enough)
  return works.map((_, at) => (widths.get(at) ?? Infinity) > least)
}

/** Two times of one machine, minutes or days apart, differ by up to so much with nothing changed (clock, neighbours). */
export const MOOD = 0.25

/**
 * ns an operation now against figures of another time. The mood of the machine is in neither spread, so that only a
 * change far beyond it is reported, and 'no change' never.
 */
export function judgeUnpaired(
  before: readonly number[],
  now: readonly number[],
  works: number,
  tolerance: number,
): Verdict {
  if (before.length < 2 || now.length < 2) return nothing
  const [old, young] = [before, now].map((times) => trimmed(times.map(Math.log), 0))
  const mean = young.mean - old.mean
  const standardError = Math.hypot(old.standardError, young.standardError)
  const freedom = Math.min(old.freedom, young.freedom)
  const estimate = { mean, standardError, freedom }
  const half = halfWidth(estimate, levelOf(works)) + Math.log1p(MOOD)
  const verdict = judged(estimate, half, half, tolerance)
  return Math.abs(mean) > half ? verdict : { ...verdict, finding: 'too noisy' }
}

/**
 * Where time cannot tell, instructions do, if they were counted: they are the same on a busy machine. Where time can tell
 * it decides, since a cache that is missed takes time and no instruction.
 */
export function withInstructions(
  verdict: Verdict,
  instructions: { readonly base: number; readonly tree: number } | null,
  tolerance: number,
): Verdict & { readonly decidedBy: 'time' | 'instructions' } {
  if (instructions === null || verdict.finding !== 'too noisy') return { ...verdict, decidedBy: 'time' }
  const change = instructions.tree / instructions.base - 1
  const finding = change > tolerance ? 'slower' : change < -tolerance ? 'faster' : 'no change'
  return { ...verdict, finding, decidedBy: 'instructions' }
}

/** What a whole comparison says. */
export type Outcome = 'different result' | 'slower' | 'too noisy' | 'no change'

/** A process that scripts ask by its exit code. */
export const codes: Readonly<Record<Outcome, number>> = {
  'no change': 0,
  'different result': 3,
  slower: 4,
  'too noisy': 6,
}

/** The worst of all works: a wrong answer before a late one, and an undecided one never passes. */
export function outcomeOf(
  works: readonly { readonly finding: Finding; readonly isOneAnswer: boolean }[],
  unmeasured: readonly string[] = [],
): Outcome {
  if (works.some(({ isOneAnswer }) => !isOneAnswer)) return 'different result'
  if (works.some(({ finding }) => finding === 'slower')) return 'slower'
  return works.length === 0 || unmeasured.length > 0 || works.some(({ finding }) => finding === 'too noisy')
    ? 'too noisy'
    : 'no change'
}
