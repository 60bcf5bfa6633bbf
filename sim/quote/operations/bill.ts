/** `bill`: charges, tax? (percent; without it the policy `tax.percent`), currency? */
import { formatAmount } from '#base/money.ts'
import { formatPayable, monthTotal } from '../../billing/month-total.ts'
import { parsePercent, percentText } from '../../billing/percent.ts'
import { currencyField, listOf, operation, signedMoneyOf } from '../request.ts'

export const bill = operation(['charges', 'tax', 'currency'], (request, policies) => {
  const charges = listOf(request.charges, 'charges').map((charge, index) => signedMoneyOf(charge, `charges[${index}]`))
  const percent = request.tax === undefined ? policies['tax.percent'] : percentText(parsePercent(request.tax, 'tax'))
  const { decimals } = currencyField(request.currency)
  const { tax, payable, lines } = monthTotal(charges, { ...policies, 'tax.percent': percent }, decimals)
  return { lines, fields: { tax: formatAmount(tax), payable: formatPayable(payable, decimals) } }
})
