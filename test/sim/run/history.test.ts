/**
 * One scenario and one seed give one history, again in the same process; `npm run histories` proves it of the whole
 * library, against recorded digests and on any number of threads.
 */
import { expect, test } from 'vitest'
import { digestOf, withRun } from './library-run.ts'

test('a history is the same a second time in the same process', async () => {
  expect(await digestOf('quickstart', { days: 2 })).toBe(await digestOf('quickstart', { days: 2 }))
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
