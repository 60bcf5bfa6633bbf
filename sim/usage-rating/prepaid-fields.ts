/** `prepaid:` and `cashCoupons:` of a rate card. */
import { BillingError } from '#base/billing-error.ts'
import { formatMonth } from '#base/civil-time.ts'
import { parseDecimal } from '#base/decimal.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import type { Currency } from '#scenarios/currencies.ts'
import { keySet, refuseUnknownKeys } from '../billing/known-keys.ts'
import { currencyOf, type Fields, fieldsOf, monthAt, monthsOf, namesIn, textOf } from './card-fields.ts'

/** A balance that an account bought, and that pays its bills. Months are year x 12 + month - 1. */
export interface PrepaidBalance {
  /** Place in the card, from 0. */
  readonly index: number
  readonly account: string
  readonly name: string
  readonly currency: Currency
  /** What it pays, and what it cost, whole 1e-8. */
  readonly amount: bigint
  readonly price: bigint
  /** The first month whose bill it pays, and the one after the last. */
  readonly from: number
  readonly until: number
  /** The month in which what is left is refunded; undefined: never. */
  readonly refunded: number | undefined
  /** How far below 0 it may go, whole 1e-8. */
  readonly overdraft: bigint
  /** Metrics and offers that it pays; undefined: whole bills with their tax. */
  readonly of: ReadonlySet<string> | undefined
}

/** An amount off one bill (O-05). */
export interface CashCoupon {
  readonly index: number
  readonly account: string
  readonly name: string
  readonly currency: Currency
  readonly off: bigint
  /** A bill of less is not lowered. */
  readonly least: bigint
  readonly from: number
  readonly until: number
  readonly of: ReadonlySet<string> | undefined
}

const prepaidKeys = keySet(
  ...(['account', 'name', 'amount', 'price', 'from', 'until', 'refunded', 'overdraft', 'of', 'currency'] as const),
)
const couponKeys = keySet('account', 'name', 'off', 'least', 'from', 'until', 'of', 'currency')

const money = (value: unknown, where: string): bigint => parseDecimal(value, MONEY_DECIMALS, where, 'unsigned')

interface Common {
  readonly index: number
  readonly account: string
  readonly name: string
  readonly currency: Currency
  readonly from: number
  readonly until: number
  readonly of: ReadonlySet<string> | undefined
}

function commonOf(
  fields: Fields,
  index: number,
  where: string,
  names: readonly string[],
  currency: Currency,
  utcOffset: number,
): Common {
  return {
    index,
    ...monthsOf(fields, where, utcOffset),
    account: textOf(fields.account, `${where}.account`, 'name the account that it is of'),
    name: textOf(fields.name, `${where}.name`, 'name it, as bills show it'),
    currency: currencyOf(fields.currency, `${where}.currency`, currency),
    of: namesIn(fields, names, where),
  }
}

/** Reads `prepaid:`; `names` are those of metrics and offers. Throws BillingError. */
export function prepaidOf(
  value: unknown,
  names: readonly string[],
  currency: Currency,
  utcOffset: number,
): PrepaidBalance[] {
  return [value ?? []].flat().map((each, index) => {
    const where = `prepaid[${index}]`
    const hint = 'write { account: acme, name: credits, amount: 500, from: 2024-01-01T00:00:00+08:00 }'
    const fields = fieldsOf(each, where, hint)
    refuseUnknownKeys(fields, prepaidKeys, where)
    const common = commonOf(fields, index, where, names, currency, utcOffset)
    const amount = money(fields.amount, `${where}.amount`)
    if (amount === 0n) throw new BillingError(`${where}.amount`, 'a balance of 0', 'write what it pays')
    const refunded =
      fields.refunded === undefined ? undefined : monthAt(fields.refunded, `${where}.refunded`, utcOffset)
    if (refunded !== undefined && (refunded <= common.from || refunded > common.until))
      throw new BillingError(
        `${where}.refunded`,
        `${formatMonth(refunded)} is not within its time`,
        'write the beginning of a month after from, and not after until',
      )
    return {
      ...common,
      ...{ amount, refunded },
      price: fields.price === undefined ? amount : money(fields.price, `${where}.price`),
      overdraft: fields.overdraft === undefined ? 0n : money(fields.overdraft, `${where}.overdraft`),
    }
  })
}

/** Reads `cashCoupons:`. Throws BillingError. */
export function cashCouponsOf(
  value: unknown,
  names: readonly string[],
  currency: Currency,
  utcOffset: number,
): CashCoupon[] {
  return [value ?? []].flat().map((each, index) => {
    const where = `cashCoupons[${index}]`
    const fields = fieldsOf(
      each,
      where,
      'write { account: acme, name: SPRING, off: 20, least: 100, from: 2024-01-01T00:00:00+08:00 }',
    )
    refuseUnknownKeys(fields, couponKeys, where)
    const off = money(fields.off, `${where}.off`)
    if (off === 0n) throw new BillingError(`${where}.off`, 'nothing off', 'write an amount')
    return {
      ...commonOf(fields, index, where, names, currency, utcOffset),
      off,
      least: fields.least === undefined ? 0n : money(fields.least, `${where}.least`),
    }
  })
}
