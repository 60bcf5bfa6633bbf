import type { RunRecord } from '../../record.ts'
import { prepareOrderFlows } from '../../steps/order-steps.ts'
import { countAxis } from '../axes.ts'
import { type Chart, colours } from '../chart.ts'
import { countText, tipsOf } from '../tips.ts'

const states = ['created', 'pending-approval', 'pending-payment', 'processing', 'completed', 'cancelled']

/** How many orders took each way from state to state (O-01). */
export function orderFlowChart(record: RunRecord): Chart {
  prepareOrderFlows(record)
  const values = record
    .rows(
      `SELECT coalesce(nullif(f.word, ''), 'created') AS "from", t.word AS "to", s.n FROM order_flows s
JOIN words f ON f.id = s.from_state JOIN words t ON t.id = s.to_state`,
    )
    .map(({ from, to, n }) => ({ from: String(from), to: String(to), orders: Number(n) }))
    .sort((a, b) => states.indexOf(a.from) - states.indexOf(b.from) || states.indexOf(a.to) - states.indexOf(b.to))
    .map(({ from, to, orders }) => ({ step: `${from} → ${to}`, orders }))
  return {
    name: 'order-flow',
    title: 'Orders from state to state',
    text: values.map(({ step, orders }) => `${step}: ${orders}`).join('; '),
    tips: tipsOf(values, {
      along: 'y',
      value: ({ step }) => step,
      text: ({ orders }) => `${countText(orders)} orders`,
    }),
    specification: {
      height: { step: 32 },
      data: { values },
      encoding: {
        y: {
          field: 'step',
          type: 'nominal',
          sort: values.map(({ step }) => step),
          title: 'step',
          // In two lines: a phone has no room for both states next to each other.
          axis: { ticks: false, domain: false, labelExpr: `split(replace(datum.label, ' → ', ' →|'), '|')` },
        },
        x: { field: 'orders', type: 'quantitative', title: 'orders', axis: { ...countAxis, tickCount: 4 } },
      },
      layer: [
        { mark: { type: 'bar', color: colours['series-1'] } },
        {
          mark: { type: 'text', align: 'left', dx: 4, color: colours.label, fontSize: 11 },
          encoding: { text: { field: 'orders', type: 'quantitative', format: ',' } },
        },
      ],
    },
  }
}
