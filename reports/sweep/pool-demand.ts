/** What is known of the demand of pools at each point, what the runs drew of it, and what knowing it brought: for screen and page. */
import { column, type ReportTable } from '../report-table.ts'
import type { PoolDemand } from './demand-controls.ts'
import type { Demand, Estimate } from './estimates.ts'
import type { SweepResult } from './result.ts'

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** By point and pool, from what each run drew. */
export function demandOf(points: Demand): PoolDemand[] {
  return points.flatMap((runs, point) =>
    [...new Set(runs.flatMap((pools) => pools.map(({ pool }) => pool)))].sort().map((pool): PoolDemand => {
      const own = runs.flatMap((pools) => pools.filter((each) => each.pool === pool))
      const servers = sum(own.map((each) => each.servers))
      return {
        ...{ point, pool, expected: own[0].expected, unknown: own[0].unknown },
        requests: sum(own.map((each) => each.requests)) / runs.length,
        expectedLife: servers === 0 ? null : sum(own.map((each) => each.expectedLives)) / servers,
        life: servers === 0 ? null : sum(own.map((each) => each.lives)) / servers,
      }
    }),
  )
}

/** The median of what the controls left of the width of intervals; null where nothing was corrected. */
function medianWidth(estimates: readonly (readonly Estimate[])[]): number | null {
  const widths = estimates
    .flat()
    .flatMap(({ controlled }) => (controlled?.width == null ? [] : [controlled.width]))
    .sort((a, b) => a - b)
  return widths.length === 0 ? null : widths[Math.floor(widths.length / 2)]
}

const names = { requests: 'requests', lives: 'lives' } as const

/** Lines for screen and page: what knowing the demand brought, or why it was not known. */
export function controlledLines({ estimates, demand }: Pick<SweepResult, 'estimates' | 'demand'>): string[] {
  const width = medianWidth(estimates)
  if (width === null) return []
  const used = [...new Set(estimates.flat().flatMap(({ controlled }) => controlled?.controls ?? []))].sort().reverse()
  const unknown = [...new Map(demand.flatMap(({ pool, unknown: why }) => (why === null ? [] : [[pool, why]])))]
  const without = unknown.map(([pool, why]) => `the requests to expect of ${pool} are not known: ${why}`)
  return [
    `[ ] corrected by the expected ${used.map((name) => names[name]).join(' and ')}: intervals ${width.toFixed(2)} times as wide`,
    ...without,
  ]
}

/** As a table, for the page. */
export const demandTable = ({
  points,
  demand,
  paths,
}: Pick<SweepResult, 'points' | 'demand' | 'paths'>): ReportTable => ({
  name: 'demand',
  title: 'Demand: what is expected, and what the runs drew',
  text: 'Requests of one run while figures count, and how long admitted servers live. What the runs had more than expected was chance; corrected intervals take it off.',
  columns: [
    column('point', paths.join(', ') || 'at'),
    column('pool', 'pool'),
    column('expected_requests', 'requests expected', 'number'),
    column('requests', 'mean of the runs', 'number'),
    column('expected_life_hours', 'life expected, h', 'number'),
    column('life_hours', 'mean of the runs, h', 'number'),
    column('unknown', 'not known because'),
  ],
  rows: demand.map(({ point, pool, expected, requests, expectedLife, life, unknown }) => [
    ...[points[point].label || 'all runs', pool, expected, requests],
    ...[hours(expectedLife), hours(life), unknown ?? ''],
  ]),
})

const hours = (ms: number | null): number | null => (ms === null ? null : ms / 3_600_000)
