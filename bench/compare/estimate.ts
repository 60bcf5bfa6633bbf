import { trimmedMean } from './trimmed.ts'

/** What one round says of one work: a tree and its base turn about on one processor. */
export interface Round {
  readonly round: number
  readonly first: 'base' | 'tree'
  /** Operations of a turn. */
  readonly operations: { readonly base: number; readonly tree: number }
  /** Processor time of each turn, us. */
  readonly base: readonly number[]
  readonly tree: readonly number[]
}

/** Of the turns, so many at the beginning still compile and fill caches. */
const SETTLING = 0.25
/** Of the ratios, so many at either end are interrupts and the like. */
const TRIMMED = 0.1

/**
 * The logarithm of how many times as long the tree takes: of each turn against the one before and against the one after,
 * so that a processor that slows down or speeds up meanwhile favours neither.
 */
export function logRatio({ first, operations, base, tree }: Round): number {
  const [early, late] = first === 'base' ? [base, tree] : [tree, base]
  const from = Math.floor(early.length * SETTLING)
  const ratios: number[] = []
  for (let turn = from; turn < early.length; turn++) {
    ratios.push(Math.log(late[turn] / early[turn]))
    if (turn + 1 < early.length) ratios.push(Math.log(late[turn] / early[turn + 1]))
  }
  const lateAgainstEarly = trimmedMean(ratios, TRIMMED)
  return (first === 'base' ? lateAgainstEarly : -lateAgainstEarly) - Math.log(operations.tree / operations.base)
}

/** ns an operation of one side over all rounds: the median of its turns. */
export function nsPerOp(rounds: readonly Round[], side: 'base' | 'tree'): number {
  const all = rounds.flatMap((round) =>
    round[side].slice(Math.floor(round[side].length * SETTLING)).map((us) => (us * 1000) / round.operations[side]),
  )
  all.sort((x, y) => x - y)
  return all[all.length >> 1]
}
