import { expect, test } from 'vitest'
import { MOST_POINTS, parseVaried, pointsOf } from '#reports/sweep/points.ts'

test.each<[string, string, readonly string[] | null]>([
  ['values', 'a.b=1,2', ['1', '2']],
  ['one value', 'a=1', ['1']],
  ['words with spaces around', 'a = refuse , queue', ['refuse', 'queue']],
  ['a range', 'a=80..100/8', ['80', '88', '96']],
  ['a range that meets its end', 'a=1..3/1', ['1', '2', '3']],
  ['commas inside of brackets', 'a={ x: [1, 2], y: 3 },5', ['{ x: [1, 2], y: 3 }', '5']],
  ['commas inside of quotes', `a="1,5",'2,5'`, ['"1,5"', "'2,5'"]],
  ['no place', '=1,2', null],
  ['no values', 'a', null],
  ['an empty value', 'a=1,,2', null],
  ['a value twice', 'a=1,2,1', null],
  ['a range that goes nowhere', 'a=1..3/0', null],
  ['a range backwards', 'a=3..1/1', null],
  ['a range without an end', `a=0..${MOST_POINTS}/1`, null],
])('%s: --vary %s', (_, text, values) => {
  expect(parseVaried(text)?.values ?? null).toEqual(values)
})

test('every combination is a point, the last place running fastest', () => {
  const points = pointsOf([
    { path: 'a', values: ['1', '2'] },
    { path: 'b', values: ['x', 'y'] },
  ])
  expect(points.map(({ sets }) => sets.join(' '))).toEqual(['a=1 b=x', 'a=1 b=y', 'a=2 b=x', 'a=2 b=y'])
  expect(points.map(({ label, x }) => [label, x])[1]).toEqual(['1, y', null])
  expect(pointsOf([{ path: 'a', values: ['1.5', 'z'] }]).map(({ x }) => x)).toEqual([1.5, null])
  expect(pointsOf([])).toEqual([{ sets: [], values: [], label: '', x: null }])
})

test('too many points are refused', () => {
  const values = Array.from({ length: 40 }, (_, index) => String(index))
  const three = ['a', 'b', 'c'].map((path) => ({ path, values }))
  expect(() => pointsOf(three)).toThrow('64000 points are more than 1000')
})
