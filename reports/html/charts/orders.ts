import { barSpacing, dayAxis, dayNumber, prepareDays } from '../../days.ts'
import { isMade, isMeasured } from '../../figures/figure.ts'
import { prepareOrderEnds } from '../../order-ends.ts'
import type { RunRecord } from '../../record.ts'
import { type Chart, seriesColours } from '../chart.ts'

const states = ['completed', 'open', 'cancelled', 'refused'] as const

/** Orders by the day they were created and what became of them, and requests refused. */
export function ordersChart(record: RunRecord): Chart {
  prepareDays(record)
  prepareOrderEnds(record)
  const values = record
    .rows(
      `
SELECT day, state, count(*) AS n FROM (
  SELECT o.at, CASE WHEN w.word IN ('completed', 'cancelled') THEN w.word ELSE 'open' END AS state
  FROM orders o CROSS JOIN order_ends e ON e.order_id = o.id CROSS JOIN words w ON w.id = e.state
  WHERE ${isMade('o.channel')}
  UNION ALL SELECT at, 'refused' FROM refusals WHERE order_id = 0) happened CROSS JOIN run
CROSS JOIN days d ON d.number = ${dayNumber('happened.at')} WHERE ${isMeasured('happened.at')} GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .map(({ day, state, n }) => ({ day: String(day), state: String(state), orders: Number(n) }))
  return {
    name: 'orders',
    title: 'Orders and refused requests by day',
    text: 'Orders created per day, by their state at the end of the run, and refused requests.',
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

/** Segments beyond these are drawn together. */
const SEGMENTS = 5

/** Everyone who came with a wish each day, served or refused, by segment. */
export function arrivalsChart(record: RunRecord): Chart {
  prepareDays(record)
  const rows = record.rows(`
SELECT d.day, b.segment, count(*) AS n FROM (
  SELECT at, account FROM orders WHERE subject = 0 AND ${isMade('channel')} UNION ALL SELECT at, account FROM refusals WHERE order_id = 0) came CROSS JOIN run
CROSS JOIN days d ON d.number = ${dayNumber('came.at')} JOIN buyers b ON b.id = came.account GROUP BY 1, 2 ORDER BY 1, 2`)
  const sizes = new Map<string, number>()
  for (const { segment, n } of rows) sizes.set(String(segment), (sizes.get(String(segment)) ?? 0) + Number(n))
  const largest = [...sizes].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1)).map(([name]) => name)
  const shown = largest.slice(0, SEGMENTS)
  const counts = new Map<string, number>()
  for (const { day, segment, n } of rows) {
    const key = `${day} ${shown.includes(String(segment)) ? segment : 'others'}`
    counts.set(key, (counts.get(key) ?? 0) + Number(n))
  }
  const domain = largest.length > SEGMENTS ? [...shown, 'others'] : shown
  // A day without arrivals is a point of the line, too.
  const values = record
    .rows('SELECT day FROM days ORDER BY number')
    .flatMap(({ day }) =>
      domain.map((segment) => ({ day: String(day), segment, requests: counts.get(`${day} ${segment}`) ?? 0 })),
    )
  return {
    name: 'arrivals',
    title: 'Arrivals by day',
    text: `Purchases and refused requests per day, by buyer segment: ${domain.join(', ')}.`,
    specification: {
      height: 180,
      data: { values },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: dayAxis,
        y: { field: 'requests', type: 'quantitative', title: 'a day', axis: { tickCount: 5 } },
        color: { field: 'segment', type: 'nominal', scale: { domain, range: seriesColours }, legend: { columns: 2 } },
      },
    },
  }
}
