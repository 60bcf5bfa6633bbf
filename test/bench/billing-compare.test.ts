import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { told } from '../../bench/compare.ts'
import { commitOf, sample, treeOf, treeOnDisk } from '../../bench/compare-trees.ts'
import { isRegression, judgePaired, judgeUnpaired } from '../../bench/compare-verdict.ts'

const rounds = [100, 101, 99, 100.5, 99.5, 100, 101, 99]
const again = [100.4, 100.2, 99.3, 100.1, 100, 99.8, 100.6, 99.4]
const times = (factor: number) => again.map((time, round) => (time + (round % 2) - 0.5) * factor)

test.each([
  { factor: 1.2, verdict: 'slower', regression: true },
  { factor: 1.03, verdict: 'slower', regression: false },
  { factor: 1, verdict: 'cannot tell', regression: false },
  { factor: 0.8, verdict: 'faster', regression: false },
])('a tree of $factor times the time is $verdict', ({ factor, verdict, regression }) => {
  const judged = judgePaired(rounds, again, times(factor), 1)
  expect(judged.verdict).toBe(verdict)
  expect(isRegression(judged, 0.05)).toBe(regression)
  expect(judgeUnpaired(rounds, times(factor), 1).verdict).toBe(verdict)
})

test('a change no larger than what the base shows against itself is none', () => {
  const moody = rounds.map((time) => time * 1.3)
  expect(judgePaired(rounds, moody, times(1.2), 1).verdict).toBe('cannot tell')
})

test('the smallest effect lies beyond the interval, and grows with the number of comparisons', () => {
  const judged = judgePaired(rounds, again, times(1), 1)
  expect(judged.smallest).toBeGreaterThan((judged.high - judged.low) / 2)
  expect(judgePaired(rounds, again, times(1), 14).smallest).toBeGreaterThan(judged.smallest)
})

test('the tree against itself is seldom told apart from it', () => {
  const times = fc.array(fc.integer({ min: 900, max: 1100 }), { minLength: 8, maxLength: 8 })
  const cases = fc.sample(fc.tuple(times, times, times), { numRuns: 400, seed: 7 })
  const wrong = cases.filter(([base, other, tree]) => judgePaired(base, other, tree, 1).verdict !== 'cannot tell')
  expect(wrong.length / cases.length).toBeLessThan(0.07)
})

test('a regression beyond the tolerance is code 4, another answer is said', () => {
  const judged = judgePaired(rounds, again, times(1.2), 1)
  const said: string[] = []
  const comparison = { only: undefined, rounds: 8, time: 1, say: (line: string) => said.push(line) }
  const verdicts = [{ name: 'price/linear', otherAnswer: true, ...judged }]
  expect(told(verdicts, { ...comparison, tolerance: 0.05 })).toBe(4)
  expect(told(verdicts, { ...comparison, tolerance: 0.5 })).toBe(0)
  expect(said[0]).toContain('slower')
  expect(said[0]).toContain('ANOTHER ANSWER')
  expect(said[1]).toMatch(/^slower than tolerated \(5\.0 %\): price\/linear \+\d+\.\d %$/)
})

test('a tree lies apart with the yardstick of today in it, and is gone afterwards', () => {
  const tree = treeOnDisk()
  try {
    const [line] = sample(tree, 'price/linear', 1)
    expect(line.digest).toMatch(/^[0-9a-f]{8}$/)
    expect(line.nsPerOp).toBeGreaterThanOrEqual(0)
  } finally {
    tree.remove()
  }
  expect(existsSync(tree.folder)).toBe(false)
})

const head = commitOf('HEAD')

test.runIf(head !== null)('the tree of a commit is its own, not that of the disk', () => {
  const tree = treeOf(head as string)
  try {
    const words = ['show', `${head}:base/money.ts`]
    const committed = execFileSync('git', words, { encoding: 'utf8' })
    expect(execFileSync('cat', [join(tree.folder, 'base/money.ts')], { encoding: 'utf8' })).toBe(committed)
  } finally {
    tree.remove()
  }
  expect(commitOf('no-such-name')).toBe(null)
})
