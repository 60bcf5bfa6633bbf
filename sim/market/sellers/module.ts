import { startOfMonth } from '#base/civil-time.ts'
import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { makeSellerBills, paySellers } from './seller-bills.ts'
import { Sellers, sellerTimers } from './sellers.ts'
import { checkTickets } from './tickets.ts'

export function sellers(cell: Cell, wallets: Wallets): Sellers {
  const market = new Sellers(cell, wallets)
  onTimers(cell.clock, sellerTimers, {
    sellersBilled: (month) => makeSellerBills(market, startOfMonth(month, market.world.policies['time.utcOffset'])),
    sellersPaid: () => paySellers(market),
  })
  cell.invariant(() => checkTickets(market))
  return market
}
