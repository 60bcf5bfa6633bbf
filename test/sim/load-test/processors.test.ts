import { expect, test } from 'vitest'
import { kernelTimeIn, processorList, timesIn } from '#sim/load-test/processors.ts'

const stat = `cpu  300 0 60 700 20 4 6 10 50 0
cpu0 100 0 20 300 10 2 3 5 25 0
cpu1 200 0 40 400 10 2 3 5 25 0
intr 12345 1 2`

test.each([
  ['0-1', { total: 11_000, busy: 3_700 }],
  ['0', { total: 4_400, busy: 1_250 }],
  ['1', { total: 6_600, busy: 2_450 }],
  // A machine that shows no times says nothing of its use.
  ['7', null],
])('times of the processors %s, the guest`s within user', (list, times) => {
  expect(timesIn(stat, processorList(list))).toEqual(times)
})

/** `/proc/N/stat` of a thread: its name, its parent, ticks in a program and in the kernel, and its last processor. */
const threadStat = (name: string, parent: number, user: number, system: number, processor: number): string =>
  `17 (${name}) S ${parent} 0 0 0 -1 69238880 0 0 0 0 ${user} ${system} 0 0 20 0 1 0 12 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 ${processor} 0 0 0 0 0 0 0 0 0 0 0 0 0`

test.each<[string, string, number]>([
  ['a kernel thread that writes to the disk', threadStat('kworker/1:1H-kblockd', 2, 1, 645, 1), 6_460],
  ['one whose name has brackets', threadStat('a) (b', 2, 0, 10, 0), 100],
  ['one on a processor that this process may not use', threadStat('kworker/2:0', 2, 0, 10, 2), 0],
  ['a program', threadStat('node', 1, 500, 100, 1), 0],
  ['a thread that has ended', '', 0],
])('time of the kernel`s threads, which no program took: %s', (_, text, time) => {
  expect(kernelTimeIn(text, [0, 1])).toBe(time)
})

test('a list of processors is of single ones and of ranges', () => {
  expect(processorList('0-2,5,8-9')).toEqual([0, 1, 2, 5, 8, 9])
})
