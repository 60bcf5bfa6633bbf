import { median } from '../median.ts'
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
  /** What it took on the wall, ms: to start, to warm up, and all of it. */
  readonly spent: { readonly started: number; readonly warm: number; readonly whole: number }
}

/** Of the turns, so many at the beginning still compile and fill caches. */
const SETTLING = 0.25
/** Of the ratios, so many at either end are interrupts and the like. */
const TRIMMED = 0.1

/**
 * The logarithms of how many times as long the tree takes: of each turn against the one before and against the one after,
 * so that a processor that slows down or speeds up meanwhile favours neither.
 */
function turnRatios({ first, operations, base, tree }: Round): number[] {
  const [early, late] = first === 'base' ? [base, tree] : [tree, base]
  const [sign, perTurn] = [first === 'base' ? 1 : -1, Math.log(operations.tree / operations.base)]
  const ratios: number[] = []
  for (let turn = Math.floor(early.length * SETTLING); turn < early.length; turn++) {
    ratios.push(sign * Math.log(late[turn] / early[turn]) - perTurn)
    if (turn + 1 < early.length) ratios.push(sign * Math.log(late[turn] / early[turn + 1]) - perTurn)
  }
  return ratios
}

const meanOf = (ratios: readonly number[]): number => trimmedMean(ratios, TRIMMED)

/** What a round says of the change: the trimmed mean of its turns' ratios. */
export const logRatio = (round: Round): number => meanOf(turnRatios(round))

/** Turns that are so far from the median of all rounds, as a logarithm, were in a slow state on one side. */
const SLOW_STATE = Math.log(1.25)
/** A round of which fewer turns are left says nothing. */
const LEFT = 0.5
/** More rounds with a slow state, or so many more on one side, are no accident: then nothing is left out. */
const MOST_SLOW = 1 / 3
const MOST_UNEQUAL = 3

/**
 * What each round says of the change, without turns in which one side was in a slow state. A process may run the same
 * machine code two to three times slower for milliseconds or for its whole life, and return: in `hour-sweep`, one process
 * in ten, depending on where its code and data are in memory. A change of a few percent is measured in the ordinary state.
 * Where slow states are frequent, or one side has more of them, they are kept: then they are what changed.
 */
export function logRatios(rounds: readonly Round[]): number[] {
  const turns = rounds.map(turnRatios)
  if (rounds.length === 0) return []
  const usual = median(turns.flat())
  const ordinary = turns.map((ratios) => ratios.filter((ratio) => Math.abs(ratio - usual) <= SLOW_STATE))
  const isSlow = ordinary.map((left, at) => left.length < LEFT * turns[at].length)
  const slow = turns.filter((_, at) => isSlow[at]).map((ratios) => meanOf(ratios) > usual)
  const ofTree = slow.filter(Boolean).length
  const isAccident = slow.length <= MOST_SLOW * rounds.length && Math.abs(2 * ofTree - slow.length) <= MOST_UNEQUAL
  return (isAccident ? ordinary.filter((_, at) => !isSlow[at]) : turns).map(meanOf)
}

/** ns an operation of one side over all rounds: the median of its turns. */
export function nsPerOp(rounds: readonly Round[], side: 'base' | 'tree'): number {
  const all = rounds.flatMap((round) =>
    round[side].slice(Math.floor(round[side].length * SETTLING)).map((us) => (us * 1000) / round.operations[side]),
  )
  return median(all)
}
