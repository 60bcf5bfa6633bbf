import { expect, test } from 'vitest'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { Streams } from '#engine/random/streams.ts'
import { batchMeans } from '#engine/statistics/batch-means.ts'
import { covers, meanInterval } from '#engine/statistics/confidence.ts'
import { TooFewObservations } from '#engine/statistics/effective-size.ts'
import { pairedDifference } from '#engine/statistics/paired.ts'
import { replicationDeletion } from '#engine/statistics/replication.ts'
import { replicateUntil } from '#engine/statistics/sequential.ts'
import { Tally } from '#engine/statistics/tally.ts'
import { wilson } from '#engine/statistics/wilson.ts'
import { LITTLE, type Model } from '../../engine/theory/model.ts'
import { models } from '../../engine/theory/registry.ts'
import { isShort } from '../effort.ts'

const REPETITIONS = 1000
/** Of whole models, which take longer. */
const MODEL_REPETITIONS = isShort ? 250 : REPETITIONS

/** How many of 1,000 repetitions, each with streams of its own, have a 95 % interval that holds the truth. */
function coverage(seed: string, holds: (streams: Streams) => boolean): number {
  let held = 0
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    if (holds(new Streams(`coverage/${seed}`, repetition))) held++
  }
  return held
}

/** Within 2.9 standard deviations of 95 %. */
function expectNominal(held: number, repetitions = REPETITIONS): void {
  const margin = 2.9 * Math.sqrt((0.95 * 0.05) / repetitions)
  expect(held / repetitions).toBeGreaterThanOrEqual(0.95 - margin)
  expect(held / repetitions).toBeLessThanOrEqual(0.95 + margin)
}

// Long enough that what a finite run is off by stays far below its half-width.
test.each(
  isShort
    ? [['M/M/10/10', 200] as const]
    : ([
        ['M/M/10/10', 200],
        ['M/M/5+M', 300],
        ['machine repair', 300],
      ] as const),
)('ten replications of %s with %s arrivals, every quantity', (name, size) => {
  const model = models.find((each) => each.name.startsWith(name)) as Model
  const theory = Object.entries(model.theory()).filter(([quantity]) => quantity !== LITTLE)
  const held = new Map(theory.map(([quantity]) => [quantity, 0]))
  for (let repetition = 0; repetition < MODEL_REPETITIONS; repetition++) {
    const runs = Array.from({ length: 10 }, (_, i) => model.simulate(size, new Streams(name, 10 * repetition + i)))
    for (const [quantity, truth] of theory) {
      const tally = new Tally()
      for (const run of runs) tally.add(run[quantity])
      if (covers(meanInterval(tally), truth)) held.set(quantity, held.get(quantity)! + 1)
    }
  }
  for (const count of held.values()) expectNominal(count, MODEL_REPETITIONS)
})

test('Wilson intervals of 120 trials with chance 0.15', () => {
  const held = coverage('wilson', (streams) => {
    const stream = streams.stream('trials')
    let successes = 0
    for (let i = 0; i < 120; i++) if (stream.next() < 0.15) successes++
    const { low, high } = wilson(successes, 120)
    return low <= 0.15 && 0.15 <= high
  })
  expectNominal(held)
})

test.each([
  ['as they are', false],
  ['widened for the rushes that a run may not have seen', true],
])('twenty batch means of an autoregressive run, x = x/2 + noise, %s', (_, isChecked) => {
  const held = coverage('batch means', (streams) => {
    const stream = streams.stream('noise')
    let x = normalQuantile(stream.next() || 0.5) / Math.sqrt(0.75)
    const run = Float64Array.from({ length: 3000 }, () => (x = x / 2 + normalQuantile(stream.next() || 0.5)))
    return covers(batchMeans(run, 20, 0.95, isChecked), 0)
  })
  // Such a run has no rushes: what is widened covers more than it promises.
  if (isChecked) expect(held / REPETITIONS).toBeGreaterThanOrEqual(0.93)
  else expectNominal(held)
})

test('paired differences: a third slower by 0.25 under the same noise', () => {
  const held = coverage('pairs', (streams) => {
    const stream = streams.stream('noise')
    const draw = () => normalQuantile(stream.next() || 0.5)
    const fast = Float64Array.from({ length: 12 }, draw)
    const slow = fast.map((x) => x + 0.25 + draw() / 3)
    return covers(pairedDifference(slow, fast), 0.25)
  })
  expectNominal(held)
})

test('replication/deletion: ten short runs of an autoregressive sequence that starts far off', () => {
  const repetitions = 300
  let held = 0
  let made = 0
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const stream = new Streams('coverage/replication', repetition).stream('noise')
    const runs = Array.from({ length: 10 }, () => {
      let x = 10
      return Float64Array.from({ length: 500 }, () => (x = x / 2 + normalQuantile(stream.next() || 0.5)))
    })
    try {
      if (covers(replicationDeletion(runs), 0)) held++
      made++
    } catch (error) {
      // Now and then MSER-5 deletes nearly all of it.
      expect(error).toBeInstanceOf(TooFewObservations)
    }
  }
  expect(made).toBeGreaterThan(0.97 * repetitions)
  // Within four standard deviations of 95 %.
  expect(held).toBeGreaterThanOrEqual(0.9 * made)
  expect(held).toBeLessThan(made)
})

test('sequential stopping: replications of a normal mean until it is known to a tenth', () => {
  let replications = 0
  const held = coverage('sequential', (streams) => {
    const stream = streams.stream('noise')
    const found = replicateUntil({ relative: 0.1 }, () => 1 + 0.4 * normalQuantile(stream.next() || 0.5))
    replications += found.count
    return covers(found, 1)
  })
  expectNominal(held)
  expect(replications / REPETITIONS).toBeGreaterThan(60)
})
