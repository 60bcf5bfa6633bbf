/** `explain order`: from the scenario line that wished for it to every cent it moved. */
import { decimalText } from '#base/decimal-text.ts'
import type { Explanation, Moment, Particular, Working } from './explanation.ts'
import { durationText, type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { moneyMoment, spanWorking } from './money-moments.ts'
import { orderWorkings, paidLines } from './order-lines.ts'
import { scenarioLine } from './premises.ts'
import { feeParticulars } from './refund-lines.ts'
import { refundBooked } from './transactions.ts'

/** Tables whose rows are shown elsewhere in an explanation than line by line. */
const shownElsewhere = ['orders', 'order_lines', 'transactions', 'postings', 'usage_spans', 'instance_steps']

/** What was wished for and by whom. */
export function orderParticulars(reader: FactReader, order: FactRow): Particular[] {
  const { record } = reader
  const [buyer] = record.rows<{ segment: string; region: string }>(
    'SELECT segment, region FROM buyers WHERE id = ?',
    order.account,
  )
  const [goods] = record.rows<{ name: string; kind: string; billing: string; seller: string }>(
    `SELECT p.name, p.kind, g.billing, coalesce(g.seller, '') AS seller FROM goods g JOIN products p ON p.product = g.product WHERE g.id = ?`,
    order.specification,
  )
  const months = order.months === 0n ? '' : `, ${order.months} ${order.months === 1n ? 'month' : 'months'}`
  return [
    ['Buyer', `${reader.nameOf('account', order.account) ?? order.account}, home region ${buyer?.region ?? '?'}`],
    ['Scenario', scenarioLine(record, buyer?.segment ?? '?', Number(order.interest))],
    [
      'Kind',
      `${reader.word(order.kind)}${order.subject === 0n ? '' : ` of ${order.subject}`}${order.channel === 0n ? '' : `, found by ${reader.word(order.channel)}`}`,
    ],
    [
      'Product',
      `${reader.nameOf('specification', order.specification) ?? '?'}, ${goods?.name ?? '?'} (${goods?.kind ?? '?'}, ${goods?.billing ?? '?'}), sold by ${goods?.seller ?? '?'}`,
    ],
    ['Quantity', `${decimalText(order.quantity, 8)}${months}`],
    ...(order.pool === 0n ? [] : [['Pool', reader.nameOf('pool', order.pool) ?? '?'] as const]),
    ...planParticulars(reader, order),
  ]
}

/** The price lists behind its lines: a plan of its specification, or of a server in its pool (E-06). */
function planParticulars(reader: FactReader, order: FactRow): Particular[] {
  const lists = paidLines(reader, order).flatMap(({ part, plan }): Particular[] => {
    const isServer = reader.word(part) === 'ecs'
    const text = reader.nameOf(isServer ? 'server_plan' : 'plan', plan)
    return text === undefined ? [] : [[isServer ? 'Server plan' : 'Plan', text]]
  })
  const [change] = reader.word(order.kind) === 'upgrade' ? reader.facts('order_changes', 'order_id = ?', order.id) : []
  const old = change === undefined ? undefined : reader.nameOf('plan_from', change.plan_from)
  return [...(old === undefined ? [] : [['Old plan', old] as const]), ...lists]
}

/** Every fact that names the order, whatever its table. */
function factsOfOrder(reader: FactReader, order: FactRow): Moment[] {
  const found: Moment[] = []
  for (const column of ['order_id', 'subscription_id'] as const)
    for (const table of reader.tablesWith(column))
      if (!shownElsewhere.includes(table))
        for (const fact of reader.facts(table, `${column} = ?`, order.id))
          found.push(reader.moment(table, fact, [column, 'account', 'order_id'], Number(order.at)))
  return found
}

/** O-06: when a reseller was asked about the amount, and confirmed it. */
const confirmations = (reader: FactReader, order: FactRow): Moment[] =>
  reader
    .facts(
      'reseller_confirmations',
      'account = ? AND at <= ? AND specification = ? AND kind = ? AND subject = ? AND confirmed = 1',
      order.account,
      order.at,
      order.specification,
      order.kind,
      order.subject,
    )
    // Not in SQL: a large amount is no integer of SQLite.
    .filter((asked) => asked.amount === order.amount)
    .slice(-1)
    .map((asked) => ({
      at: Number(asked.at),
      what: `the reseller confirmed the amount, ${durationText(asked.at - asked.asked)} after the question`,
      rule: reader.word(asked.rule),
      details: [],
    }))

/** Orders that change or renew this one. */
const laterOrders = (reader: FactReader, order: FactRow): Moment[] =>
  reader
    .facts('orders', 'subject = ? AND account = ? AND id <> ?', order.id, order.account, order.id)
    .map((later) => reader.moment('orders', later, ['account', 'subject', 'specification']))
    .map((moment) => ({ ...moment, what: `a later ${moment.what}` }))

/** What the servers of an order came to, hour by hour settled and not with the order. */
function serverWorkings(reader: FactReader, order: FactRow): Working[] {
  return reader.facts('instances', 'order_id = ?', order.id).flatMap(({ id }) => {
    const spans = reader.facts('usage_spans', 'instance_id = ?', id)
    return [...Map.groupBy(spans, ({ item }) => item)].map(([item, stretches]): Working => {
      const workings = stretches.map((span) => spanWorking(reader, span))
      const hours = stretches.reduce((sum, span) => sum + span.hours, 0n)
      return {
        what: `server ${id}, ${reader.word(item)}, ${hours} hours`,
        rule: workings[0].rule,
        formula: `sum of ${workings.length} stretches, see instance ${id}`,
        amount: workings.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n),
        recorded: workings.reduce((sum, { recorded }) => sum + recorded, 0n),
      }
    })
  })
}

export function explainOrder(reader: FactReader, order: FactRow): Explanation {
  const own = reader.transactionsOf(order.id)
  // An unsubscription gives money back of the orders that paid for the periods.
  const refunds = reader.facts('refunds', 'order_id = ?', order.id)
  const transactions = [...own, ...refunds.flatMap((refund) => refundBooked(reader, refund))]
  return {
    subject: `order ${order.id}`,
    particulars: [...orderParticulars(reader, order), ...feeParticulars(reader, refunds)],
    workings: [...orderWorkings(reader, order), ...serverWorkings(reader, order)],
    moments: inTime([
      ...factsOfOrder(reader, order),
      ...confirmations(reader, order),
      ...laterOrders(reader, order),
      ...transactions.map((transaction) => moneyMoment(reader, transaction)),
    ]),
  }
}
