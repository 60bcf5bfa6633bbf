import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import { useBalance } from './cash.ts'
import { checkCoupons } from './coupons.ts'
import { Wallets, walletTimers } from './wallets.ts'

export function wallets(cell: Cell): Wallets {
  const market = new Wallets(cell)
  onTimers(cell.clock, walletTimers, { balanceRises: (account) => useBalance(market, account) })
  cell.invariant(() => checkCoupons(market))
  return market
}
