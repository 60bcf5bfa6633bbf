import { quotient } from '../../amounts.ts'
import { barSpacing, dayAxis, dayNumber, prepareDays } from '../../days.ts'
import { prepare, word } from '../../figures/figure.ts'
import { chargesSource } from '../../figures/money.ts'
import type { RunRecord } from '../../record.ts'
import { type Chart, seriesColours } from '../chart.ts'

/** What buyers were charged each civil day, by kind of product. The eye needs no more than a float. */
export function revenueChart(record: RunRecord): Chart {
  prepareDays(record)
  const values = record
    .rows(
      `
SELECT day, kind, sum(amount) AS amount FROM (
  SELECT d.day, w.word AS kind,
    (min(u.first_hour + u.hours * 3600000, d.next) - max(u.first_hour, d.first)) / 3600000 * u.amount AS amount
  FROM usage_spans u, run
  JOIN days d ON d.number BETWEEN ${dayNumber('u.first_hour')} AND ${dayNumber('u.first_hour + u.hours * 3600000 - 1')}
  JOIN words w ON w.id = u.item
  UNION ALL
  SELECT d.day, g.kind, l.amount FROM order_steps s, run JOIN days d ON d.number = ${dayNumber('s.at')}
  JOIN orders o ON o.id = s.order_id JOIN goods g ON g.id = o.specification
  JOIN order_lines l ON l.order_id = o.id AND l.part <> ${word('tax')}
  WHERE s.event = ${word('pay')})
GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .map(({ day, kind, amount }) => ({
      day: String(day),
      kind: String(kind),
      amount: quotient({ numerator: BigInt(amount ?? 0), denominator: 100_000_000n }),
    }))
  const kinds = [...new Set(values.map(({ kind }) => kind))].sort()
  return {
    name: 'revenue',
    title: `Charged to buyers by day, ${record.meta.currency}`,
    text: `Metered use and orders paid each day, by kind: ${kinds.join(', ')}.`,
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
    .rows(
      `SELECT rule, kind, sum(gross) AS gross FROM ${chargesSource.name} GROUP BY 1, 2 HAVING sum(gross) <> 0 ORDER BY 1, 2`,
    )
    .map(({ rule, kind, gross }) => ({
      rule: String(rule),
      kind: String(kind),
      amount: quotient({ numerator: BigInt(gross ?? 0), denominator: 100_000_000n }),
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
