/**
 * Whether the differences of pairs are more than chance.
 *
 * Student's t assumes differences that are about normal. Rare figures differ in a few pairs only, and counts by the same
 * number in several: there the exact randomization test decides as well, which asks how often the signs alone would give so large a sum (E. J. G. Pitman,
 * "Significance tests which may be applied to samples from any populations", Supplement to the Journal of the Royal
 * Statistical Society 4, 1937).
 */
import { studentTTail } from './student-t.ts'
import { Tally } from './tally.ts'

/** With more pairs that differ the t test is close enough to exact (measured, docs/trust.md). */
const MOST_ENUMERATED = 8

/**
 * Two-sided p-value of "the mean difference is not 0"; 1 below two pairs or without any difference. `counted`: the figure
 * counts events, so that equal differences may be chance.
 */
export function pairedPValue(differences: readonly number[], counted: boolean): number {
  const moved = differences.filter((difference) => difference !== 0)
  if (differences.length < 2 || moved.length === 0) return 1
  const tally = new Tally()
  for (const difference of differences) tally.add(difference)
  const error = Math.sqrt(tally.variance / tally.count)
  const student = error === 0 ? 0 : 2 * studentTTail(Math.abs(tally.mean) / error, tally.count - 1)
  const tied = counted
    ? new Set(differences.map(Math.abs)).size < differences.length
    : moved.length < differences.length
  if (!tied || moved.length > MOST_ENUMERATED) return Math.min(1, student)
  return Math.min(1, Math.max(student, signPValue(moved)))
}

/** Share of all assignments of signs whose sum is as far from 0 as the one found. */
function signPValue(moved: readonly number[]): number {
  const sum = Math.abs(moved.reduce((total, each) => total + each, 0))
  const all = 2 ** moved.length
  const tolerance = 1e-9 * moved.reduce((total, each) => total + Math.abs(each), 0)
  let asFar = 0
  for (let signs = 0; signs < all; signs++) {
    let total = 0
    for (let i = 0; i < moved.length; i++) total += (signs >> i) & 1 ? moved[i] : -moved[i]
    if (Math.abs(total) >= sum - tolerance) asFar++
  }
  return asFar / all
}
