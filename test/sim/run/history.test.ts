/**
 * One scenario and one seed give one history: on any number of threads, again in the same process, on any machine.
 * `npm run histories` proves it of the whole library.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { digestOf, withRun } from './library-run.ts'

/** The digests of the library. A change here is a change of history: the change log says which and why. */
const digests = JSON.parse(readFileSync(new URL('./digests.json', import.meta.url), 'utf8')) as Record<string, string>

test('quickstart has its recorded history on two threads', async () => {
  expect(await digestOf('quickstart', { threads: 2 })).toBe(digests.quickstart)
})

test('a history is the same a second time in the same process', async () => {
  expect(await digestOf('quickstart', { days: 2 })).toBe(await digestOf('quickstart', { days: 2 }))
})

test('metropolis has one history on 1 and 2 threads, here of its first hours', async () => {
  const days = 0.05
  expect(await digestOf('metropolis', { threads: 2, days })).toBe(await digestOf('metropolis', { threads: 1, days }))
})

test('another seed is another history', async () => {
  expect(await digestOf('quickstart', { seed: '43', days: 1 })).not.toBe(await digestOf('quickstart', { days: 1 }))
})

test('nasa-ipsc: 64 servers refuse some jobs of the first days', async () => {
  await withRun(
    'nasa-ipsc',
    { sets: ['regions.ames.zones.ames-1.pools.i860.capacity=64', 'end=1993-10-05T00:00:00-07:00'] },
    ({ differences }, ask) => {
      expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'capacity-sold-out' AND rule = 'E-02'")).toBe(132)
      expect(ask('SELECT COUNT(*) FROM refusals')).toBe(132)
      expect(ask('SELECT COUNT(*) FROM orders')).toBe(330)
      expect(ask('SELECT MAX(peak) FROM pool_hours')).toBe(64)
      expect(differences).toBe(0)
    },
  )
})
