/**
 * What a run drew of demand, next to what its scenario expects: requests of each pool, and lives of the servers that it admitted.
 * Both differ from what is expected by chance alone, so they are control variates of every figure of the run
 * (`engine/statistics/control-variates.ts`). A life is drawn when its server is ordered and decides nothing before, so the lives of
 * admitted servers have their mean whatever was refused.
 */
import { distribution } from '#engine/random/distribution.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Buy } from '#scenarios/sections/buyers.ts'
import { expectedRequests } from '../capacity/expected-requests.ts'
import { isMade, isMeasured, word } from '../figures/figure.ts'
import type { RunRecord } from '../record.ts'

/** Of one pool in one run. */
export interface DemandControls {
  readonly pool: string
  /** Purchases that asked for the pool while figures count, and how many the scenario expects; null where it is not known. */
  readonly requests: number
  readonly expected: number | null
  /** Why it is not known; null where it is. */
  readonly unknown: string | null
  /** Servers whose lives have a known mean, the sum of these lives and of the means, ms. */
  readonly servers: number
  readonly lives: number
  readonly expectedLives: number
}

/** Of one pool at one point of a sweep. */
export interface PoolDemand {
  readonly point: number
  readonly pool: string
  /** Requests that a run is expected to make while figures count; null where the scenario does not say. */
  readonly expected: number | null
  /** Why it does not; null where it does. */
  readonly unknown: string | null
  /** Mean requests of the runs. */
  readonly requests: number
  /** Expected and mean life of the servers that were admitted, ms; null where none has a known one. */
  readonly expectedLife: number | null
  readonly life: number | null
}

/** Every pool that was asked for or has an expectation above 0, by name. */
export function demandControls(record: RunRecord, scenario: Scenario): DemandControls[] {
  const asked = new Map<string, number>()
  for (const [pool, count] of record.cursor(requestsSql).rows) asked.set(String(pool), Number(count))
  const lives = livesOf(record, scenario)
  return expectedRequests(scenario)
    .map(({ pool, requests, unknown }): DemandControls => {
      const known = lives.get(pool) ?? { servers: 0, lives: 0, expectedLives: 0 }
      return { pool, requests: asked.get(pool) ?? 0, expected: requests, unknown, ...known }
    })
    .filter(({ requests, expected }) => requests > 0 || (expected ?? 0) > 0)
    .sort((a, b) => (a.pool < b.pool ? -1 : 1))
}

/** Purchases are orders, and refusals before there was one; those that only wait for a prerequisite come again (E-03). */
const requestsSql = `
SELECT pn.pool, count(*) FROM (
  SELECT o.pool FROM run CROSS JOIN orders o
  WHERE o.pool > 0 AND o.kind = ${word('purchase')} AND ${isMade('o.channel')} AND ${isMeasured('o.at')}
  UNION ALL
  SELECT f.pool FROM run CROSS JOIN refusals f
  WHERE f.pool > 0 AND f.order_id = 0 AND ${isMeasured('f.at')}
    AND f.code NOT IN (${['vpc-missing', 'vpc-limit', 'security-group-missing', 'credentials-missing'].map(word).join(', ')})) r
JOIN pool_names pn ON pn.id = r.pool GROUP BY 1`

const livesSql = `
SELECT pn.pool, b.segment, o.interest, count(*), sum(i.lifetime) FROM instances i
JOIN orders o ON o.id = i.order_id JOIN buyers b ON b.id = i.account JOIN pool_names pn ON pn.id = i.pool
WHERE i.lifetime >= 0 AND o.kind = ${word('purchase')} AND ${isMade('o.channel')} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`

function livesOf(record: RunRecord, { buyers }: Scenario) {
  const means = new Map(
    buyers.map((segment) => [segment.segment, segment.buys.map((buy) => meanLife(segment.load, buy))]),
  )
  const pools = new Map<string, { servers: number; lives: number; expectedLives: number }>()
  for (const [pool, segment, interest, servers, lives] of record.cursor(livesSql).rows) {
    const mean = means.get(String(segment))?.[Number(interest) - 1] ?? null
    if (mean === null) continue
    const known = pools.get(String(pool)) ?? { servers: 0, lives: 0, expectedLives: 0 }
    pools.set(String(pool), known)
    known.servers += Number(servers)
    known.lives += Number(lives)
    known.expectedLives += Number(servers) * mean
  }
  return pools
}

/** Of the servers of a line of `buys`; null where it is not known, or depends on how many are ordered together. */
function meanLife(load: Scenario['buyers'][number]['load'], { lifetime, correlation, quantity }: Buy): number | null {
  if (lifetime === null || (load.kind === 'trace' && load.columns.lifetime !== null)) return null
  if (correlation !== 0 && distribution(quantity).atoms?.length !== 1) return null
  const { mean, variance, quantile } = distribution(lifetime)
  return Number.isFinite(mean) && Number.isFinite(variance) && quantile(0) >= 0 ? mean : null
}
