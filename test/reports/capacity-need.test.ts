/** The capacity for a target: Erlang B, Kaufman-Roberts, Hayward, a replay, or no number and why. */
import { expect, test } from 'vitest'
import { log } from '#engine/mathematics/logarithm.ts'
import { refusalRates } from '#engine/queueing/loss-system.ts'
import { Streams } from '#engine/random/streams.ts'
import { capacityNeed, type Situation } from '#reports/capacity/need.ts'
import { type Requests, replayed, replayedUnits } from '#reports/capacity/offered.ts'
import { meanLife, offeredLoad } from '#reports/capacity/offered-load.ts'
import { erlangB, unitsFor } from '../engine/theory/formulas.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Batches of requests at random instants, of random lives of mean 1 h. */
function drawn(
  seed: string,
  days: number,
  perHour: (hour: number) => number,
  sizes: readonly number[],
  batch = 1,
): Requests {
  const stream = new Streams(seed).stream('requests')
  const list: { at: number; units: number; life: number }[] = []
  const most = Math.max(...Array.from({ length: 24 }, (_, hour) => perHour(hour)))
  for (let at = 0; ; ) {
    at += (-HOUR / most) * log(1 - stream.next())
    if (at >= days * DAY) break
    const kept = stream.next() * most < perHour(Math.floor(at / HOUR) % 24)
    for (let each = 0; each < batch; each++) {
      const units = sizes[stream.below(sizes.length)]
      const life = -HOUR * log(1 - stream.next())
      if (kept) list.push({ at, units, life })
    }
  }
  return {
    at: Float64Array.from(list, ({ at }) => at),
    units: Int32Array.from(list, ({ units }) => units),
    life: Float64Array.from(list, ({ life }) => life),
    refused: 0,
    guessed: 0,
    restarts: false,
  }
}

const situation = (requests: Requests, days: number, load: number, more: Partial<Situation> = {}): Situation => ({
  ...{ requests, from: 0, end: days * DAY, utcOffset: 0, capacity: 1_000_000, load, target: 0.01, queues: false },
  ...more,
})

test('a replay refuses what does not fit, and finds the units by hand', () => {
  const requests: Requests = {
    at: Float64Array.of(0, 1, 2, 10),
    units: Int32Array.of(2, 1, 2, 3),
    life: Float64Array.of(10, 5, 5, 1),
    refused: 0,
    guessed: 0,
    restarts: false,
  }
  expect([2, 3, 4, 5].map((units) => replayed(requests, units))).toEqual([0.75, 0.25, 0.25, 0])
  expect(replayedUnits(requests, 0.3)).toBe(3)
  expect(replayedUnits(requests, 0.2)).toBe(5)
})

test('random requests of one unit: what Erlang B says of the load', () => {
  const requests = drawn('erlang', 120, () => 20, [1])
  const need = capacityNeed(situation(requests, 120, 20, { capacity: 30 }))
  expect(need).toMatchObject({ model: 'Erlang B', why: '', units: unitsFor(20, 0.01), busyLoad: 20 })
  expect(need.refusalRate).toBeCloseTo(erlangB(30, 20), 9)
  expect(Math.abs((need.peakedness ?? 0) - 1)).toBeLessThan(0.2)
  expect(Math.abs((need.replayed ?? 0) - 30)).toBeLessThanOrEqual(2)
})

test('random requests of several units: what Kaufman and Roberts say', () => {
  const requests = drawn('sizes', 120, () => 6, [1, 2, 16])
  const need = capacityNeed(situation(requests, 120, (6 * 19) / 3))
  const classes = [1, 2, 16].map((units) => ({ units, load: 2, rate: 2 }))
  const exact = refusalRates(classes, 200).findIndex((rate) => rate <= 0.01)
  expect(need.model).toBe('Kaufman-Roberts')
  expect(Math.abs((need.units ?? 0) / exact - 1)).toBeLessThan(0.1)
  expect(Math.abs((need.replayed ?? 0) / exact - 1)).toBeLessThan(0.15)
})

test('requests in bursts: Hayward by their peakedness, near to what a replay takes', () => {
  const requests = drawn('bursts', 200, () => 1, [1], 20)
  const need = capacityNeed(situation(requests, 200, 20))
  // Batches of 20 with exponential lives have a peakedness of 1 + 19 / 2.
  expect(Math.abs((need.peakedness ?? 0) / 10.5 - 1)).toBeLessThan(0.35)
  expect(need.model).toBe('Erlang B, Hayward')
  expect((need.units ?? 0) / (need.replayed ?? 1)).toBeGreaterThan(0.67)
  expect((need.units ?? 0) / (need.replayed ?? 1)).toBeLessThan(1.5)
})

test('a busy hour of the day counts, not the mean', () => {
  const requests = drawn('day', 60, (hour) => (hour === 14 ? 60 : 4), [1])
  const need = capacityNeed(situation(requests, 60, 152 / 24))
  expect(need.busyLoad).toBeGreaterThan(3 * need.averageLoad)
  expect(need.units ?? need.why).not.toBe(unitsFor(152 / 24, 0.01))
})

