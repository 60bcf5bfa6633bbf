/** `month-total`: charges */
import { formatPayable, monthTotal as monthTotalOf } from '../../billing/month-total.ts'
import { listOf, operation, signedMoneyOf } from '../request.ts'

export const monthTotal = operation(['charges'], (request, policies) => {
  const charges = listOf(request.charges, 'charges').map((charge, index) => signedMoneyOf(charge, `charges[${index}]`))
  const { payable, lines } = monthTotalOf(charges, policies)
  return { lines, fields: { payable: formatPayable(payable) } }
})
