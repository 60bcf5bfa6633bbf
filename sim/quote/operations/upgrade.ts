/** `upgrade`: newPrice, oldPrice, remaining or at, termEnd, per; discount? */
import { parseDecimal } from '#base/decimal.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import { isInTerm, outOfTerm } from '../../billing/change.ts'
import { parseDiscount } from '../../billing/discount.ts'
import { literal } from '../../billing/formula.ts'
import { isRefusal } from '../../billing/line.ts'
import { withTax } from '../../billing/tax.ts'
import { upgradeFee } from '../../billing/upgrade.ts'
import { changeKeys, operation } from '../request.ts'
import { changeTimeOf, remainingOfChange } from './remaining.ts'

const listPrice = (value: unknown, where: string) =>
  literal(parseDecimal(value, UNIT_PRICE_DECIMALS, where, 'unsigned'), UNIT_PRICE_DECIMALS)

export const upgrade = operation(['newPrice', 'oldPrice', 'discount', ...changeKeys], (request, policies) => {
  const newPrice = listPrice(request.newPrice, 'newPrice')
  const oldPrice = listPrice(request.oldPrice, 'oldPrice')
  const discount = request.discount === undefined ? undefined : parseDiscount(request.discount)
  const time = changeTimeOf(request, policies)
  if (time !== undefined && !isInTerm(time)) return outOfTerm
  const part = remainingOfChange(request, time, policies)
  const fee = upgradeFee({ to: { price: newPrice, part }, from: { price: oldPrice, part }, discount, time }, policies)
  return isRefusal(fee) ? fee : { lines: withTax(fee.lines, policies) }
})