test.each([
  ['too few requests', { requests: drawn('few', 1, () => 2, [1]) }, 'fewer than 100 requests'],
  ['orders that wait', { queues: true }, 'orders wait for units, so this is not a loss system'],
  [
    'restarts',
    { requests: { ...drawn('r', 60, () => 10, [1]), restarts: true } },
    'servers release their units and request them again',
  ],
  [
    'a pool that missed the target with more units than the model gives enough',
    { requests: { ...drawn('missed', 60, () => 10, [1]), refused: 1000 }, capacity: 30 },
    'the model gives 18 enough, but 30 refused 7.1 %',
  ],
])('%s: no number, and why', (_, more: Partial<Situation>, why) => {
  const need = capacityNeed(
    situation(
      drawn('plain', 60, () => 10, [1]),
      60,
      10,
      more,
    ),
  )
  expect(need.units).toBeNull()
  expect(need.why.replace(/refused .*/, '')).toBe(why.replace(/refused .*/, ''))
})

test('no replay where requests of sizes that were never admitted decide the target: so their lifetimes are unknown', () => {
  const requests = drawn('sizes', 120, () => 6, [1, 2, 16])
  const [few, many] = [0.009, 0.011].map((share) =>
    capacityNeed(situation({ ...requests, guessed: Math.round(share * requests.at.length) }, 120, (6 * 19) / 3)),
  )
  expect(few).toMatchObject({ why: '', replayed: expect.any(Number) })
  expect(many).toMatchObject({ units: few.units, replayed: null })
  expect(many.why).toContain('1.1 % of the requests have a size that was never admitted')
})

/** A pool that begins empty, whose answer is known: random requests of one unit, refused when all units are taken. */
function lossSystem(
  seed: string,
  { load, life, capacity, time }: Record<'load' | 'life' | 'capacity' | 'time', number>,
) {
  const stream = new Streams(seed).stream('requests')
  const lives: { units: number; ms: number; ended: boolean }[] = []
  const at: number[] = []
  let held = 0
  let ends: number[] = []
  const random = (): number => -log(1 - stream.next())
  for (let now = (random() * life) / load; now < time; now += (random() * life) / load) {
    const stays = random() * life
    at.push(now)
    ends = ends.filter((end) => end > now)
    if (ends.length === capacity) continue
    ends.push(now + stays)
    lives.push({ units: 1, ms: Math.min(stays, time - now), ended: now + stays <= time })
    held += Math.min(stays, time - now)
  }
  const offered = at.length / lives.length
  return { units: new Int32Array(at.length).fill(1), lives, heldLoad: (held / time) * offered }
}

test.each([
  ['18 units, 12 erlangs, 72 lives', { load: 12, life: 1, capacity: 18, time: 72 }, 0.005, 0.03],
  ['60 units, 100 erlangs, 5 lives', { load: 100, life: 24, capacity: 60, time: 120 }, 0.13, 0.22],
])('the load of a pool that begins empty is that of Erlang: %s', (_, system, least, most) => {
  const seeds = Array.from({ length: 300 }, (_seed, seed) => lossSystem(`load ${seed}`, system))
  const mean = (of: (run: (typeof seeds)[number]) => number): number =>
    seeds.reduce((sum, run) => sum + of(run), 0) / seeds.length / system.load
  // Four standard errors of 300 runs.
  expect(Math.abs(mean(({ units, lives }) => offeredLoad(units, lives, system.time) ?? 0) - 1)).toBeLessThan(0.02)
  // What the pool held is less, because it had to fill up first.
  expect(1 - mean(({ heldLoad }) => heldLoad)).toBeGreaterThan(least)
  expect(1 - mean(({ heldLoad }) => heldLoad)).toBeLessThan(most)
})

test('the mean of lives of which some are cut off, by hand', () => {
  const life = (ms: number, ended = true) => ({ units: 1, ms, ended })
  expect(meanLife([life(2), life(4), life(6)])).toBe(4)
  // After 2 of three one is cut off: of the two left one ends at 4 and one at 6, each for 1/3 and a half of the third.
  expect(meanLife([life(1, false), life(2), life(6)])).toBeCloseTo(0.5 * 2 + 0.5 * 6, 12)
  // Half are left after 3: an exponential tail of 3 / ln 2.
  expect(meanLife([life(3), life(3, false)])).toBeCloseTo(3 + (0.5 * 3) / log(2), 12)
  expect(meanLife([life(3, false), life(3, false), life(1)])).toBeUndefined()
  expect(meanLife([])).toBeUndefined()
})

test('the capacity that is needed follows the load of the requests where the pool began empty', () => {
  const requests = drawn('fills', 4, () => 20, [1])
  const lives = Array.from(requests.life, (ms) => ({ units: 1, ms, ended: true }))
  const empty = capacityNeed(situation({ ...requests, lives }, 4, 10))
  const filled = capacityNeed(situation({ ...requests, lives }, 4, 10, { isFilled: true }))
  expect(filled.averageLoad).toBe(10)
  expect(empty.averageLoad).toBeGreaterThan(18)
})
