import { expect, test } from 'vitest'
import { PhaseClock, paceOf } from '#cli/phase-clock.ts'

test('phases take what passes until the next begins, and what comes after the end counts for none', () => {
  let now = 1_000
  const clock = new PhaseClock(() => now)
  expect(clock.seconds).toEqual({})
  for (const [phase, until] of [
    ['simulating', 3_500],
    ['simulating', 4_000],
    ['recording', 4_750],
    ['auditing', 4_750],
    ['reporting', 5_000],
  ] as const) {
    clock.enter(phase)
    now = until
  }
  clock.end()
  now = 9_000
  clock.end()
  expect(clock.seconds).toEqual({ simulating: 3, recording: 0.75, auditing: 0, reporting: 0.25 })
})

test('the pace is that of market events until they are recorded, audit and reports aside', () => {
  expect(paceOf(30_000, { simulating: 3, recording: 0.75, auditing: 50, reporting: 50 })).toBe(8_000)
  expect(paceOf(0, {})).toBe(0)
})
