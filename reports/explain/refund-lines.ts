/** N-03 to N-06 calculated again: what an unsubscription refunded of each period that was paid. */
import { decimalText } from '#base/decimal-text.ts'
import { isRefusal, type Line } from '#sim/billing/line.ts'
import { refund } from '#sim/billing/refund.ts'
import { amountText, type Particular, type Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { policiesAt } from './premises.ts'

/** The lines of a refund: what was paid in cash, less what of it was consumed, less the fee. */
function refundLines(reader: FactReader, given: FactRow): readonly Line[] {
  const at = Number(given.at)
  const policies = policiesAt(reader.record, at)
  // N-06: only the period that was bought with the provisioning is within five days of it.
  const isProvisioned = given.paid_order === given.subscription_id
  // All servers of the order come back at the same time: the last of them must still be within the limit.
  const servers = given.servers > 1n ? Number(given.servers) : 1
  // E-05, E-10: servers that are not there are refunded without a fee.
  const [by] = reader.facts('orders', 'id = ?', given.order_id)
  const isLost = by !== undefined && ['E-05', 'E-10'].includes(reader.word(by.rule))
  const free = { 'refund.fee': 'none', 'refund.fiveDay': 'off' } as const
  const made = refund(
    {
      cash: given.cash,
      coupon: given.coupon,
      start: Number(given.period_start),
      termEnd: Number(given.period_end),
      termMonths: Number(given.months),
      at,
      begun: given.begun === 1n,
      fiveDayReturns: Number(given.returns) + servers - 1,
    },
    { ...policies, ...(isProvisioned ? {} : { 'refund.fiveDay': 'off' }), ...(isLost ? free : {}) },
  )
  return isRefusal(made) ? [] : made.lines
}

const plain = (amount: bigint): string => decimalText(amount, 8)

/** What was taken from the cash, a working each, and what came back: `-(100 - 30.5 - 10)`. */
function workingsOf(reader: FactReader, given: FactRow, line: FactRow): Working[] {
  const lines = refundLines(reader, given)
  const taken = (name: string, recorded: bigint): Working[] =>
    lines
      .filter(({ text }) => text.startsWith(`${name}: `))
      .map(({ rule, text, amount }) => ({
        what: `${name} of what order ${given.paid_order} paid`,
        rule,
        formula: text.slice(name.length + 2),
        amount: -amount,
        recorded,
      }))
  const terms = lines.map(({ amount }, index) =>
    index === 0 ? plain(amount) : amount < 0n ? ` - ${plain(-amount)}` : ` + ${plain(amount)}`,
  )
  const coupons = given.coupon_returned
  if (coupons > 0n) terms.push(` + ${plain(coupons)}`)
  const back = lines.reduce((sum, { amount }) => sum + amount, coupons)
  return [
    ...taken('consumed', given.consumed),
    ...taken('handling fee', given.fee),
    {
      what: `line ${line.line}, refund of what order ${given.paid_order} paid${coupons > 0n ? ', coupons too' : ''}`,
      rule: reader.word(line.rule),
      formula: terms.length > 1 ? `-(${terms.join('')})` : `-${terms.join('')}`,
      amount: lines.length > 0 ? -back : null,
      recorded: line.amount,
    },
  ]
}

/** The lines of an unsubscription, one for each period that was paid; empty where the order is none. */
export function refundWorkings(reader: FactReader, order: FactRow, lines: readonly FactRow[]): Working[] {
  const refunds = reader.facts('refunds', 'order_id = ?', order.id)
  return refunds.flatMap((given, index) => {
    const line = lines[index]
    return line === undefined ? [] : workingsOf(reader, given, line)
  })
}

/** How many of how many servers a refund is for, where others of the order stay (E-05, E-10); else null. */
export function shareOf(reader: FactReader, { order_id: id, servers }: FactRow): { part: bigint; of: bigint } | null {
  const [by] = reader.facts('orders', 'id = ?', id)
  if (by === undefined || reader.word(by.kind) !== 'partial-refund') return null
  return { part: servers, of: by.quantity / 100_000_000n + servers }
}

/** `2 of 5 servers`. */
function partText(reader: FactReader, row: FactRow): string[] {
  const share = shareOf(reader, row)
  return share === null ? [] : [`${share.part} of ${share.of} servers`]
}

/** What was taken off and what came back, in words. */
export function feeParticulars(reader: FactReader, rows: readonly FactRow[]): Particular[] {
  return rows.map((row) => [
    `Order ${row.paid_order}`,
    [
      ...partText(reader, row),
      `paid ${amountText(row.cash)} in cash`,
      ...(row.coupon === 0n ? [] : [`${amountText(row.coupon)} by coupon`]),
      `consumed ${amountText(row.consumed)}`,
      `handling fee ${amountText(row.fee)} (N-04)`,
      `back ${amountText(row.amount + row.rounding)}`,
      ...(row.coupon_returned === 0n ? [] : [`coupons back ${amountText(row.coupon_returned)}`]),
      `by ${reader.word(row.rule)}`,
    ].join(', '),
  ])
}
