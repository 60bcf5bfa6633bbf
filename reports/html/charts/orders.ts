import type { RunRecord } from '../../record.ts'
import { type Chart, seriesColours } from '../chart.ts'
import { barSpacing, dayAxis, dayNumber, prepareDays } from './days.ts'

const states = ['completed', 'open', 'cancelled', 'refused'] as const

/** Orders by the day they were created and what became of them, and requests refused. */
export function ordersChart(record: RunRecord): Chart {
  prepareDays(record)
  const values = record
    .rows(
      `
SELECT day, state, count(*) AS n FROM (
  SELECT o.at, CASE WHEN w.word IN ('completed', 'cancelled') THEN w.word ELSE 'open' END AS state
  FROM orders o JOIN (SELECT order_id, to_state, max(rowid) FROM order_steps GROUP BY order_id) last ON last.order_id = o.id
  JOIN words w ON w.id = last.to_state
  UNION ALL SELECT at, 'refused' FROM refusals WHERE order_id = 0) happened, run
JOIN days d ON d.number = ${dayNumber('happened.at')} GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .map(({ day, state, n }) => ({ day: String(day), state: String(state), orders: Number(n) }))
  return {
    name: 'orders',
    title: 'Orders and refused requests by day',
    text: 'How many orders were created each day, by their state at the end of the run, and how many requests were refused.',
    specification: {
      height: 200,
      data: { values },
      mark: { type: 'bar', binSpacing: barSpacing(values) },
      encoding: {
        x: dayAxis,
        y: { field: 'orders', type: 'quantitative', aggregate: 'sum', title: 'a day', axis: { tickCount: 5 } },
        color: {
          field: 'state',
          type: 'nominal',
          scale: {
            domain: [...states],
            range: [seriesColours[0], seriesColours[5], seriesColours[4], seriesColours[1]],
          },
        },
        order: { field: 'state', sort: 'ascending' },
      },
    },
  }
}
