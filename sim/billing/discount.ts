/** M-06: a discount is a percentage of the price, a fixed price, or an amount off; at most one on an order line. */
import { BillingError } from '#base/billing-error.ts'
import { parseDecimal } from '#base/decimal.ts'
import { MONEY_DECIMALS, packPrice, UNIT_PRICE_DECIMALS, type UnitPrice, unpackPrice } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { atLeastZero, type Formula, literal, minus, times } from './formula.ts'
import { keySet, refuseUnknownKeys } from './known-keys.ts'
import { isAboveHundred, lessPercent, parsePercent } from './percent.ts'

/** As scenario files and requests write it. */
export type DiscountText =
  | { readonly percentOff: string }
  | { readonly fixedPrice: string }
  | { readonly amountOff: string }

/** `value`: percent x 1e8 or whole 1e-8 units of the currency. */
export interface Discount {
  readonly kind: 'percentOff' | 'fixedPrice' | 'amountOff'
  readonly value: bigint
}

const kinds = ['percentOff', 'fixedPrice', 'amountOff'] as const
const known = keySet(...kinds)
const parseMoneyOff = (text: unknown, where: string): bigint => parseDecimal(text, MONEY_DECIMALS, where, 'unsigned')

/** Reads a discount; exactly one of the three keys. Throws BillingError. */
export function parseDiscount(value: unknown, where = 'discount'): Discount {
  const hint = 'write one of {"percentOff": "10"}, {"fixedPrice": "80"}, {"amountOff": "5"}'
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BillingError(where, `${shown(value)} is not a discount`, hint)
  refuseUnknownKeys(value, known, where)
  const [kind, ...others] = kinds.filter((each) => Object.hasOwn(value, each))
  if (kind === undefined) throw new BillingError(where, 'a discount without a kind', hint)
  if (others.length > 0)
    throw new BillingError(where, `${others.length + 1} discounts where an order line allows one (M-06)`, hint)
  const text = (value as Record<string, unknown>)[kind]
  const read = kind === 'percentOff' ? parsePercent : parseMoneyOff
  const amount = read(text, `${where}.${kind}`)
  if (kind === 'percentOff' && isAboveHundred(amount))
    throw new BillingError(`${where}.${kind}`, `${shown(text)} takes off more than the price`, 'write 0 to 100')
  return { kind, value: amount }
}

/**
 * The last step before the rounding (M-03). An amount off takes no price below 0; a fixed price means the whole
 * line, whatever its quantity.
 */
export function discounted(price: Formula, discount: Discount | undefined): Formula {
  if (discount === undefined) return price
  const value = literal(discount.value, MONEY_DECIMALS)
  if (discount.kind === 'amountOff') return atLeastZero(minus(price, value))
  if (discount.kind === 'fixedPrice') return { ...value, text: `${value.text} fixed, instead of ${price.text}` }
  return times(price, lessPercent(discount.value))
}

/**
 * The price of an hour with its discount inside. The hours of a month are charged by it one by one, so it must itself be
 * a price: throws BillingError where the discount leaves more than 10 decimals.
 */
export function discountedHour(hourly: UnitPrice, discount: Discount | undefined): UnitPrice {
  if (discount === undefined) return hourly
  const { value, text } = discounted(literal(unpackPrice(hourly), UNIT_PRICE_DECIMALS), discount)
  const whole = value.numerator * 10n ** BigInt(UNIT_PRICE_DECIMALS)
  if (whole % value.denominator !== 0n)
    throw new BillingError(
      'discount',
      `${text} is not a price of ${UNIT_PRICE_DECIMALS} decimals`,
      'write a fixedPrice',
    )
  return packPrice(whole / value.denominator)
}
