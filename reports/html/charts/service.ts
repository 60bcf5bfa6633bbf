import { HOUR } from '#base/time.ts'
import { launchesSource } from '../../figures/ecs.ts'
import { prepare, type Source } from '../../figures/figure.ts'
import { type Stage, stageSource } from '../../figures/supervision.ts'
import type { RunRecord } from '../../record.ts'
import { Durations, readDurations } from '../../sla/durations.ts'
import { type Chart, seriesColours } from '../chart.ts'
import { shareText, tipsOf } from '../tips.ts'

const PERCENTS = [0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 100]

interface Series {
  readonly name: string
  readonly source: Source
}

function allDurations(record: RunRecord, source: Source): Durations | undefined {
  const times = source.times?.(record)
  if (times === undefined)
    return readDurations(record, `SELECT '', ms, sum(n) FROM ${source.name} GROUP BY ms`, null, 'none').get('')
  const all = new Durations(null, 'none')
  for (const milliseconds of times.values) all.add(milliseconds, 1)
  return all
}

/** The share of all that were done within a time, at chosen percentiles. */
function distribution(record: RunRecord, { name, source }: Series, unit: number) {
  prepare(record, source)
  const all = allDurations(record, source)
  if (all === undefined || all.count === 0) return []
  // A logarithmic axis has no place for 0.
  return PERCENTS.map((percent) => ({
    series: name,
    time: Math.max(all.percentile(percent), 1) / unit,
    share: percent / 100,
  }))
}

function chart(
  name: string,
  title: string,
  unitName: string,
  values: readonly { readonly series: string; readonly time: number; readonly share: number }[],
): Chart {
  const domain = [...new Set(values.map(({ series }) => series))]
  return {
    name,
    title,
    text: `Share done within a given time, for ${domain.join(', ')}.`,
    tips: tipsOf(
      values.toSorted((a, b) => a.time - b.time),
      {
        value: ({ time }) => time,
        name: (time) => `${Number(Number(time).toPrecision(3))} ${unitName}`,
        text: ({ series, share }) => `${series}, ${shareText(share)} done`,
      },
    ),
    specification: {
      height: 180,
      data: { values: [...values] },
      mark: { type: 'line', strokeWidth: 2, interpolate: 'monotone' },
      encoding: {
        x: {
          field: 'time',
          type: 'quantitative',
          scale: { type: 'log' },
          title: unitName,
          axis: { format: '~g', tickCount: 6, labelOverlap: true },
        },
        y: { field: 'share', type: 'quantitative', title: 'done within', axis: { format: '.0%', tickCount: 5 } },
        color: { field: 'series', type: 'nominal', scale: { domain, range: seriesColours }, legend: { columns: 2 } },
      },
    },
  } as Chart
}

const stageNames: readonly (readonly [Stage, string])[] = [
  ['firstAction', 'first seller action'],
  ['delivery', 'delivery'],
  ['acceptance', 'acceptance'],
  ['completion', 'completion'],
]

/** Distributions of what people wait for: servers in seconds, stages of supervision in hours. */
export function serviceCharts(record: RunRecord): Chart[] {
  const servers = distribution(record, { name: 'server running', source: launchesSource }, 1000)
  const flows = stageNames.flatMap(([stage, name]) => distribution(record, { name, source: stageSource(stage) }, HOUR))
  return [
    ...(servers.length === 0 ? [] : [chart('sla-servers', 'Time to create a server', 'seconds', servers)]),
    ...(flows.length === 0 ? [] : [chart('sla-supervision', 'Time to complete supervised orders', 'hours', flows)]),
  ]
}
