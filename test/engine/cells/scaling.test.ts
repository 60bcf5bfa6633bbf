import { expect, test } from 'vitest'
import { work } from '../../../bench/cells.ts'

test('the scaling bench does the same work on one thread and on two', async () => {
  const [one, two] = [await work(50, 20, 1), await work(50, 20, 2)]
  expect(two).toEqual({ ...one, windowNs: two.windowNs })
  expect(one.executed).toBeGreaterThan(1900)
})
