import { expect, test } from 'vitest'
import { InputError } from '#base/input-error.ts'
import { lasting, parseLoadDuration, parseLoadRate, parseStages, perSecond } from '#sim/load-test/rate.ts'
import { EvenSchedule } from '#sim/load-test/schedule.ts'

test.each([
  ['50k/s', 50_000],
  ['50k', 50_000],
  ['1.5M/s', 1_500_000],
  ['2000', 2_000],
  ['600/min', 10],
  ['36k/h', 10],
  ['0.5/s', 0.5],
])('the rate %s is %d a second', (text, rate) => {
  expect(perSecond(parseLoadRate(text))).toBe(rate)
})

test.each([
  ['30s', 30_000],
  ['2m', 120_000],
  ['2min', 120_000],
  ['1m30s', 90_000],
  ['500ms', 500],
])('the duration %s is %d ms', (text, duration) => {
  expect(parseLoadDuration(text)).toBe(duration)
})

test.each([
  [() => parseLoadRate('fast'), /'fast' is not a rate/, /50k\/s/],
  [() => parseLoadRate('-5/s'), /not a rate/, /50k\/s/],
  [() => parseLoadRate('0/s'), /never makes a request/, /above 0/],
  [() => parseLoadRate('101M/s'), /more than 100 million/, /lower/],
  [() => parseLoadDuration('soon'), /'soon' is not a duration/, /2m/],
  [() => parseLoadDuration('0s'), /not a duration/, /2m/],
  [() => parseStages('10k'), /stage 1, '10k', is not RATE:DURATION/, /10k:30s/],
  [() => parseStages('10k:30s,5k:6q'), /stage 2: '6q' is not a duration/, /30s/],
  [() => parseStages('10k:30s,,5k:6s'), /stage 2, ''/, /10k:30s/],
])('%o is refused with a hint how to fix it', (read, what, hint) => {
  const fault = (() => {
    try {
      return read()
    } catch (error) {
      return error
    }
  })()
  expect(fault).toBeInstanceOf(InputError)
  expect((fault as InputError).message).toMatch(what)
  expect((fault as InputError).hint).toMatch(hint)
})

test('stages ask for exactly as many operations as their rates and durations say, evenly spaced', () => {
  const schedule = new EvenSchedule(parseStages('10/s:1s,4/s:500ms,1k:2s'))
  expect(schedule.count).toBe(10 + 2 + 2_000)
  expect(schedule.duration).toBe(3_500)
  expect([0, 1, 9, 10, 11, 12, 13].map((number) => schedule.dueAt(number))).toEqual([
    0, 100, 900, 1_000, 1_250, 1_500, 1_501,
  ])
  expect(schedule.dueAt(schedule.count)).toBe(Number.POSITIVE_INFINITY)
  expect(schedule.peak).toBe(1_000)
})

test('as many operations are due by an instant as have their due time up to it', () => {
  const schedule = new EvenSchedule(parseStages('3/s:2s,7/s:1s'))
  for (const instant of [-1, 0, 1, 333, 334, 999.9, 1_000, 1_999, 2_000, 2_142, 2_143, 2_999, 3_000, 9_000]) {
    const due = Array.from({ length: schedule.count }, (_, number) => schedule.dueAt(number))
    expect(schedule.dueBy(instant)).toBe(due.filter((each) => each <= instant).length)
  }
})

test.each([
  [5_000, ['10k:1s', '20k:4s']],
  [1_500, ['10k:1s', '20k:500ms']],
  [800, ['10k:800ms']],
])('stages fitted to %d ms extend the last rate, or are cut off', (duration, kept) => {
  expect(lasting(parseStages('10k:1s,20k:2s'), duration)).toEqual(parseStages(kept.join(',')))
})
