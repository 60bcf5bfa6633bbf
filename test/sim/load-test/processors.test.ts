import { expect, test } from 'vitest'
import { processorList, timesIn } from '#sim/load-test/processors.ts'

const stat = `cpu  300 0 60 700 20 4 6 10 50 0
cpu0 100 0 20 300 10 2 3 5 25 0
cpu1 200 0 40 400 10 2 3 5 25 0
intr 12345 1 2`

test.each([
  ['0-1', { total: 11_000, busy: 3_800 }],
  ['0', { total: 4_400, busy: 1_300 }],
  ['1', { total: 6_600, busy: 2_500 }],
  // A machine that shows no times says nothing of its use.
  ['7', null],
])('times of the processors %s, the guest`s within user', (list, times) => {
  expect(timesIn(stat, processorList(list))).toEqual(times)
})

test('a list of processors is of single ones and of ranges', () => {
  expect(processorList('0-2,5,8-9')).toEqual([0, 1, 2, 5, 8, 9])
})
