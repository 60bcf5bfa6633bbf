/** The two halves of the measured time: a warning where they differ beyond chance, and only there. */
import { expect, test } from 'vitest'
import { driftLines } from '#cli/sweep/answer.ts'
import { driftsOf, type PoolHalves } from '#reports/sweep/halves.ts'
import type { SweepResult } from '#reports/sweep/result.ts'

const half = (share: number): readonly [number, number] => [share * 1000, 1000]
/** Five runs of one pool whose shares vary by `noise` about a mean for each half. */
const runs = (refused: [number, number], use: [number, number]): PoolHalves[][] =>
  [-2, 1, 2, -1, 0].map((step) => {
    const noisy = ([first, second]: [number, number]) =>
      [half(first * (1 + step / 50)), half(second * (1 - step / 40))] as const
    return [{ pool: 'z/f', refused: noisy(refused), use: noisy(use) }]
  })

test('a pool that fills up drifts in its use and in what it refuses; a steady one does not', () => {
  const drifts = driftsOf([runs([0.02, 0.2], [0.3, 0.7]), runs([0.1, 0.1], [0.5, 0.5])])
  expect(drifts.map(({ point, pool, what }) => [point, pool, what])).toEqual([
    [0, 'z/f', 'refused'],
    [0, 'z/f', 'use'],
  ])
  expect(drifts[1].first).toBeCloseTo(0.3, 9)
  expect(drifts[1].second).toBeCloseTo(0.7, 9)
})

test('a small certain difference is not a drift, and a pool without requests has no refusals to compare', () => {
  expect(driftsOf([runs([0, 0], [0.5, 0.505])])).toEqual([])
  const idle = runs([0, 0], [0.5, 0.5]).map(([pool]) => [
    {
      ...pool,
      refused: [
        [0, 0],
        [0, 0],
      ] as const,
    },
  ])
  expect(driftsOf([idle])).toEqual([])
  expect(driftsOf([[]])).toEqual([])
})

test('the warning names the points, the worst pool and what to do', () => {
  const drifts = driftsOf([runs([0, 0], [0.3, 0.7]), runs([0.1, 0.1], [0.5, 0.5]), runs([0, 0], [0.2, 0.4])])
  const points = ['84', '96', '108'].map((label) => ({ label }))
  const lines = driftLines({ drifts, points, paths: ['capacity'] } as unknown as SweepResult)
  expect(lines[0]).toBe(
    'The two halves of the measured time differ significantly at 84 and 108: pool z/f, use 30.00 % in the first half and 70.00 % in the second',
  )
  expect(lines[1]).toContain('warmStart: true')
  expect(driftLines({ drifts: [], points, paths: [] } as unknown as SweepResult)).toEqual([])
})
