/** `bill`: charges, tax? (percent; without it the policy `tax.percent`), currency? */
import { BillingError } from '#base/billing-error.ts'
import { formatAmount } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { formatPayable } from '../../billing/minor-units.ts'
import { monthTotal } from '../../billing/month-total.ts'
import { isAboveHundred, parsePercent, percentText } from '../../billing/percent.ts'
import { currencyField, listOf, operation, signedMoneyOf } from '../request.ts'

export const bill = operation(['charges', 'tax', 'currency'], (request, policies) => {
  const charges = listOf(request.charges, 'charges').map((charge, index) => signedMoneyOf(charge, `charges[${index}]`))
  const percent = request.tax === undefined ? policies['tax.percent'] : taxOf(request.tax)
  const { decimals } = currencyField(request.currency)
  const { tax, payable, lines } = monthTotal(charges, { ...policies, 'tax.percent': percent }, decimals)
  return { lines, fields: { tax: formatAmount(tax), payable: formatPayable(payable, decimals) } }
})

function taxOf(value: unknown): string {
  const percent = parsePercent(value, 'tax')
  if (!isAboveHundred(percent)) return percentText(percent)
  throw new BillingError(
    'tax',
    `${shown(value)} is more than 100 %`,
    'write a percentage from 0 to 100: "19.6" is 19.6 %',
  )
}
