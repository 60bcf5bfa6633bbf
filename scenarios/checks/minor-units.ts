/** M-08: money that a person holds, pays or may spend is in minor units of the currency; prices may be finer. */
import type { Currency } from '../currencies.ts'
import type { Path } from '../document.ts'
import type { BuyerSegment } from '../sections/buyers.ts'
import type { Report } from './draft.ts'

type Amount = readonly [name: string, amount: string | null | undefined, path: Path]

/** Every amount of money of a segment, in the order in which the file has them. */
const amountsOf = ({ wallet, reseller }: BuyerSegment, path: Path): readonly Amount[] => [
  ['an opening balance', wallet.opening, [...path, 'wallet', 'opening']],
  ...wallet.coupons.map(
    ({ amount }, index): Amount => ['a coupon', amount, [...path, 'wallet', 'coupons', index, 'amount']],
  ),
  ['a credit limit', wallet.credit?.limit, [...path, 'wallet', 'credit', 'limit']],
  ['a top-up below', wallet.topUp?.below, [...path, 'wallet', 'topUp', 'below']],
  ['a top-up', wallet.topUp?.amount, [...path, 'wallet', 'topUp', 'amount']],
  ['a monthly budget', reseller?.monthlyBudget, [...path, 'reseller', 'monthlyBudget']],
]

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

export function checkMinorUnits(
  segment: BuyerSegment,
  currency: Currency | undefined,
  path: Path,
  report: Report,
): void {
  if (currency === undefined) return
  const { code, decimals } = currency
  for (const [name, amount, place] of amountsOf(segment, path)) {
    const given = amount?.split('.')[1]?.replace(/0+$/, '').length ?? 0
    if (amount == null || given <= decimals) continue
    const [below, above] = neighbours(amount, decimals)
    report(place, {
      what: `${name} of ${amount} ${code}`,
      expected:
        decimals === 0
          ? `a whole amount: ${code} has no minor units (M-08)`
          : `an amount with at most ${decimals} decimals, the minor units of ${code} (M-08)`,
      hint: `write ${below} or ${above}`,
    })
  }
}
