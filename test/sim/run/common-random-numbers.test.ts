/**
 * Common random numbers: what happens to one order moves no draw of another, so that two capacities, or two policies, are
 * compared on the same buyers with the same wishes and the same creation times.
 */
import { expect, test } from 'vitest'
import { withRun } from './library-run.ts'

/** How long each server, and each app, took to be created, ms, by buyer, instant of the order and position within it. */
const creationTimes = (capacity: number): Promise<Map<string, number>> =>
  withRun(
    'quickstart',
    { days: 3, sets: [`regions.ap-1.zones.ap-1a.pools.c6.large.capacity=${capacity}`] },
    (_, ask) => {
      const rows = ask(`
        WITH servers AS (
          SELECT o.account, o.at AS ordered, i.id - min(i.id) OVER (PARTITION BY o.id) AS position, s.at - i.at AS took
          FROM orders o JOIN instances i ON i.order_id = o.id JOIN instance_steps s ON s.instance_id = i.id
          JOIN words f ON f.id = s.from_state JOIN words t ON t.id = s.to_state
          WHERE f.word = 'creating' AND t.word = 'running'),
        apps AS (
          SELECT o.account, o.at AS ordered, 'app' AS position, c.at - p.at AS took
          FROM orders o JOIN order_steps p ON p.order_id = o.id JOIN order_steps c ON c.order_id = o.id
          JOIN words pe ON pe.id = p.event JOIN words ce ON ce.id = c.event
          WHERE pe.word = 'pay' AND ce.word = 'complete' AND o.pool = 0 AND o.subject = 0)
        SELECT json_group_object(account || '/' || ordered || '/' || position, took)
        FROM (SELECT * FROM servers UNION ALL SELECT * FROM apps)`)
      return new Map(Object.entries(JSON.parse(rows as string) as Record<string, number>))
    },
  )

test('a pool that refuses more changes no creation time of the orders that both runs have', async () => {
  const [roomy, tight] = await Promise.all([creationTimes(84), creationTimes(20)])
  const both = [...tight.keys()].filter((key) => roomy.has(key))
  expect(tight.size).toBeLessThan(roomy.size)
  expect(both.length).toBeGreaterThan(200)
  const isApp = (key: string): boolean => key.endsWith('app')
  expect(both.some(isApp) && !both.every(isApp)).toBe(true)
  expect(both.filter((key) => tight.get(key) !== roomy.get(key))).toEqual([])
})
