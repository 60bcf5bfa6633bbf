/** `reconcile --infer`: two causes that only together give the file. `npm run infer` measures it on hundreds of files. */
import { expect, test } from 'vitest'
import { causes, Draws, fileOf, logOf, made, namedCause } from '../proofs/infer/planted-causes.ts'

test.each([
  ['lines', 'whenStopped=free', 'half-up'],
  ['lines', 'old list', 'a missing resource'],
  ['lines', 'a discount', 'rounded lines'],
  ['lines', 'a factor', 'a discount of one account'],
  ['lines', 'swapped names', 'transposed digits'],
  ['bills', 'whole hours', 'swapped prices'],
  ['bills', 'tax', 'swapped accounts'],
  ['bills', 'a missing resource', 'an hour twice'],
  // Some of its lines are rounded to 0.
  ['lines', 'rounded lines', 'swapped names', 'two causes 10'],
  // One payable is so small that its rounding is a percent of it.
  ['bills', 'tax', 'swapped accounts', 'two causes 13'],
  ['bills', 'a discount of one account', 'tax', 'two causes 0'],
] as const)('%s: %s and %s', async (level, a, b, seed: string = 'two causes') => {
  const random = new Draws(seed)
  const log = logOf(random)
  const { rows, policies, swap } = await made(log, [causes[a], causes[b]], random)
  const cause = await namedCause(log, fileOf(rows, level, policies, swap))
  const text = cause === undefined || cause === 'agrees' || cause.cause === 'unexplained' ? '' : cause.text
  for (const { expected } of [causes[a], causes[b]])
    expect(
      expected.some((each) => text.includes(each)),
      text,
    ).toBe(true)
})
