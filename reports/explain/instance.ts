/** `explain instance`: a server's life, what each stretch of it was metered at, and where that was settled. */
import { decimalText } from '#base/decimal-text.ts'
import { RECORD_HOUR } from '#base/time.ts'
import { chargedHour } from '../charged-hours.ts'
import type { Explanation, Moment, Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { moneyMoment, settlements, spanWorking } from './money-moments.ts'
import { orderParticulars } from './order.ts'
import { resourceTexts } from './premises.ts'

const resourceLabels = { disk: 'Disk', 'elastic-ip': 'Elastic IP', bandwidth: 'Bandwidth', traffic: 'Traffic' } as const

const shownElsewhere = ['instances', 'usage_spans']
/** A server that ran for years settles thousands of hours; the first ones show how. */
const MOST_SETTLEMENTS = 20

function settled(reader: FactReader, instance: FactRow, spans: readonly FactRow[]): Moment[] {
  if (spans.length === 0) return []
  const { meta } = reader.record
  const charged = (hour: bigint): bigint => BigInt(chargedHour(Number(hour), meta))
  const first = spans.reduce((least, span) => (span.first_hour < least ? span.first_hour : least), spans[0].first_hour)
  const from = charged(first)
  const to = spans.reduce((most, span) => {
    const end = charged(span.first_hour + (span.hours - 1n) * RECORD_HOUR) + RECORD_HOUR
    return end > most ? end : most
  }, 0n)
  const all = settlements(reader, instance.account, from, to)
  const shown = all.slice(0, MOST_SETTLEMENTS).map((transaction) => {
    const moment = moneyMoment(reader, transaction)
    return { ...moment, details: [...moment.details, "with the account's other use in that hour"] }
  })
  const last = shown.at(-1)
  if (last !== undefined && all.length > shown.length)
    shown.push({ ...last, what: `and ${all.length - shown.length} more settlements of the account`, details: [] })
  return shown
}

function total(spans: readonly Working[]): Working[] {
  if (spans.length === 0) return []
  const recorded = spans.reduce((sum, working) => sum + working.recorded, 0n)
  const amount = spans.reduce((sum, working) => sum + (working.amount ?? 0n), 0n)
  return [...spans, { what: 'all', rule: 'M-02', formula: `sum of ${spans.length} stretches`, amount, recorded }]
}

export function explainInstance(reader: FactReader, instance: FactRow): Explanation {
  const [order] = reader.facts('orders', 'id = ?', instance.order_id)
  const spans = reader.facts('usage_spans', 'instance_id = ?', instance.id)
  const prices = reader.record.rows<{ pool: string; hourly: bigint }>(
    'SELECT n.pool, p.hourly FROM pools p JOIN pool_names n ON n.id = p.id WHERE p.id = ?',
    instance.pool,
  )
  const life = reader
    .tablesWith('instance_id')
    .filter((table) => !shownElsewhere.includes(table))
    .flatMap((table) =>
      reader.facts(table, 'instance_id = ?', instance.id).map((fact) => reader.moment(table, fact, ['instance_id'])),
    )
  return {
    subject: `instance ${instance.id}`,
    particulars: [
      ['Order', String(instance.order_id)],
      ...(order === undefined ? [] : orderParticulars(reader, order).filter(([label]) => label !== 'Pool')),
      ['Billing', reader.word(instance.billing)],
      ...prices.map(({ pool, hourly }) => ['Pool', `${pool}, ${decimalText(hourly, 10)} an hour`] as const),
      ...resourceTexts(reader.record, instance.pool).map(([name, text]) => [resourceLabels[name], text] as const),
    ],
    workings: total(spans.map((span) => spanWorking(reader, span))),
    moments: inTime([...life, ...settled(reader, instance, spans)]),
  }
}
