/** `explain coupon`: who got it, what it paid of which orders, what came back to it, and what lapsed. */
import type { Explanation, Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { legsOf, moneyMoment } from './money-moments.ts'
import { paidLines, sumText, untaxedOf } from './order-lines.ts'
import { shareOf } from './refund-lines.ts'
import { movementsOf, paymentsOf } from './transactions.ts'

const sizeOf = (reader: FactReader, transaction: FactRow): bigint =>
  legsOf(reader, transaction.id).reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 0n)

/** What was drawn for an order by the coupons before this one: the discount comes first (O-05). */
const drawnBefore = (reader: FactReader, draw: FactRow): bigint =>
  reader
    .facts('coupon_draws', 'order_id = ? AND at = ? AND rowid < ?', draw.order_id, draw.at, draw.row_number)
    .reduce((sum, { amount }) => sum + amount, 0n)

/** What the coupons of an order may pay: all of it, or by `tax.couponBase` a discount coupon its price before tax (M-07). */
function payableBy(reader: FactReader, draw: FactRow, before: bigint): bigint {
  const [order] = reader.facts('orders', 'id = ?', draw.order_id)
  if (order === undefined) return 0n
  const isPrice = before === 0n && untaxedOf(reader, order) > 0n
  return paidLines(reader, order)
    .filter(({ part }) => !isPrice || reader.word(part) !== 'tax')
    .reduce((sum, { amount }) => sum + amount, 0n)
}

/** What comes back of what it had paid of an order: all, or the part of servers that are not there (E-05, E-10). */
function returnWorking(reader: FactReader, draw: FactRow, paid: bigint) {
  const [refund] = reader.facts('refunds', 'paid_order = ? AND at = ?', draw.order_id, draw.at)
  const share = refund === undefined ? null : shareOf(reader, refund)
  const back = share === null ? paid : (paid * share.part) / share.of
  if (back !== -draw.amount) return { formula: '', amount: null }
  const formula = share === null ? sumText([-paid]) : `${sumText([-paid])} x ${share.part}/${share.of}`
  return { formula, amount: -back }
}

/** O-05: a coupon pays all it holds, or all that is left of the order. `held`: what it held before. */
function drawWorking(reader: FactReader, draw: FactRow, held: bigint, paid: bigint): Working {
  const base = { rule: reader.word(draw.rule), recorded: draw.amount }
  if (draw.amount < 0n)
    return { what: `back from order ${draw.order_id}`, ...base, ...returnWorking(reader, draw, paid) }
  const what = `paid of order ${draw.order_id}`
  if (draw.amount === held) return { what: `${what}, its whole value`, ...base, formula: sumText([held]), amount: held }
  const before = drawnBefore(reader, draw)
  const whole = payableBy(reader, draw, before)
  const rest = whole - before
  const terms = [whole, ...(before === 0n ? [] : [-before])]
  return rest === draw.amount
    ? { what: `${what}, its whole amount`, ...base, formula: sumText(terms), amount: rest }
    : { what, ...base, formula: '', amount: null }
}

/** The draws in their order, each with what the coupon held before it. */
function drawWorkings(reader: FactReader, coupon: FactRow, draws: readonly FactRow[]): Working[] {
  let held = coupon.amount
  const paid = new Map<bigint, bigint>()
  return draws.map((draw) => {
    const working = drawWorking(reader, draw, held, paid.get(draw.order_id) ?? 0n)
    held -= draw.amount
    paid.set(draw.order_id, (paid.get(draw.order_id) ?? 0n) + draw.amount)
    return working
  })
}

/** M-10: what the coupon held less what it paid. */
function lapseWorking(coupon: FactRow, draws: readonly FactRow[], recorded: bigint): Working {
  const terms = [coupon.amount, ...draws.map(({ amount }) => -amount)]
  const rest = terms.reduce((sum, each) => sum + each, 0n)
  const made = rest === recorded ? { formula: sumText(terms), amount: rest } : { formula: '', amount: null }
  return { what: 'lapsed', rule: 'M-10', ...made, recorded }
}

export function explainCoupon(reader: FactReader, coupon: FactRow): Explanation {
  const draws = reader.facts('coupon_draws', 'coupon_id = ?', coupon.id)
  const kind = reader.word(coupon.kind)
  const isDiscount = kind === 'discount-coupon'
  const orders = [...new Set(draws.map(({ order_id: order }) => order))].filter((order) => order !== 0n)
  const grant = movementsOf(reader, coupon.account, ['coupon-grant']).filter(
    (each) => each.at === coupon.at && sizeOf(reader, each) === coupon.amount,
  )
  // M-10: what a discount coupon has left when it was spent lapses.
  const lapses = isDiscount
    ? movementsOf(reader, coupon.account, ['coupon-lapse']).filter(({ order_id: order }) => orders.includes(order))
    : []
  const lapsed = lapses.map((transaction) => sizeOf(reader, transaction))
  const terms = [coupon.amount, ...draws.map(({ amount }) => -amount), ...lapsed.map((amount) => -amount)]
  const left = terms.reduce((sum, each) => sum + each, 0n)
  return {
    subject: `coupon ${coupon.id}`,
    particulars: [
      ['Buyer', reader.nameOf('account', coupon.account) ?? '?'],
      ['Kind', isDiscount ? `${kind}: an amount off one order; the rest lapses` : `${kind}: spent until it is used up`],
      ['Orders', orders.length === 0 ? 'none' : orders.map((order) => `order ${order}`).join(', ')],
    ],
    workings: [
      ...drawWorkings(reader, coupon, draws),
      ...lapsed.map((amount) => lapseWorking(coupon, draws, amount)),
      { what: 'not drawn by orders', rule: 'O-05', formula: sumText(terms), amount: left, recorded: left },
    ],
    moments: inTime([
      reader.moment('coupons', coupon, ['account']),
      ...draws.map((draw) => reader.moment('coupon_draws', draw, ['coupon_id'])),
      ...[...grant.slice(0, 1), ...lapses].map((transaction) => moneyMoment(reader, transaction)),
      ...orders.flatMap((order) => paymentsOf(reader, order).map((transaction) => moneyMoment(reader, transaction))),
    ]),
  }
}
