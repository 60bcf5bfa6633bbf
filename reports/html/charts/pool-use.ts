import { busiestPools, type PoolDay, poolHoursOfDay } from '../../capacity/pool-hours.ts'
import { dayAxis, daysOf } from '../../days.ts'
import { byPeriod, periodsOf } from '../../periods.ts'
import type { RunRecord } from '../../record.ts'
import { type Chart, heatColours, seriesColours } from '../chart.ts'
import { eventMarks, markLayers, markNotes } from '../event-marks.ts'
import { shareText, tipsOf } from '../tips.ts'

/** More lines than this would be a tangle; the pools most in use are shown. */
const LINES = 8
const ROWS = 24

/** A share to 4 decimals: more than a drawing can show. */
const shownShare = (held: number, room: number): number => Math.round((held / room) * 1e4) / 1e4

/** Mean use of each pool on each civil day. */
export function poolUseChart(record: RunRecord, days: readonly PoolDay[]): Chart {
  const shown = busiestPools(record, LINES)
  const periods = periodsOf(daysOf(record))
  const marks = eventMarks(record)
  const daily = days
    .filter(({ pool, room }) => shown.includes(pool) && room > 0)
    .map(({ day, pool, held, room }) => ({ day, pool, use: shownShare(held, room) }))
  const values = byPeriod(periods, daily, { key: ({ pool }) => pool, numbers: ['use'], by: 'present' }).sort((a, b) =>
    a.day === b.day ? (a.pool < b.pool ? -1 : 1) : a.day < b.day ? -1 : 1,
  )
  return {
    name: 'pool-use',
    title: `Utilisation of pools by ${periods.isWeekly ? 'week' : 'day'}`,
    text: `Mean share of the capacity held, of the ${shown.length} most utilised pools: ${shown.join(', ')}.`,
    tips: tipsOf(values, { value: ({ day }) => day, text: ({ pool, use }) => `${pool} ${shareText(use)}` }),
    notes: markNotes(marks),
    specification: {
      height: 200,
      data: { values },
      layer: [
        {
          mark: { type: 'line', strokeWidth: 2 },
          encoding: {
            x: dayAxis,
            y: {
              field: 'use',
              type: 'quantitative',
              title: 'units held / capacity',
              axis: { format: '.0%', tickCount: 5 },
              scale: { domain: [0, 1], clamp: true },
            },
            color: {
              field: 'pool',
              type: 'nominal',
              sort: shown,
              scale: { domain: shown, range: seriesColours },
              legend: { columns: 2 },
            },
          },
        },
        ...markLayers(marks),
      ],
    },
  } as Chart
}

/** Mean use by pool and hour of the civil day. */
export function poolHeatChart(record: RunRecord): Chart {
  const shown = busiestPools(record, ROWS)
  const values = poolHoursOfDay(record)
    .filter(({ pool, room }) => shown.includes(pool) && room > 0)
    .map(({ pool, hour, held, room }) => ({ pool, hour, use: shownShare(held, room) }))
  return {
    name: 'pool-heat',
    title: 'Utilisation of pools by hour of the day',
    text: `Mean share of the capacity held in each of the 24 hours, of ${shown.length} pools.`,
    tips: tipsOf(
      values.toSorted((a, b) => a.hour - b.hour),
      {
        value: ({ hour }) => hour,
        name: (hour) => `${hour}:00 to ${Number(hour) + 1}:00`,
        text: ({ pool, use }) => `${pool} ${shareText(use)}`,
      },
    ),
    specification: {
      height: { step: 22 },
      data: { values },
      mark: { type: 'rect' },
      encoding: {
        x: {
          field: 'hour',
          type: 'ordinal',
          title: 'hour of the day',
          axis: { labelAngle: 0, labelOverlap: true, ticks: false, domain: false },
        },
        y: { field: 'pool', type: 'nominal', sort: shown, title: 'pool', axis: { ticks: false, domain: false } },
        color: {
          field: 'use',
          type: 'quantitative',
          scale: { type: 'quantize', domain: [0, 1], range: heatColours },
          legend: { format: '.0%', title: null, type: 'symbol', symbolType: 'square' },
        },
      },
    },
  }
}
