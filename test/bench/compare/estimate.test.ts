import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logRatio, logRatios, nsPerOp, type Round } from '../../../bench/compare/estimate.ts'
import { halfWidth, trimmed, trimmedMean } from '../../../bench/compare/trimmed.ts'

const turns = (of: (turn: number) => number): number[] => Array.from({ length: 40 }, (_, turn) => of(turn))
const operations = { base: 10, tree: 10 }
const spent = { started: 0, warm: 0, whole: 0 }

test.each(['base', 'tree'] as const)(
  'a processor that slows down from turn to turn favours neither side (%s first)',
  (first) => {
    const clock = (step: number) => 1000 * Math.exp(0.01 * step)
    const steps = (isFirst: boolean) => turns((turn) => clock(2 * turn + (isFirst ? 0 : 1)))
    const round = { round: 0, first, operations, spent, base: steps(first === 'base'), tree: steps(first === 'tree') }
    expect(logRatio(round)).toBeCloseTo(0, 3)
    expect(logRatio({ ...round, tree: round.tree.map((us) => us * 1.1) })).toBeCloseTo(Math.log(1.1), 3)
  },
)

test('turns while the compiler is at work do not count, nor do a few interrupts', () => {
  const base = turns((turn) => (turn < 10 ? 9000 : 1000))
  const tree = turns((turn) => (turn < 10 ? 1000 : turn % 15 === 0 ? 90_000 : 1050))
  expect(logRatio({ round: 0, first: 'base', operations, spent, base, tree })).toBeCloseTo(Math.log(1.05), 5)
})

describe('slow states', () => {
  const steady: Round = { round: 0, first: 'base', operations, spent, base: turns(() => 1000), tree: turns(() => 1050) }
  const slowIn = (side: 'base' | 'tree', from: number): Round => ({
    ...steady,
    [side]: steady[side].map((us, turn) => (turn >= from ? us * 3 : us)),
  })
  const rounds = (...odd: readonly Round[]): Round[] => [...Array<Round>(8).fill(steady), ...odd]

  test.each<[string, readonly Round[], number]>([
    ['none', [], 8],
    ['a third of one round: the rest of it counts', [slowIn('tree', 30)], 9],
    ['a whole round of either side: they are left out', [slowIn('tree', 0), slowIn('base', 0)], 8],
  ])('%s', (_, odd, count) => {
    const ratios = logRatios(rounds(...odd))
    expect(ratios).toHaveLength(count)
    for (const ratio of ratios) expect(ratio).toBeCloseTo(Math.log(1.05), 10)
  })

  test('four rounds of one side are no accident: nothing is left out', () => {
    const odd = Array<Round>(4).fill(slowIn('tree', 0))
    expect(logRatios(rounds(...odd)).slice(8)).toEqual(odd.map(logRatio))
  })

  test('both sides slow at the same time is a slow machine, and counts', () => {
    const both = { ...slowIn('tree', 0), base: slowIn('base', 0).base }
    expect(logRatios(rounds(both))).toHaveLength(9)
  })
})

test('a side that does twice the operations in a turn takes half as long for each', () => {
  const round: Round = {
    round: 0,
    first: 'base',
    operations: { base: 10, tree: 20 },
    spent,
    base: turns(() => 1000),
    tree: turns(() => 1000),
  }
  expect(logRatio(round)).toBeCloseTo(-Math.log(2), 10)
  expect(nsPerOp([round], 'base')).toBe(100_000)
  expect(nsPerOp([round], 'tree')).toBe(50_000)
})

test('sides that change places change the sign', () => {
  const times = fc.array(fc.integer({ min: 500, max: 2000 }), { minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(times, times, fc.constantFrom('base' as const, 'tree' as const), (base, tree, first) => {
      const other = first === 'base' ? 'tree' : 'base'
      const there = logRatio({ round: 0, first, operations, spent, base, tree })
      const back = logRatio({ round: 0, first: other, operations, spent, base: tree, tree: base })
      expect(there).toBeCloseTo(-back, 10)
    }),
  )
})

test('without a cut it is the mean with its ordinary standard error', () => {
  const values = [1, 2, 3, 4, 5]
  expect(trimmed(values, 0)).toEqual({ mean: 3, standardError: Math.sqrt(0.5), freedom: 4 })
  // Student's t with 4 degrees of freedom exceeds 2.776 with chance 0.025.
  expect(halfWidth(trimmed(values, 0), 0.025)).toBeCloseTo(2.776 * Math.sqrt(0.5), 3)
})

test('with one cut at either end the outermost values count as their neighbours', () => {
  // Winsorized 2 2 3 4 4 about 3: squares 4, over 3 x 2.
  expect(trimmed([3, 1, 1000, 2, 4], 1)).toEqual({ mean: 3, standardError: Math.sqrt(4 / 6), freedom: 2 })
  expect(trimmedMean([5, 1, 2, 3, 4, 6, 7, 8, 9, 1000], 0.1)).toBe(5.5)
  expect(() => trimmed([1, 2, 3], 1)).toThrow('3 values less 1 at either end leave 1')
})
