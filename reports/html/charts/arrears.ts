import { dayAxis } from '../../days.ts'
import type { RunRecord } from '../../record.ts'
import { standingByDay } from '../../revenue/arrears.ts'
import { type Chart, seriesColours } from '../chart.ts'

const standings = ['grace', 'suspended', 'released']

/** Accounts in arrears at the end of each day, by standing; undefined when none ever was. */
export function arrearsChart(record: RunRecord): Chart | undefined {
  const values = standingByDay(record)
  if (values.every(({ accounts }) => accounts === 0)) return undefined
  return {
    name: 'arrears',
    title: 'Accounts in arrears at the end of each day',
    text: `By standing: ${standings.join(', ')}.`,
    specification: {
      height: 150,
      data: { values },
      mark: { type: 'area', interpolate: 'step-after' },
      encoding: {
        x: dayAxis,
        y: {
          field: 'accounts',
          type: 'quantitative',
          title: 'accounts',
          stack: 'zero',
          axis: { tickCount: 4, format: 'd' },
        },
        color: {
          field: 'standing',
          type: 'nominal',
          scale: { domain: standings, range: [seriesColours[0], seriesColours[1], seriesColours[4]] },
        },
      },
    },
  } as Chart
}
