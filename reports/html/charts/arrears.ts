import { dayAxis, daysOf } from '../../days.ts'
import { byPeriod, periodsOf } from '../../periods.ts'
import type { RunRecord } from '../../record.ts'
import { standingByDay } from '../../revenue/arrears.ts'
import { countAxis } from '../axes.ts'
import { type Chart, seriesColours } from '../chart.ts'
import { eventMarks, markLayers, markNotes } from '../event-marks.ts'
import { tipsOf } from '../tips.ts'

const standings = ['grace', 'suspended', 'released']

/** Accounts in arrears at the end of each day, by standing; undefined when none ever was. */
export function arrearsChart(record: RunRecord): Chart | undefined {
  const periods = periodsOf(daysOf(record))
  const values = byPeriod(periods, standingByDay(record), {
    key: ({ standing }) => standing,
    numbers: ['accounts'],
    by: 'last',
  })
  const marks = eventMarks(record)
  if (values.every(({ accounts }) => accounts === 0)) return undefined
  return {
    name: 'arrears',
    title: periods.isWeekly
      ? 'Accounts in arrears at the end of each week'
      : 'Accounts in arrears at the end of each day',
    text: `By standing: ${standings.join(', ')}.`,
    tips: tipsOf(values, { value: ({ day }) => day, text: ({ standing, accounts }) => `${standing} ${accounts}` }),
    notes: markNotes(marks),
    specification: {
      height: 150,
      data: { values },
      layer: [
        {
          mark: { type: 'area', interpolate: 'step-after' },
          encoding: {
            x: dayAxis,
            y: {
              field: 'accounts',
              type: 'quantitative',
              title: 'accounts',
              stack: 'zero',
              axis: countAxis,
            },
            color: {
              field: 'standing',
              type: 'nominal',
              scale: { domain: standings, range: [seriesColours[0], seriesColours[1], seriesColours[4]] },
            },
          },
        },
        ...markLayers(marks),
      ],
    },
  } as Chart
}
