import { expect, test } from 'vitest'
import { birthDeath, erlangB, erlangC, expectation } from './formulas.ts'

// By the sums that define them: B = (a^n / n!) / sum (a^k / k!), C = n B / (n - a (1 - B)).
test.each([
  // servers, erlangs, blocked, delayed
  [1, 0.5, 1 / 3, 0.5],
  [2, 1, 1 / 5, 1 / 3],
  [3, 2, 4 / 19, 4 / 9],
  [5, 4, 128 / 643, 512 / 924],
])('%s servers and %s erlangs: B = %s, C = %s', (servers, load, blocked, delayed) => {
  expect(erlangB(servers, load)).toBeCloseTo(blocked, 14)
  expect(erlangC(servers, load)).toBeCloseTo(delayed, 14)
})

test('the printed tables give 10 lines 4.46 erlangs at 1 % and 100 lines 84.1 at 1 %', () => {
  expect(erlangB(10, 4.46)).toBeCloseTo(0.01, 4)
  expect(erlangB(100, 84.06)).toBeCloseTo(0.01, 4)
})

test('birth and death agree with Erlang: loss cut off at the servers, delay with a long queue', () => {
  const lossStates = birthDeath(
    7,
    () => 5,
    (n) => n,
  )
  expect(lossStates[7]).toBeCloseTo(erlangB(7, 5), 14)
  const delayStates = birthDeath(
    600,
    () => 5,
    (n) => Math.min(n, 7),
  )
  expect(expectation(delayStates, (n) => (n >= 7 ? 1 : 0))).toBeCloseTo(erlangC(7, 5), 12)
  expect(expectation(delayStates, (n) => Math.max(0, n - 7))).toBeCloseTo((5 * erlangC(7, 5)) / 2, 12)
})
