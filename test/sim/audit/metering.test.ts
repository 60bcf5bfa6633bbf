import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR } from '#sim/audit/civil-time.ts'
import type { Instance } from '#sim/audit/facts.ts'
import { InstanceMeter, type MeteredLine } from '#sim/audit/metering.ts'
import { Premises } from '#sim/audit/premises.ts'
import { NO_SPANS } from '#sim/audit/usage-spans.ts'
import { vocabularyOf } from '#sim/audit/vocabulary.ts'
import { wordNumber } from '#sim/market/words.ts'
import { at } from './small-facts.ts'
import { scratchFolder, smallRecord } from './small-record.ts'

const start = at('03-01 00:00')

/** The small record's premises with other images: 1 and 2 are of one product, 3 of another, at 0.05, 0.07, 0.11. */
function premisesOf(policies: Readonly<Record<string, unknown>>): Premises {
  const path = smallRecord(scratchFolder(), policies)
  const database = new Sqlite(path)
  database.exec(`
    UPDATE specifications SET billing = 'pay-per-use', product_id = 1, hourly = 700000000 WHERE id = 2;
    UPDATE specifications SET billing = 'pay-per-use', product_id = 2, hourly = 1100000000 WHERE id = 3`)
  const premises = new Premises(database)
  database.close()
  return premises
}

const serverOf = (steps: readonly (readonly [ms: number, state: string, specification: number])[]): Instance => ({
  id: 1,
  at: start,
  order: 1,
  pool: 1,
  specification: 1,
  lifetime: -1,
  billing: wordNumber('pay-per-use'),
  spans: NO_SPANS,
  faults: [],
  steps: steps.map(([ms, state, specification]) => ({
    at: start + ms,
    event: 0,
    from: 0,
    to: wordNumber(state),
    specification,
  })),
})

/** Lines hour by hour: `item what hour: seconds`. */
function hourly(lines: readonly MeteredLine[]): string[] {
  const rows: string[] = []
  for (const { item, priced, firstHour, hours, seconds } of lines)
    for (let index = 0; index < hours; index++)
      rows.push(
        `${item === wordNumber('ecs') ? 'ecs' : 'image'} ${priced} ${(firstHour - start) / HOUR + index}: ${seconds}`,
      )
  return rows.sort()
}

/** Second by second: 12 hours, a server that changes at whole milliseconds. */
function naive(server: Instance, whenStopped: boolean): string[] {
  const rows = new Map<string, number>()
  const used = (key: string, seconds: number) => rows.set(key, (rows.get(key) ?? 0) + seconds)
  for (const [index, { at: from, to, specification }] of server.steps.entries()) {
    const until = server.steps[index + 1]?.at ?? from
    const word = [wordNumber('running'), wordNumber('stopped')].indexOf(to)
    if (word < 0 || from === until) continue
    const [a, b] = [from - start, until - start]
    // Second s of the run belongs to the interval that holds it once both ends are rounded down to their second.
    if (word === 0)
      for (let s = Math.floor(a / 1000); s < Math.floor(b / 1000); s++) used(`ecs 1 ${Math.floor(s / 3600)}`, 1)
    if (word === 0 || whenStopped)
      for (let hour = Math.floor(a / HOUR); hour * HOUR < b; hour++)
        used(`product ${specification === 3 ? 2 : 1} ${hour}:${specification}`, 0)
  }
  const firsts = new Map<string, string>()
  for (const key of rows.keys()) {
    const [product, image] = key.split(':')
    if (image !== undefined && !firsts.has(product)) firsts.set(product, image)
  }
  const images = [...firsts].map(([product, image]) => `image ${image} ${product.split(' ')[2]}: 3600`)
  return [...[...rows].filter(([key]) => key.startsWith('ecs')).map(([key, s]) => `${key}: ${s}`), ...images].sort()
}

test('U-01..U-03, U-06: against a meter that counts seconds', () => {
  const meters = [true, false].map((billed) => {
    const premises = premisesOf({ 'image.whenStopped': billed ? 'billed' : 'free' })
    return { billed, meter: new InstanceMeter(premises, vocabularyOf(premises)) }
  })
  const moment = fc.oneof(
    fc.integer({ min: 0, max: 12 * HOUR }),
    fc.integer({ min: 0, max: 12 }).map((hour) => hour * HOUR),
  )
  const state = fc.constantFrom('running', 'running', 'stopped', 'suspended')
  const life = fc
    .array(fc.tuple(moment, state, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 10 })
    .map((steps) => steps.sort((a, b) => a[0] - b[0]))
  fc.assert(
    fc.property(life, (steps) => {
      const server = serverOf([...steps, [Math.max(12 * HOUR, steps.at(-1)?.[0] ?? 0), 'deleted', 1]])
      for (const { billed, meter } of meters) expect(hourly(meter.lines(server, []))).toEqual(naive(server, billed))
    }),
    { numRuns: 150 },
  )
})

test('U-03, U-07: A, B, A is A once and B once; the price is that of the first use, or by policy the last', () => {
  const server = serverOf([
    [0, 'running', 1],
    [600_000, 'running', 3],
    [1_200_000, 'running', 2],
    [1_800_000, 'deleted', 2],
  ])
  const images = (policies: Readonly<Record<string, unknown>>) => {
    const premises = premisesOf(policies)
    return hourly(new InstanceMeter(premises, vocabularyOf(premises)).lines(server, [])).filter((row) =>
      row.startsWith('image'),
    )
  }
  expect(images({})).toEqual(['image 1 0: 3600', 'image 3 0: 3600'])
  expect(images({ 'image.priceAt': 'last' })).toEqual(['image 2 0: 3600', 'image 3 0: 3600'])
  expect(images({ 'image.key': 'image' })).toEqual(['image 1 0: 3600', 'image 2 0: 3600', 'image 3 0: 3600'])
  expect(images({ 'image.granularity': 'second' })).toEqual(['image 1 0: 1200', 'image 3 0: 600'])
})

test('U-01: by policy a started hour is a whole one, even if less than a second of it is used', () => {
  const premises = premisesOf({ 'ecs.granularity': 'hour-ceil' })
  const server = serverOf([
    [HOUR - 500, 'running', 1],
    [HOUR + 400, 'deleted', 1],
  ])
  const lines = hourly(new InstanceMeter(premises, vocabularyOf(premises)).lines(server, []))
  expect(lines).toEqual(['ecs 1 0: 3600', 'ecs 1 1: 3600', 'image 1 0: 3600', 'image 1 1: 3600'])
})

test('five weeks of use are one line each', () => {
  const premises = premisesOf({})
  const server = serverOf([[0, 'running', 1]])
  const lines = new InstanceMeter(premises, vocabularyOf(premises)).lines(server, [])
  expect(lines.map(({ hours, seconds }) => [hours, seconds])).toEqual([
    [852, 3600],
    [852, 3600],
  ])
})
