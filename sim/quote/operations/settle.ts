/** `settle`: price, tax, withholding, platformFee (percent; without it the policy `settlement.platformFee`), sellerTax */
import { BillingError } from '#base/billing-error.ts'
import { shown } from '#base/shown.ts'
import { isAboveHundred, parsePercent } from '../../billing/percent.ts'
import { sellerShare } from '../../billing/seller-share.ts'
import { operation, signedMoneyOf } from '../request.ts'

export const settle = operation(['price', 'tax', 'withholding', 'platformFee', 'sellerTax'], (request, policies) => {
  const sale = {
    price: signedMoneyOf(request.price, 'price'),
    tax: signedMoneyOf(request.tax, 'tax'),
    withholding: signedMoneyOf(request.withholding, 'withholding'),
    platformFee: platformFeeOf(request.platformFee ?? policies['settlement.platformFee']),
    sellerTax: signedMoneyOf(request.sellerTax, 'sellerTax'),
  }
  return { lines: [sellerShare(sale, policies['rounding.charge'])] }
})

/** L-03, percent x 1e8: `"15"` and `"15%"` are 15 %, `"0.15"` is 0.15 %. */
function platformFeeOf(value: unknown): bigint {
  const fee = parsePercent(value, 'platformFee')
  if (!isAboveHundred(fee)) return fee
  throw new BillingError(
    'platformFee',
    `${shown(value)} is more than the price`,
    'write a percentage from 0 to 100: "15" is 15 %',
  )
}
