/**
 * `refund`: cash, coupon, start, termEnd, termMonths, at, begun; kind?, billing?, invoiced?, trial?, busy? (N-01, N-02, N-07);
 * currency?, which adds what is paid back in its minor units (M-08)
 */

import { parseInstant } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import { kindTable, productKinds } from '#scenarios/product-kinds.ts'
import { isRefusal, sumOf } from '../../billing/line.ts'
import { formatPayable, paidBack } from '../../billing/minor-units.ts'
import { refund as refundOf, type Unsubscription, unsubscriptionRefusal } from '../../billing/refund.ts'
import { booleanOf, currencyField, moneyOf, oneOf, operation, type Request, wholeNumber } from '../request.ts'

const LONGEST_TERM = 36
const MOST_RETURNS = 1_000_000
const kinds = productKinds.filter((kind) => kindTable[kind].traded)
const billings = ['yearly', 'monthly', 'pay-per-use', 'one-off'] as const

const keys = [
  ...['cash', 'coupon', 'start', 'termEnd', 'termMonths', 'at', 'begun', 'fiveDayReturns'],
  ...['kind', 'billing', 'invoiced', 'trial', 'busy', 'currency'],
]

export const refund = operation(keys, (request, policies) => {
  const asked: Unsubscription = {
    cash: moneyOf(request.cash, 'cash'),
    coupon: moneyOf(request.coupon, 'coupon'),
    start: parseInstant(request.start, 'start'),
    termEnd: parseInstant(request.termEnd, 'termEnd'),
    termMonths: wholeNumber(request.termMonths, 'termMonths', 1, LONGEST_TERM),
    at: parseInstant(request.at, 'at'),
    begun: booleanOf(request.begun, 'begun'),
    fiveDayReturns: wholeNumber(request.fiveDayReturns ?? 0, 'fiveDayReturns', 0, MOST_RETURNS),
  }
  const refusal = unsubscriptionRefusal({
    kind: oneOf(request.kind ?? 'image', kinds, 'kind'),
    billing: oneOf(request.billing ?? 'monthly', billings, 'billing'),
    invoiced: flag(request, 'invoiced'),
    trial: flag(request, 'trial'),
    busy: flag(request, 'busy'),
  })
  if (refusal !== null) return refusal
  const result = refundOf(asked, policies)
  if (isRefusal(result)) return result
  const fields = { couponReturned: formatAmount(result.couponReturned) }
  if (request.currency === undefined) return { lines: result.lines, fields }
  const { decimals } = currencyField(request.currency)
  const back = paidBack({ amount: sumOf(result.lines), paid: asked.cash }, policies, decimals)
  return { lines: result.lines, fields: { ...fields, payable: formatPayable(back, decimals) } }
})

const flag = (request: Request, field: string): boolean => booleanOf(request[field] ?? false, field)
