import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignCells } from '#engine/cells/assign.ts'

const ofThreads = (loads: readonly number[], firsts: readonly number[]): number[][] =>
  firsts.slice(1).map((end, thread) => loads.slice(firsts[thread], end))
const sum = (loads: readonly number[]): number => loads.reduce((all, load) => all + load, 0)

test.each([
  {
    loads: [4, 5, 4, 3, 2, 1],
    threads: 2,
    assigned: [
      [4, 5],
      [4, 3, 2, 1],
    ],
  },
  { loads: [4, 5, 4, 3, 2, 1], threads: 3, assigned: [[4], [5, 4], [3, 2, 1]] },
  {
    loads: [1, 1, 1, 1, 1, 1, 1],
    threads: 3,
    assigned: [
      [1, 1],
      [1, 1],
      [1, 1, 1],
    ],
  },
  { loads: [9, 1, 1, 1], threads: 2, assigned: [[9], [1, 1, 1]] },
  { loads: [0, 0, 0], threads: 3, assigned: [[0], [0], [0]] },
  { loads: [7], threads: 1, assigned: [[7]] },
])('cells of loads $loads on $threads threads: $assigned', ({ loads, threads, assigned }) => {
  expect(ofThreads(loads, assignCells(loads, threads))).toEqual(assigned)
})

/** The least greatest load of a thread, by trying every way to cut the cells. */
function leastGreatest(loads: readonly number[], threads: number): number {
  if (threads === 1) return sum(loads)
  let least = Number.POSITIVE_INFINITY
  for (let first = 1; first <= loads.length - threads + 1; first++)
    least = Math.min(least, Math.max(sum(loads.slice(0, first)), leastGreatest(loads.slice(first), threads - 1)))
  return least
}

test('each thread has a cell, and no other way to cut has a smaller greatest load', () => {
  const cells = fc.array(fc.nat(50), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(cells, fc.integer({ min: 1, max: 4 }), (loads, most) => {
      const threads = Math.min(most, loads.length)
      const assigned = ofThreads(loads, assignCells(loads, threads))
      expect(assigned.flat()).toEqual(loads)
      expect(assigned).toHaveLength(threads)
      expect(assigned.every((own) => own.length > 0)).toBe(true)
      expect(Math.max(...assigned.map(sum))).toBe(leastGreatest(loads, threads))
    }),
  )
})

test('equal cells: no thread has two more than another', () => {
  for (let cells = 1; cells < 20; cells++)
    for (let threads = 1; threads <= cells; threads++) {
      const sizes = ofThreads(new Array(cells).fill(1), assignCells(new Array(cells).fill(1), threads)).map(sum)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }
})
