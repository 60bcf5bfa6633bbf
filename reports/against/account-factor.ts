/** One factor on all that one account is charged: a discount or a surcharge of its own, while all other charges agree. */
import { factorOfBills } from './bill-factor.ts'
import type { TaxedBill } from './bill-tax.ts'
import { FactorRange, factorReason } from './factor-range.ts'
import { billKey, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import type { Reason } from './reason.ts'
import { rowFinder } from './row-finder.ts'

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
  return reason && { ...reason, text: `${reason.text}; of ${account} only` }
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

/** The factor on every line of the only account whose lines differ. One product alone has another price rather than a factor. */
export async function accountFactorOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  const find = rowFinder(lines)
  const seen = new Uint8Array(table.rows)
  const ranges = new Map<string, FactorRange>()
  let isMissing = false
  await source.each((line) => {
    const { row } = find(line)
    if (row < 0) isMissing = true
    if (row < 0 || isMissing) return
    seen[row] = 1
    let range = ranges.get(line.account)
    if (range === undefined) ranges.set(line.account, (range = new FactorRange(source.policies)))
    range.take(line, table.amount.at(row))
  }, lines.detail)
  if (isMissing || !seen.every((each, row) => each === 1 || table.amount.at(row) === 0n)) return undefined
  const [only, other] = [...ranges].filter(([, { differing }]) => differing > 0)
  if (only === undefined || other !== undefined) return undefined
  const [account, range] = only
  if (range.products.size < 2 || range.factor === undefined) return undefined
  const reason = factorReason(range.factor, 'every line', source.policies['tax.percent'])
  return { ...reason, text: `${reason.text}; of ${account} only` }
}
