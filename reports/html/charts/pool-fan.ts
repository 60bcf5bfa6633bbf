import { busiestPools, type PoolDay } from '../../capacity/pool-hours.ts'
import { dayAxis, daysOf } from '../../days.ts'
import { byPeriod, periodsOf } from '../../periods.ts'
import type { RunRecord } from '../../record.ts'
import { type Chart, colours } from '../chart.ts'
import { shareText, tipsOf } from '../tips.ts'

/** Each pool has a drawing of its own. */
const POOLS = 4

const names = ['middle 90 %', 'middle half', 'median'] as const

/** A colour each, and the legend that says what it is. */
const shade = (name: (typeof names)[number]) => ({
  datum: name,
  type: 'nominal' as const,
  scale: { domain: [...names], range: [colours['heat-2'], colours['heat-3'], colours['heat-5']] },
  legend: { symbolType: 'square' as const, symbolStrokeWidth: 0 },
})

const band = (low: string, high: string, name: (typeof names)[number]) => ({
  mark: { type: 'area' as const, opacity: 1, line: false },
  encoding: {
    color: shade(name),
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
  const periods = periodsOf(daysOf(record))
  const daily = days
    .filter(({ pool, room }) => shown.includes(pool) && room > 0)
    .map(({ pool, day, p05, p25, p50, p75, p95 }) => ({
      pool,
      day,
      ...{ p05: p05 / 1e6, p25: p25 / 1e6, p50: p50 / 1e6, p75: p75 / 1e6, p95: p95 / 1e6 },
    }))
  const values = byPeriod(periods, daily, {
    key: ({ pool }) => pool,
    numbers: ['p05', 'p25', 'p50', 'p75', 'p95'],
    by: 'present',
  })
  return {
    name: 'pool-fan',
    title: 'Utilisation within each day',
    text: `Over the hours of each day: median, middle half and middle 90 % of ${shown.join(', ')}${periods.isWeekly ? '; means of the days of a week' : ''}.`,
    tips: tipsOf(values, {
      value: ({ day }) => day,
      text: ({ pool, p05, p50, p95 }) => `${pool} ${shareText(p50)} (${shareText(p05)} to ${shareText(p95)})`,
    }),
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
          band('p05', 'p95', 'middle 90 %'),
          band('p25', 'p75', 'middle half'),
          {
            mark: { type: 'line', strokeWidth: 1.5 },
            encoding: {
              color: shade('median'),
              y: { field: 'p50', type: 'quantitative', title: 'units held / capacity' },
            },
          },
        ],
      },
    },
  } as Chart
}
