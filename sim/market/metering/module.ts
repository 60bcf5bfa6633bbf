import type { Policies } from '#scenarios/policies.ts'
import { FINAL_AFTER } from '../../billing/final-bill.ts'
import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import { billDueMonths } from '../invoices/bills.ts'
import type { Invoices } from '../invoices/invoices.ts'
import type { Sellers } from '../sellers/sellers.ts'
import type { Servers } from '../servers/servers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { Metering, meteringTimers } from './metering.ts'
import { closeHour, settleNext } from './settlement.ts'
import { intakeTimers } from './usage-faults.ts'

/** Whether usage records can go astray at all (U-09); if not, no record is ever made. */
const isFaulty = ({ duplicate, conflict, late, outOfOrder }: Policies['usage.faults']): boolean =>
  duplicate + conflict + late + outOfOrder > 0

export function metering(
  cell: Cell,
  wallets: Wallets,
  sellers: Sellers,
  invoices: Invoices,
  servers: Servers,
): Metering {
  const market = new Metering(cell, wallets, sellers, invoices, servers, isFaulty(cell.world.policies['usage.faults']))
  const { meter } = market
  onTimers(cell.clock, meteringTimers, {
    hourCloses: () => closeHour(market),
    hourSettles: () => {
      // T-06: bills come before the hours of their instant, also where these were due for longer.
      if (cell.world.policies['settlement.lag'] >= FINAL_AFTER) billDueMonths(invoices)
      settleNext(market)
    },
  })
  onTimers(cell.clock, intakeTimers, { usageArrives: (entity) => market.intake?.arrives(entity) })
  servers.instanceAdmitted.connect((row) => meter.admit(row))
  servers.instanceChanged.connect((row) => meter.refresh(row))
  servers.instanceGone.connect((row) => meter.retire(row))
  servers.ecsRepriced.connect((row) => meter.cutEcs(row))
  servers.imageRepriced.connect((row) => meter.cutImage(row))
  cell.invariant(() => meter.check())
  return market
}
