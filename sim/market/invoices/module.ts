import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import type { Sellers } from '../sellers/sellers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { billDueMonths } from './bills.ts'
import { Invoices, invoiceTimers } from './invoices.ts'
import { awaitReturn, checkCovering, moveInvoice, reissueInvoice } from './invoicing.ts'

export function invoices(cell: Cell, wallets: Wallets, sellers: Sellers): Invoices {
  const market = new Invoices(cell, wallets)
  onTimers(cell.clock, invoiceTimers, {
    invoiceMoves: (row) => moveInvoice(market, row),
    invoiceWanted: (row) => reissueInvoice(market, row),
    monthBills: () => billDueMonths(market),
  })
  sellers.ticketSolved.connect((about, subject) => {
    if (about === 'invoice-return') awaitReturn(market, subject)
  })
  cell.invariant(() => checkCovering(market))
  return market
}
