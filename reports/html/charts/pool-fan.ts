import { busiestPools, type PoolDay } from '../../capacity/pool-hours.ts'
import { dayAxis } from '../../days.ts'
import type { RunRecord } from '../../record.ts'
import { type Chart, colours } from '../chart.ts'

/** Each pool has a drawing of its own. */
const POOLS = 4

const band = (low: string, high: string, opacity: number) => ({
  mark: { type: 'area' as const, color: colours['series-1'], opacity, line: false },
  encoding: {
    y: {
      field: low,
      type: 'quantitative' as const,
      axis: { format: '.0%', tickCount: 5 },
      title: 'units held / capacity',
      scale: { domain: [0, 1], clamp: true },
    },
    y2: { field: high },
  },
})

/** Between which shares of the capacity the hours of each day were: a fan around their median. */
export function poolFanChart(record: RunRecord, days: readonly PoolDay[]): Chart {
  const shown = busiestPools(record, POOLS)
  const values = days
    .filter(({ pool, room }) => shown.includes(pool) && room > 0)
    .map(({ pool, day, p05, p25, p50, p75, p95 }) => ({
      pool,
      day,
      ...Object.fromEntries(Object.entries({ p05, p25, p50, p75, p95 }).map(([name, value]) => [name, value / 1e6])),
    }))
  return {
    name: 'pool-fan',
    title: 'Utilisation within each day',
    text: `Over the hours of each day: median, middle half and middle 95 % of ${shown.join(', ')}.`,
    specification: {
      data: { values },
      facet: {
        row: {
          field: 'pool',
          type: 'nominal',
          sort: shown,
          header: { title: null, labelOrient: 'top', labelAnchor: 'start' },
        },
      },
      spec: {
        height: 110,
        encoding: { x: dayAxis },
        layer: [
          band('p05', 'p95', 0.2),
          band('p25', 'p75', 0.35),
          {
            mark: { type: 'line', strokeWidth: 1.5, color: colours['series-1'] },
            encoding: { y: { field: 'p50', type: 'quantitative' } },
          },
        ],
      },
    },
  } as Chart
}
