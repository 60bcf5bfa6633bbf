/** `settle`: price, tax, withholding, platformFee, sellerTax */
import type { Policies } from '#scenarios/policies.ts'
import { BillingFault, shown } from '../../billing/fault.ts'
import { isAboveHundred, parsePercent } from '../../billing/percent.ts'
import { sellerShare } from '../../billing/seller-share.ts'
import { type Operation, signedMoneyOf } from '../request.ts'

export const settle: Operation = (request, policies) => {
  const sale = {
    price: signedMoneyOf(request.price, 'price'),
    tax: signedMoneyOf(request.tax, 'tax'),
    withholding: signedMoneyOf(request.withholding, 'withholding'),
    platformFee: platformFeeOf(request.platformFee, policies),
    sellerTax: signedMoneyOf(request.sellerTax, 'sellerTax'),
  }
  return { lines: [sellerShare(sale, policies['rounding.charge'])] }
}

/**
 * `"15"` and `"15%"` are percent. `"0.15"` without a sign is the factor of L-03's formula, since no platform takes less
 * than one percent; half a percent is written `"0.5%"`. Absent: `settlement.platformFee`.
 */
function platformFeeOf(value: unknown, policies: Policies): bigint {
  const where = 'platformFee'
  if (value === undefined) return parsePercent(policies['settlement.platformFee'], where)
  const hasSign = typeof value === 'string' && value.endsWith('%')
  const number = parsePercent(hasSign ? (value as string).slice(0, -1) : value, where)
  const fee = !hasSign && number < 100_000_000n ? number * 100n : number
  if (!isAboveHundred(fee)) return fee
  throw new BillingFault(where, `${shown(value)} is more than the price`, 'write 0 to 100 percent, such as "15"')
}
