/**
 * One scenario and one seed give one history: on any number of threads, again in the same process, on any machine.
 * `npm run histories` proves it of the whole library at full length.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { digestOf, withRun } from './library-run.ts'

/** The digests of the library. A change here is a change of history: the change log says which and why. */
const digests = JSON.parse(readFileSync(new URL('./digests.json', import.meta.url), 'utf8')) as Record<string, string>

test('quickstart has its history on 1, 2 and 4 threads, and a second time in the same process', async () => {
  for (const threads of [1, 2, 4, 4]) expect(await digestOf('quickstart', { threads })).toBe(digests.quickstart)
})

test.each([...Object.keys(digests).filter((name) => name !== 'quickstart'), 'metropolis'])(
  '%s has one history on 1 and 2 threads, here of its first two days',
  async (name) => {
    expect(await digestOf(name, { threads: 2, days: 2 })).toBe(await digestOf(name, { threads: 1, days: 2 }))
  },
)

test('another seed is another history', async () => {
  expect(await digestOf('quickstart', { seed: '43', days: 2 })).not.toBe(await digestOf('quickstart', { days: 2 }))
})

test('nasa-ipsc: 128 servers refuse a few in the first five weeks', async () => {
  await withRun(
    'nasa-ipsc',
    { sets: ['regions.ames.zones.ames-1.pools.i860.capacity=128', 'end=1993-11-06T00:00:00-07:00'] },
    ({ differences }, ask) => {
      const refused = ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'capacity-sold-out' AND rule = 'E-02'")
      expect(refused).toBeGreaterThan(0)
      expect(refused).toBeLessThan(200)
      expect(ask('SELECT MAX(peak) FROM pool_hours')).toBeLessThanOrEqual(128)
      expect(differences).toBe(0)
    },
  )
})
