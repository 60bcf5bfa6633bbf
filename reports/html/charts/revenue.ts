import { nearestNumber } from '#base/rational.ts'
import { barSpacing, dayAxis } from '../../days.ts'
import { prepare } from '../../figures/figure.ts'
import { chargesSource } from '../../figures/money.ts'
import type { RunRecord } from '../../record.ts'
import { dailyCharges } from '../../revenue/daily.ts'
import { type Chart, seriesColours } from '../chart.ts'

/** What buyers were charged each civil day, by kind of product. */
export function revenueChart(record: RunRecord): Chart {
  const values = dailyCharges(record).map(({ day, kind, amount }) => ({ day, kind, amount: amount / 1e8 }))
  const kinds = [...new Set(values.map(({ kind }) => kind))].sort()
  return {
    name: 'revenue',
    title: `Charged to buyers by day, ${record.meta.currency}`,
    text: `Metered use and orders paid per day, by kind: ${kinds.join(', ')}.`,
    specification: {
      height: 200,
      data: { values },
      mark: { type: 'bar', binSpacing: barSpacing(values) },
      encoding: {
        x: dayAxis,
        y: {
          field: 'amount',
          type: 'quantitative',
          aggregate: 'sum',
          title: `${record.meta.currency} a day`,
          axis: { tickCount: 5, format: '~s' },
        },
        color: { field: 'kind', type: 'nominal', scale: { domain: kinds, range: seriesColours } },
      },
    },
  }
}

/** What was charged by the rule that priced it, and by kind. */
export function revenueRulesChart(record: RunRecord): Chart {
  prepare(record, chargesSource)
  const values = record
    .rows(`SELECT rule, kind, sum(gross) AS gross FROM ${chargesSource.name} GROUP BY 1, 2 ORDER BY 1, 2`)
    .filter(({ gross }) => BigInt(gross ?? 0) !== 0n)
    .map(({ rule, kind, gross }) => ({
      rule: String(rule),
      kind: String(kind),
      amount: nearestNumber({ numerator: BigInt(gross ?? 0), denominator: 100_000_000n }),
    }))
  const kinds = [...new Set(values.map(({ kind }) => kind))].sort()
  return {
    name: 'revenue-rules',
    title: `Charged by rule, ${record.meta.currency}`,
    text: values.map(({ rule, kind, amount }) => `${rule} ${kind}: ${Math.round(amount)}`).join('; '),
    specification: {
      height: { step: 26 },
      data: { values },
      mark: { type: 'bar' },
      encoding: {
        y: { field: 'rule', type: 'nominal', title: null, axis: { ticks: false } },
        x: { field: 'amount', type: 'quantitative', title: record.meta.currency, axis: { format: '~s', tickCount: 5 } },
        color: {
          field: 'kind',
          type: 'nominal',
          scale: { domain: kinds, range: seriesColours },
          legend: { columns: 3 },
        },
      },
    },
  }
}
