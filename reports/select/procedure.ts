/**
 * The best design that keeps its bounds, from sequential runs with common random numbers. Everything follows from the runs so far,
 * so that an interrupted selection continues where it was, whatever the number of threads.
 */

import { normalCdf } from '#engine/mathematics/normal.ts'
import {
  KimNelson,
  KnockoutTournament,
  optimalAllocation,
  type Selection,
  type WantedDesignRuns,
} from '#engine/statistics/selection.ts'

export type Method = 'kn' | 'knockout' | 'ocba'

export interface ProcedureOptions {
  readonly designs: number
  readonly method: Method
  /** A smaller difference of the objective does not matter. */
  readonly indifference: number
  /** Probability that a design that is selected is right: that it keeps the bounds, and that none that does is better. */
  readonly confidence: number
  readonly firstRuns: number
  /** The most runs of a design; of OCBA the mean over designs. */
  readonly mostRuns: number
  /** Whether there are bounds. */
  readonly bounded: boolean
}

/** What the runs of a design say of the bounds: probabilities of such runs if they are missed, and if they are kept. */
export interface BoundEvidence {
  readonly kept: number
  readonly missed: number
}

/** The runs so far; larger values are better. */
export interface DesignRuns {
  readonly values: (design: number) => readonly number[]
  /** Of the first so many runs of a design. */
  readonly evidence: (design: number, runs: number) => BoundEvidence
}

export type DesignClaim = 'kept' | 'missed' | 'undecided'

export type SelectionStep =
  | { readonly wanted: readonly WantedDesignRuns[] }
  | {
      /** `none`: every design misses a bound. */
      readonly end: 'selected' | 'undecided' | 'none'
      /** The design that is selected, or the best one by the runs so far; null without any. */
      readonly best: number | null
      /** Designs that may be the best. */
      readonly remaining: readonly number[]
      /** Probability of correct selection by the runs (OCBA), which is an estimate; null where it is promised. */
      readonly probability: number | null
      readonly claims: readonly (DesignClaim | null)[]
    }

/** Runs of a design after which its bounds are looked at: half as many again each time. */
export function boundLooks(firstRuns: number, mostRuns: number): number[] {
  const looks = [Math.min(firstRuns, mostRuns)]
  for (let last = looks[0]; last < mostRuns; ) {
    last = Math.min(mostRuns, last + Math.max(1, Math.floor(last / 2)))
    looks.push(last)
  }
  return looks
}

/**
 * What to do next. With bounds, half of the error goes to them, shared by designs and looks, and half to the selection: it is
 * shared by the pairs of all designs, so that those that are dropped for their bounds leave it valid.
 */
export function nextStep(options: ProcedureOptions, runs: DesignRuns): SelectionStep {
  const claims = claimsOf(options, runs)
  const candidates = [...claims.keys()].filter((design) => claims[design] !== 'missed')
  if (candidates.length === 0) return { end: 'none', best: null, remaining: [], probability: null, claims }
  const first = candidates.flatMap((design) =>
    runs.values(design).length < options.firstRuns ? [{ design, runs: options.firstRuns }] : [],
  )
  if (first.length > 0) return { wanted: first }
  if (options.method === 'ocba') return allocated(options, runs, candidates, claims)
  const found = replayed(options, runs, candidates)
  if (found.wanted !== undefined) {
    if (found.wanted.every((each) => each.runs <= options.mostRuns)) return { wanted: found.wanted }
    const best = bestOf(found.remaining, runs)
    return { end: 'undecided', best, remaining: found.remaining, probability: null, claims }
  }
  const [winner] = found.remaining
  return keptOrMore(options, runs, { best: winner, remaining: [winner], probability: null, claims })
}

/** The design that is best is selected if it keeps the bounds; while that is open, it gets more runs. */
function keptOrMore(
  { bounded, firstRuns, mostRuns }: ProcedureOptions,
  runs: DesignRuns,
  known: Omit<Extract<SelectionStep, { readonly end: unknown }>, 'end'> & { readonly best: number },
): SelectionStep {
  const { best, claims } = known
  if (!bounded || claims[best] === 'kept') return { end: 'selected', ...known }
  const made = runs.values(best).length
  const look = boundLooks(firstRuns, mostRuns).find((each) => each > made)
  return look === undefined ? { end: 'undecided', ...known } : { wanted: [{ design: best, runs: look }] }
}

