/** One factor on all that one account is charged: a discount or a surcharge of its own, while all other charges agree. */
import { factorOfBills } from './bill-factor.ts'
import type { TaxedBill } from './bill-tax.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import { because, type Reason } from './reason.ts'

const FEW_DECIMALS = 3

/** The factor on every bill of the only account whose bills differ; undefined where there is none. */
export async function accountFactorOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await source.bills()
  if (invoices.size !== bills.length) return undefined
  const accounts = new Set<string>()
  for (const bill of bills) {
    const invoice = invoices.get(billKey(bill.account, bill.month))
    if (invoice === undefined) return undefined
    if (!agrees(source, bill, invoice)) accounts.add(bill.account)
  }
  const [account] = accounts
  if (accounts.size !== 1) return undefined
  const own = bills
    .filter((bill) => bill.account === account)
    .flatMap((bill): TaxedBill[] => {
      const invoice = invoices.get(billKey(bill.account, bill.month))
      return invoice === undefined ? [] : [{ bill, invoice, use: new Map(), orders: [] }]
    })
  const reason = await factorOfBills(source, own)
  // One bill comes out by some factor of many decimals.
  if (own.length < 2 && (reason?.factor?.split('.')[1]?.length ?? 0) > FEW_DECIMALS) return undefined
  return reason && ofAccount(reason, account)
}

function ofAccount(reason: Reason, account: string): Reason {
  if (reason.factor === '2') return because('double charge', 'U-09', `every charge of ${account} twice`)
  return { ...reason, text: `${reason.text}; of ${account} only` }
}

/** Whether a bill of theirs is ours in all that it states. */
export function agrees(source: RatedSource, bill: SourceBill, { figures }: InvoiceBill): boolean {
  const { charges, payable } = bill
  return (
    (figures.charges ?? charges) === charges &&
    (figures.payable ?? payable) === payable &&
    (figures.tax === undefined || figures.tax === source.totalOf(bill) - charges)
  )
}
