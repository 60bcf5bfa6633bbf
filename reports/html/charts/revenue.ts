import { nearestNumber } from '#base/rational.ts'
import { ruleText } from '#scenarios/rules.ts'
import { barAxis, barMiddle, barSpacing, daysOf } from '../../days.ts'
import { prepare } from '../../figures/figure.ts'
import { chargesSource } from '../../figures/money.ts'
import { byPeriod, periodsOf } from '../../periods.ts'
import type { RunRecord } from '../../record.ts'
import { dailyCharges } from '../../revenue/daily.ts'
import { moneyAxis } from '../axes.ts'
import { type Chart, seriesColours } from '../chart.ts'
import { eventMarks, markLayers, markNotes } from '../event-marks.ts'
import { moneyTip, tipsOf } from '../tips.ts'

/** What buyers were charged each civil day, by kind of product. */
export function revenueChart(record: RunRecord): Chart {
  const periods = periodsOf(daysOf(record))
  const daily = dailyCharges(record).map(({ day, kind, amount }) => ({ day, kind, amount: amount / 1e8 }))
  const values = byPeriod(periods, daily, { key: ({ kind }) => kind, numbers: ['amount'], by: 'mean' })
  const marks = eventMarks(record)
  const kinds = [...new Set(values.map(({ kind }) => kind))].sort()
  return {
    name: 'revenue',
    title: `Charged to buyers by ${periods.isWeekly ? 'week' : 'day'}, ${record.meta.currency}`,
    text: `Metered use and orders paid per day, by kind: ${kinds.join(', ')}.`,
    tips: tipsOf(values, {
      value: ({ day }) => day,
      text: ({ kind, amount }) => `${kind} ${moneyTip(amount)}`,
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
            y: {
              field: 'amount',
              type: 'quantitative',
              aggregate: 'sum',
              title: `${record.meta.currency} ${periods.each}`,
              axis: moneyAxis,
            },
            color: { field: 'kind', type: 'nominal', scale: { domain: kinds, range: seriesColours } },
          },
        },
        ...markLayers(marks),
      ],
    },
  } as Chart
}

/** Characters of a rule's name on an axis: a phone has room for no more. */
const NAME = 24

/** `P-02|tiered`: the code, and the beginning of what the rule says in a line of its own. */
function ruleLabel(rule: string): string {
  const [name] = ruleText(rule).split(/[:;,]/)
  return `${rule}|${name.length > NAME ? `${name.slice(0, NAME).replace(/\s+\S*$/, '')} …` : name}`
}

/** What was charged by the rule that priced it, and by kind. */
export function revenueRulesChart(record: RunRecord): Chart {
  prepare(record, chargesSource)
  const values = record
    .rows(`SELECT rule, kind, sum(gross) AS gross FROM ${chargesSource.name} GROUP BY 1, 2 ORDER BY 1, 2`)
    .filter(({ gross }) => BigInt(gross ?? 0) !== 0n)
    .map(({ rule, kind, gross }) => ({
      rule: ruleLabel(String(rule)),
      kind: String(kind),
      amount: nearestNumber({ numerator: BigInt(gross ?? 0), denominator: 100_000_000n }),
    }))
  const kinds = [...new Set(values.map(({ kind }) => kind))].sort()
  return {
    name: 'revenue-rules',
    title: `Charged by rule, ${record.meta.currency}`,
    text: values
      .map(({ rule, kind, amount }) => `${rule.replace('|', ' ')}, ${kind}: ${Math.round(amount)}`)
      .join('; '),
    tips: tipsOf(values, {
      along: 'y',
      value: ({ rule }) => rule,
      name: (rule) => {
        const code = String(rule).split('|')[0]
        return `${code}, ${ruleText(code)}`
      },
      text: ({ kind, amount }) => `${kind} ${moneyTip(amount)}`,
    }),
    specification: {
      height: { step: 32 },
      data: { values },
      mark: { type: 'bar' },
      encoding: {
        y: {
          field: 'rule',
          type: 'nominal',
          title: 'rule',
          axis: { ticks: false, labelLimit: 150, labelExpr: "split(datum.label, '|')" },
        },
        x: { field: 'amount', type: 'quantitative', title: record.meta.currency, axis: moneyAxis },
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
