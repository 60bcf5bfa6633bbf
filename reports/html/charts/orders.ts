import { barAxis, barMiddle, barSpacing, dayAxis, dayNumber, daysOf, prepareDays } from '../../days.ts'
import { isMeasured } from '../../figures/figure.ts'
import { byPeriod, periodsOf } from '../../periods.ts'
import type { RunRecord } from '../../record.ts'
import { prepareArrivalDays, prepareOrderDays } from '../../steps/order-counts.ts'
import { countAxis } from '../axes.ts'
import { type Chart, seriesColours } from '../chart.ts'
import { eventMarks, markLayers, markNotes } from '../event-marks.ts'
import { countText, tipsOf } from '../tips.ts'

const states = ['completed', 'open', 'cancelled', 'refused'] as const

/** Orders by the day they were created and what became of them, and requests refused. */
export function ordersChart(record: RunRecord): Chart {
  prepareDays(record)
  prepareOrderDays(record)
  const periods = periodsOf(daysOf(record))
  const daily = record
    .rows(
      `
SELECT day, state, sum(n) AS n FROM (
  SELECT number, CASE WHEN w.word IN ('completed', 'cancelled') THEN w.word ELSE 'open' END AS state, n
  FROM order_days o JOIN words w ON w.id = o.state
  UNION ALL SELECT ${dayNumber('f.at')}, 'refused', 1 FROM run CROSS JOIN refusals f WHERE f.order_id = 0 AND ${isMeasured('f.at')}) happened
CROSS JOIN days d ON d.number = happened.number GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .map(({ day, state, n }) => ({ day: String(day), state: String(state), orders: Number(n) }))
  const values = byPeriod(periods, daily, { key: ({ state }) => state, numbers: ['orders'], by: 'mean' })
  const marks = eventMarks(record)
  return {
    name: 'orders',
    title: `Orders and refused requests by ${periods.isWeekly ? 'week' : 'day'}`,
    text: 'Orders created per day, by their state at the end of the run, and refused requests.',
    tips: tipsOf(values, {
      value: ({ day }) => day,
      text: ({ state, orders }) => `${state} ${countText(orders)}`,
      offset: barMiddle(periods),
    }),
    notes: markNotes(marks),
    specification: {
      height: 200,
      data: { values },
      layer: [
        {
          mark: { type: 'bar', binSpacing: barSpacing(values) },
          encoding: {
            x: barAxis(periods),
            y: { field: 'orders', type: 'quantitative', aggregate: 'sum', title: periods.each, axis: countAxis },
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
        ...markLayers(marks),
      ],
    },
  } as Chart
}

/** Segments beyond these are drawn together. */
const SEGMENTS = 9

/** Everyone who came with a wish each day, served or refused, by segment. */
export function arrivalsChart(record: RunRecord): Chart {
  prepareDays(record)
  prepareArrivalDays(record)
  const rows = record.rows(`
SELECT d.day, came.segment, sum(came.n) AS n FROM (
  SELECT a.number, c.segment, a.n FROM arrival_days a JOIN crowds c ON c.id = a.crowd
  UNION ALL SELECT ${dayNumber('f.at')}, b.segment, 1 FROM run CROSS JOIN refusals f JOIN buyers b ON b.id = f.account
    WHERE f.order_id = 0) came
CROSS JOIN days d ON d.number = came.number GROUP BY 1, 2 ORDER BY 1, 2`)
  const sizes = new Map<string, number>()
  for (const { segment, n } of rows) sizes.set(String(segment), (sizes.get(String(segment)) ?? 0) + Number(n))
  const largest = [...sizes].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1)).map(([name]) => name)
  const shown = largest.slice(0, SEGMENTS)
  const days = daysOf(record)
  const periods = periodsOf(days)
  const counts = new Map<string, number>()
  for (const { day, segment, n } of rows) {
    const key = `${day} ${shown.includes(String(segment)) ? segment : 'others'}`
    counts.set(key, (counts.get(key) ?? 0) + Number(n))
  }
  const domain = largest.length > SEGMENTS ? [...shown, 'others'] : shown
  // A day without arrivals is a point of the line, too.
  const daily = days.flatMap((day) =>
    domain.map((segment) => ({ day, segment, requests: counts.get(`${day} ${segment}`) ?? 0 })),
  )
  const values = byPeriod(periods, daily, { key: ({ segment }) => segment, numbers: ['requests'], by: 'mean' })
  const marks = eventMarks(record)
  return {
    name: 'arrivals',
    title: `Arrivals by ${periods.isWeekly ? 'week' : 'day'}`,
    text: `Purchases and refused requests per day, by buyer segment: ${domain.join(', ')}.`,
    tips: tipsOf(values, {
      value: ({ day }) => day,
      text: ({ segment, requests }) => `${segment} ${countText(requests)}`,
    }),
    notes: markNotes(marks),
    specification: {
      height: 180,
      data: { values },
      layer: [
        {
          mark: { type: 'line', strokeWidth: 2 },
          encoding: {
            x: dayAxis,
            y: { field: 'requests', type: 'quantitative', title: periods.each, axis: countAxis },
            color: {
              field: 'segment',
              type: 'nominal',
              scale: { domain, range: seriesColours },
              legend: { columns: 2 },
            },
          },
        },
        ...markLayers(marks),
      ],
    },
  } as Chart
}
