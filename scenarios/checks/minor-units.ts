/** M-08: money that a person holds, pays or may spend is in minor units of the currency; prices may be finer. */
import { money } from '../amounts.ts'
import type { Currency } from '../currencies.ts'
import { type Path, valueAt } from '../document.ts'
import type { Report } from './draft.ts'

/** Where a segment of buyers has amounts of money; coupons are a list. */
const places: readonly (readonly [name: string, path: Path])[] = [
  ['an opening balance', ['wallet', 'opening']],
  ['a credit limit', ['wallet', 'credit', 'limit']],
  ['a top-up below', ['wallet', 'topUp', 'below']],
  ['a top-up', ['wallet', 'topUp', 'amount']],
  ['a monthly budget', ['reseller', 'monthlyBudget']],
]

const listAt = (data: unknown, path: Path): readonly unknown[] => {
  const list = valueAt(data, path)
  return Array.isArray(list) ? list : []
}

/** The whole minor units below and above an amount in decimal text. */
function neighbours(amount: string, decimals: number): readonly [string, string] {
  const [whole, fraction = ''] = amount.split('.')
  const below = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'))
  const text = (units: bigint): string => {
    const digits = String(units).padStart(decimals + 1, '0')
    return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
  }
  return [text(below), text(below + 1n)]
}

/** Reads plain data, so that an error elsewhere in a segment hides none of these; what is no amount is reported as that. */
export function checkMinorUnits(data: unknown, currency: Currency | undefined, report: Report): void {
  if (currency === undefined) return
  listAt(data, ['buyers']).forEach((_, index) => {
    const segment: Path = ['buyers', index]
    const coupons: Path = [...segment, 'wallet', 'coupons']
    for (const [name, path] of places) checkAmount(data, name, [...segment, ...path], currency, report)
    listAt(data, coupons).forEach((_coupon, at) => {
      checkAmount(data, 'a coupon', [...coupons, at, 'amount'], currency, report)
    })
  })
}

function checkAmount(data: unknown, name: string, path: Path, { code, decimals }: Currency, report: Report): void {
  const { data: amount } = money.safeParse(valueAt(data, path))
  const given = amount?.split('.')[1]?.replace(/0+$/, '').length ?? 0
  if (amount === undefined || given <= decimals) return
  const [below, above] = neighbours(amount, decimals)
  report(path, {
    what: `${name} of ${amount} ${code}`,
    expected:
      decimals === 0
        ? `a whole amount: ${code} has no minor units (M-08)`
        : `an amount with at most ${decimals} decimals, the minor units of ${code} (M-08)`,
    hint: `write ${below} or ${above}`,
  })
}
