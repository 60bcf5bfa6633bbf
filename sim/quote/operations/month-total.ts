/** `month-total`: charges, currency? */
import { formatPayable } from '../../billing/minor-units.ts'
import { monthTotal as monthTotalOf } from '../../billing/month-total.ts'
import { currencyField, listOf, operation, signedMoneyOf } from '../request.ts'

export const monthTotal = operation(['charges', 'currency'], (request, policies) => {
  const charges = listOf(request.charges, 'charges').map((charge, index) => signedMoneyOf(charge, `charges[${index}]`))
  const { decimals } = currencyField(request.currency)
  const { payable, lines } = monthTotalOf(charges, policies, decimals)
  return { lines, fields: { payable: formatPayable(payable, decimals) } }
})
