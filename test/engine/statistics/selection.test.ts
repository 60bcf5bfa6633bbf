import { expect, test } from 'vitest'
import { KimNelson, KnockoutTournament, optimalAllocation } from '#engine/statistics/selection.ts'
import { isOutside } from '../../trust/experiment.ts'
import { selections } from '../../trust/selection-experiments.ts'

const options = { designs: 3, indifference: 1, confidence: 0.95 }
const constant = (means: readonly number[]) => (design: number) => Array.from({ length: 100 }, () => means[design])

test.each([KimNelson, KnockoutTournament])(
  'designs that do not vary are decided by their first ten runs: %o',
  (Procedure) => {
    const selection = new Procedure(options)
    expect(selection.next().slice(0, 2)).toEqual([
      { design: 0, runs: 10 },
      { design: 1, runs: 10 },
    ])
    while (selection.next().length > 0) selection.finished(constant([3, 5, 4]))
    expect(selection.remaining).toEqual([1])
  },
)

test('the constants of Kim and Nelson: two designs, ten first runs, 95 %', () => {
  // eta = ((2 x 0.05) ^ (-2/9) - 1) / 2 = 0.33405; h^2 = 2 x 9 x eta = 6.0129. A difference of variance 1 takes 7 runs, and
  // one of variance 4 takes 25.
  const upTo = (variance: number) => {
    const selection = new KimNelson({ ...options, designs: 2 })
    const step = Math.sqrt((variance * 9) / 10)
    // Differences of +step and -step: their mean is 0 at every even number, and their variance over ten runs is `variance`.
    const values = [
      Array.from({ length: 100 }, (_, run) => (run % 2 === 0 ? step : -step)),
      Array.from({ length: 100 }, () => 0),
    ]
    let runs = 0
    for (let wanted = selection.next(); wanted.length > 0; wanted = selection.next()) {
      runs = wanted[0].runs
      selection.finished((design) => values[design].slice(0, runs))
    }
    return runs
  }
  expect([upTo(1), upTo(4)]).toEqual([10, 26])
})

test('five hundred designs are decided', () => {
  const selection = new KimNelson({ ...options, designs: 500 })
  selection.finished((design) => Array.from({ length: 10 }, (_, run) => (design === 77 ? 5 : 0) + (run % 2)))
  expect(selection.remaining).toEqual([77])
})

test('one design is selected without a run', () => {
  expect(new KimNelson({ ...options, designs: 1 }).next()).toEqual([])
})

test.each([
  [{ designs: 0 }, '0 designs'],
  [{ indifference: 0 }, 'indifference 0'],
  [{ confidence: 0.2 }, 'confidence 0.2 is not between 1 / 3 and 1'],
  [{ firstRuns: 1 }, '1 first runs'],
])('%o is refused', (wrong, message) => {
  for (const Procedure of [KimNelson, KnockoutTournament])
    expect(() => new Procedure({ ...options, ...wrong })).toThrow(message)
})

test('a design with too few runs is an error', () => {
  expect(() => new KimNelson(options).finished(() => [1, 2])).toThrow('fewer than 10 runs')
})

test('optimal allocation: equal rivals share alike, a near rival gets more, the best what its paper says', () => {
  const [best, near, far] = optimalAllocation([2, 1, 0], [1, 1, 1])
  expect(near / far).toBeCloseTo(4, 12)
  expect(best).toBeCloseTo(Math.sqrt(near * near + far * far), 12)
  expect(best + near + far).toBeCloseTo(1, 12)
  expect(optimalAllocation([1, 1], [1, 1])).toEqual([0.5, 0.5])
  expect(optimalAllocation([7], [1])).toEqual([1])
})

test('few selections: the best is selected as often as promised', () => {
  expect(selections({ sweeps: 20, runs: 1, seed: 'small' }).filter(isOutside)).toEqual([])
})
