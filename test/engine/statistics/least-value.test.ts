import { describe, expect, test } from 'vitest'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { Streams } from '#engine/random/streams.ts'
import { type JudgedValue, type LeastValue, LeastValueSearch } from '#engine/statistics/least-value.ts'
import { levelOfLooks } from '#engine/statistics/repeated-looks.ts'
import { evidenceAbove, evidenceBelow, meanOf, runMoments, runsNeeded } from '#engine/statistics/run-mean.ts'

interface Case {
  readonly means: readonly number[]
  readonly sd: number
  readonly mostRuns?: number
  readonly within?: number
  readonly seed?: string
}

/** Searches the least value whose mean is below 1; a run has the same noise at every value. */
function searched({ means, sd, mostRuns = 400, within = 0, seed = 'search' }: Case): LeastValue & {
  readonly runs: ReadonlyMap<number, number>
} {
  const stream = new Streams(seed).stream('noise')
  const noise = Array.from({ length: mostRuns }, () => sd * normalQuantile(stream.next() || 0.5))
  const runs = new Map<number, number>()
  const judge = (value: number): JudgedValue => {
    const tops = noise.slice(0, runs.get(value)).map((each) => means[value] + each)
    const moments = runMoments(
      'signed',
      tops,
      tops.map(() => 1),
    )
    return {
      score: 1 - meanOf(moments),
      kept: evidenceBelow(moments, 1),
      missed: evidenceAbove(moments, 1),
      needed: (level) => runsNeeded(moments, 1, level),
    }
  }
  const search = new LeastValueSearch({ size: means.length, confidence: 0.95, mostRuns, within, judge })
  for (let wanted = search.next(); wanted.length > 0; wanted = search.next()) {
    for (const each of wanted) {
      expect(each.runs).toBeGreaterThan(runs.get(each.value) ?? 0)
      runs.set(each.value, each.runs)
    }
    search.finished(wanted)
  }
  return { ...search.result(), runs }
}

const falling = (count: number, root: number, slope: number) =>
  Array.from({ length: count }, (_, value) => 1 + slope * (root - value))

test.each([0.5, 3.5, 17.5, 39.5])('the value above a crossing at %s of forty-one is found and proved', (root) => {
  const { end, kept, missed } = searched({ means: falling(41, root, 0.2), sd: 0.3 })
  expect({ end, kept, missed }).toEqual({ end: 'found', kept: Math.ceil(root), missed: Math.floor(root) })
})

test('only a few values are run', () => {
  const { runs } = searched({ means: falling(1001, 700.5, 0.2), sd: 0.3 })
  expect(runs.size).toBeLessThan(10)
})

describe('the ends of the range', () => {
  test('every value keeps the bound: the first one is found, and no value is known to miss', () => {
    expect(searched({ means: falling(9, -3, 0.2), sd: 0.3 })).toMatchObject({ end: 'found', kept: 0, missed: null })
  })
  test('no value keeps it', () => {
    expect(searched({ means: falling(9, 20, 0.2), sd: 0.3 })).toMatchObject({ end: 'none', kept: null, missed: 8 })
  })
  test('one value', () => {
    expect(searched({ means: [0.5], sd: 0.3 })).toMatchObject({ end: 'found', kept: 0 })
    expect(searched({ means: [1.5], sd: 0.3 })).toMatchObject({ end: 'none', missed: 0 })
  })
})

test('a mean at the bound stays undecided; what is next to it is proved', () => {
  const found = searched({ means: falling(41, 20, 0.2), sd: 0.3 })
  expect(found).toMatchObject({ end: 'undecided', kept: 21, missed: 19 })
  expect(found.needed).toBeGreaterThan(400)
})

test('`within` accepts what is open', () => {
  expect(searched({ means: falling(41, 20, 0.2), sd: 0.3, within: 1 })).toMatchObject({
    end: 'found',
    kept: 21,
    missed: 19,
  })
})

test('a figure that gets worse as the value grows ends in a contradiction, or undecided', () => {
  const means = Array.from({ length: 5 }, (_, value) => (value < 2 ? 0.5 : 1.5))
  expect(['contradiction', 'undecided', 'none']).toContain(searched({ means, sd: 0.3 }).end)
})

test.each([0, 0.95, 1])('confidence %s of a range of 0 is refused', (confidence) => {
  const judge = () => ({ score: 0, kept: 1, missed: 1, needed: () => Infinity })
  expect(() => new LeastValueSearch({ size: 0, confidence, mostRuns: 100, judge })).toThrow(RangeError)
  if (confidence !== 0.95)
    expect(() => new LeastValueSearch({ size: 1, confidence, mostRuns: 100, judge })).toThrow('between 0 and 1')
  else expect(() => new LeastValueSearch({ size: 1, confidence, mostRuns: 5, judge })).toThrow('fewer than 10')
})

describe('one level for all looks', () => {
  test.each([
    // S. J. Pocock, Biometrika 64 (1977), table 1: two-sided 5 % with so many looks at equal steps.
    [2, 2.178],
    [5, 2.413],
  ])('%s looks at equal steps: the bound is %s standard deviations', (looks, bound) => {
    const runs = Array.from({ length: looks }, (_, look) => look + 1)
    expect(-normalQuantile(levelOfLooks(runs, 0.025))).toBeCloseTo(bound, 3)
  })
  test('one look has the whole level; looks close together have more than those far apart, which share it', () => {
    expect(levelOfLooks([10], 0.025)).toBe(0.025)
    const [close, far] = [levelOfLooks([100, 120, 144], 0.025), levelOfLooks([1, 1e4, 1e8], 0.025)]
    expect(close).toBeGreaterThan(far)
    expect(far).toBeGreaterThanOrEqual(0.025 / 3)
    expect(far).toBeLessThan(0.0088)
  })
  test('looks that are not there, or a level that is none, are refused', () => {
    expect(() => levelOfLooks([], 0.025)).toThrow(RangeError)
    expect(() => levelOfLooks([10], 0.5)).toThrow(RangeError)
  })
})
