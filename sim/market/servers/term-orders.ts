/** Ordering servers for a term, with the image on them (E-04..E-06, E-08, C-03). */
import { isRefusal } from '../../billing/line.ts'
import { budgetExhausted, type Denial, deny } from '../orders/admission.ts'
import { createOrder } from '../orders/order-creation.ts'
import { payOrWait } from '../orders/payment.ts'
import { chargeBudget, listPriceOf } from '../wallets/reseller.ts'
import { admission, type ServerIntent } from './admission.ts'
import { termLines } from './server-price.ts'
import type { Servers } from './servers.ts'
import { createOrWait } from './term-creation.ts'

/**
 * Orders yearly/monthly servers with an image, itself for the same term or pay-per-use. Customised: paid, then created
 * (E-05). Quick: created, then paid (E-04). Their term begins for all together, when the last of them is there. Returns the
 * row of the order, or why there is none.
 */
export function orderTermServers(market: Servers, intent: ServerIntent): number | Denial {
  const creation = admission(market, intent)
  if (isRefusal(creation)) return creation
  const { orders, orderChapter } = market
  const { account, quantity, months } = intent
  const lines = termLines(market, intent)
  const servers = lines.reduce((sum, { part, amount }) => (part === 'ecs' ? sum + amount : sum), 0n)
  const list = servers + listPriceOf(orderChapter.wallets, market.offer(intent.specification), quantity, months)
  if (!chargeBudget(orderChapter.wallets, account, list)) {
    deny(market, intent, budgetExhausted)
    return budgetExhausted
  }
  const isQuick = intent.provisioning === 'quick'
  const row = createOrder(orderChapter, intent, lines, isQuick ? 'E-04' : 'O-01')
  orders.creation[row] = creation.launches.reduce((last, { after }) => Math.max(last, after), 0)
  orders.fails[row] = creation.launches.filter(({ fails }) => fails).length
  orders.quick[row] = isQuick ? 1 : 0
  orders.patience[row] = creation.patience
  if (isQuick) createOrWait(market, row)
  else payOrWait(orderChapter, row)
  return row
}
