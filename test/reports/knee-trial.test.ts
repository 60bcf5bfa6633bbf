/** A trial of the search for the knee is judged by its typical second. */
import { expect, test } from 'vitest'
import { judgeLoad, judgeTrial, parseLoadThreshold } from '#reports/load-test/thresholds.ts'
import type { LoadOutcome } from '#sim/load-test/load-test.ts'
import { Measurements } from '#sim/load-test/measurements.ts'

/** A trial in which, of 1,000 operations of each second, the given number took 60 ms and the others 1 ms. */
function trial(slow: readonly number[]): LoadOutcome {
  const measurements = new Measurements(1_000)
  for (const [second, late] of slow.entries())
    for (let operation = 0; operation < 1_000; operation++) {
      const due = second * 1_000 + operation
      measurements.cameDue('settle', due, 0)
      measurements.wasDone('settle', due, due, due + (operation < late ? 60 : 1), false)
    }
  return { measurements, duration: slow.length * 1_000 } as unknown as LoadOutcome
}

const target = parseLoadThreshold('p99<10ms')
const ofSettle = parseLoadThreshold('latency.p99{op=settle}<10ms')

test.each<[string, readonly number[], boolean, boolean]>([
  ['no slow operations', [0, 0, 0, 0, 0], true, true],
  ['one stall, more than 1 % of the trial', [60, 0, 0, 0, 0], false, true],
  ['stalls in two of five seconds', [60, 0, 60, 0, 0], false, true],
  ['stalls in three of five seconds', [60, 0, 60, 60, 0], false, false],
  ['stalls in two of four seconds', [60, 60, 0, 0], false, false],
  ['two seconds are too few for a typical one', [60, 0], false, false],
])('%s', (_, slow, whole, typical) => {
  const outcome = trial(slow)
  expect(judgeLoad(outcome, target).passed).toBe(whole)
  expect(judgeTrial(outcome, target).passed).toBe(typical)
  expect(judgeTrial(outcome, ofSettle).passed).toBe(typical)
})

test('the value is that of the typical second; a figure without seconds is judged over the whole trial', () => {
  const outcome = trial([60, 0, 0, 0, 0])
  expect(judgeTrial(outcome, target)).toMatchObject({ shown: '1.00 ms' })
  expect(judgeTrial(outcome, parseLoadThreshold('done>=5k'))).toEqual(
    judgeLoad(outcome, parseLoadThreshold('done>=5k')),
  )
})
