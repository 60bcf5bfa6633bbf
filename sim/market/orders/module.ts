import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import type { Arrears } from '../arrears/arrears.ts'
import type { Invoices } from '../invoices/invoices.ts'
import type { Sellers } from '../sellers/sellers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { checkUnpaid } from './order-steps.ts'
import { Orders, orderTimers } from './orders.ts'
import { expireOrder, payWaiting, takeEffect } from './payment.ts'

export function orders(cell: Cell, wallets: Wallets, arrears: Arrears, sellers: Sellers, invoices: Invoices): Orders {
  const market = new Orders(cell, wallets, arrears, sellers, invoices)
  onTimers(cell.clock, orderTimers, {
    orderExpires: (row) => expireOrder(market, row),
    orderTakesEffect: (row) => takeEffect(market, row),
  })
  wallets.balanceRose.connect((account) => payWaiting(market, account))
  arrears.freezes.accountUnfrozen.connect((account) => payWaiting(market, account))
  cell.invariant(() => checkUnpaid(market))
  return market
}