/** What is known of the bounds of each design; null without bounds. */
function claimsOf(options: ProcedureOptions, runs: DesignRuns): (DesignClaim | null)[] {
  const { designs, confidence, firstRuns, mostRuns, bounded } = options
  const looks = boundLooks(firstRuns, mostRuns)
  const level = (1 - confidence) / 2 / (designs * looks.length)
  return Array.from({ length: designs }, (_, design) => {
    if (!bounded) return null
    for (const look of looks.filter((each) => each <= runs.values(design).length)) {
      const { kept, missed } = runs.evidence(design, look)
      if (kept <= level) return 'kept'
      if (missed <= level) return 'missed'
    }
    return 'undecided'
  })
}

/** The selection among some designs, played with the runs there are: which remain, and what it asks for. */
function replayed(options: ProcedureOptions, runs: DesignRuns, candidates: readonly number[]) {
  const { designs, method, indifference, confidence, firstRuns, bounded } = options
  const error = (1 - confidence) / (bounded ? 2 : 1)
  const pairs = Math.max(1, designs - 1)
  // Of KN, each pair has its share of all pairs, however many designs were dropped.
  const share = method === 'kn' ? Math.max(1, candidates.length - 1) / pairs : 1
  const shared = { designs: candidates.length, indifference, firstRuns, confidence: 1 - error * share }
  const selection: Selection = method === 'kn' ? new KimNelson(shared) : new KnockoutTournament(shared)
  for (let asked = selection.next(); asked.length > 0; asked = selection.next()) {
    const wanted = asked.map((each) => ({ design: candidates[each.design], runs: each.runs }))
    const missing = wanted.filter((each) => runs.values(each.design).length < each.runs)
    const remaining = selection.remaining.map((place) => candidates[place])
    if (missing.length > 0) return { remaining, wanted: missing }
    // Its runs as they were at that look, whatever was made since.
    const counts = new Map(wanted.map((each) => [each.design, each.runs]))
    selection.finished((place) => runs.values(candidates[place]).slice(0, counts.get(candidates[place])))
  }
  return { remaining: selection.remaining.map((place) => candidates[place]), wanted: undefined }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function bestOf(designs: readonly number[], runs: DesignRuns): number {
  const means = designs.map((design) => meanOf(runs.values(design)))
  return designs[means.indexOf(Math.max(...means))]
}

/** The variance of a mean of n values. */
function meanVariance(values: readonly number[]): number {
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length
}

/** OCBA: a tenth more runs each time, divided by how close rivals are; until it is likely enough, or all are made. */
function allocated(
  options: ProcedureOptions,
  runs: DesignRuns,
  candidates: readonly number[],
  claims: readonly (DesignClaim | null)[],
): SelectionStep {
  const { designs, confidence, mostRuns, indifference } = options
  const values = candidates.map(runs.values)
  const means = values.map(meanOf)
  const best = means.indexOf(Math.max(...means))
  const variances = values.map(meanVariance)
  // Bonferroni: the sum over rivals of the probability that one is better by more than what matters.
  const rivals = means.map((mean, at) => {
    if (at === best) return 0
    const deviation = Math.sqrt(variances[at] + variances[best])
    const gap = means[best] - mean + indifference
    return deviation === 0 ? 0 : normalCdf(-gap / deviation)
  })
  const probability = Math.max(0, 1 - rivals.reduce((sum, rival) => sum + rival, 0))
  const known = { best: candidates[best], remaining: [candidates[best]], probability, claims }
  if (probability >= confidence) return keptOrMore(options, runs, known)
  const made = values.reduce((sum, each) => sum + each.length, 0)
  const budget = Math.min(designs * mostRuns, made + Math.max(candidates.length, Math.ceil(made / 10)))
  const deviations = variances.map((variance, at) => Math.max(1e-300, Math.sqrt(variance * values[at].length)))
  const parts = optimalAllocation(means, deviations)
  let left = budget - made
  const wanted = parts.flatMap((part, at) => {
    const more = Math.min(left, Math.round(part * budget) - values[at].length)
    if (more <= 0) return []
    left -= more
    return [{ design: candidates[at], runs: values[at].length + more }]
  })
  if (made >= designs * mostRuns || wanted.length === 0)
    return { end: 'undecided', ...known, remaining: candidates.filter((_, at) => at === best || rivals[at] > 0.01) }
  return { wanted }
}
