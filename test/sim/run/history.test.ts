/** One scenario and one seed give one history: on any number of threads, again in the same process, on any machine. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { textOf } from '../../house/source-tree.ts'
import { digestOf, withRun } from './library-run.ts'

/** The fingerprints of the library. A change here is a change of history: say so in the change log. */
const digests = JSON.parse(readFileSync(new URL('./digests.json', import.meta.url), 'utf8')) as Record<string, string>

test.each(Object.keys(digests))('%s has its history on 1 and 2 threads', async (name) => {
  const found: string[] = []
  for (const threads of [1, 2]) found.push(await digestOf(name, { threads }))
  expect(found).toEqual(Array(2).fill(digests[name]))
})

test('quickstart has its history on 4 threads, and a second time in the same process', async () => {
  for (const threads of [4, 4, 1]) expect(await digestOf('quickstart', { threads })).toBe(digests.quickstart)
})

test('metropolis has one history on 1 and 2 threads, of which two days are tried here', async () => {
  const sets = ['end=2023-01-03T00:00:00+08:00']
  expect(await digestOf('metropolis', { threads: 2, sets })).toBe(await digestOf('metropolis', { threads: 1, sets }))
})

test('another seed is another history', async () => {
  expect(await digestOf('quickstart', { seed: '43' })).not.toBe(digests.quickstart)
})

test('nasa-ipsc: the meter agrees with the log to the second, and 192 servers refuse nobody', async () => {
  const jobs = textOf('scenarios/data/nasa-ipsc-1993.csv')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))
  const logged = jobs.reduce((sum, [, runtime, size]) => sum + runtime * size, 0)
  await withRun('nasa-ipsc', {}, ({ differences }, ask) => {
    expect(ask("SELECT SUM(hours * seconds) FROM usage_spans JOIN words ON words.id = item WHERE word = 'ecs'")).toBe(
      logged,
    )
    expect(ask('SELECT COUNT(*) FROM orders')).toBe(jobs.length)
    expect(ask('SELECT COUNT(*) FROM refusals')).toBe(0)
    expect(ask('SELECT MAX(peak) FROM pool_hours')).toBe(176)
    expect(differences).toBe(0)
  })
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
