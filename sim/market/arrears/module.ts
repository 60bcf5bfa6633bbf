import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import type { Freezes } from '../freezes/freezes.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { Arrears, arrearsTimers } from './arrears.ts'
import { checkStandings, enterArrears, passMilestone, restore } from './dunning.ts'

export function arrears(cell: Cell, wallets: Wallets, freezes: Freezes): Arrears {
  const market = new Arrears(cell, wallets, freezes)
  onTimers(cell.clock, arrearsTimers, { standingMilestone: (account, index) => passMilestone(market, account, index) })
  wallets.chargeUnpaid.connect((account) => enterArrears(market, account))
  wallets.balanceRose.connect((account) => restore(market, account))
  cell.invariant(() => checkStandings(market))
  return market
}
