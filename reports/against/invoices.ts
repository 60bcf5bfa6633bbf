/** The bills or charges of another system, as they were read. */
import { Names } from '#sim/metering-log/names.ts'
import { ChargeTable } from './charge-table.ts'
import type { OrderDetail } from './rated-line.ts'

/** What is stated of a bill; `tax` is that on its use (M-07). */
export type Figure = 'payable' | 'charges' | 'tax'

export interface InvoiceBill {
  readonly account: string
  readonly month: number
  readonly line: number
  readonly figures: Partial<Record<Figure, bigint>>
  /** How many rows are of this account and month. */
  count: number
}

/** The figures that the invoices state of a bill. */
export const figuresOf = ({ figures }: InvoiceBill): Figure[] => Object.keys(figures) as Figure[]

/** Charges of an invoice file, and their names. */
export class InvoiceLines {
  readonly table: ChargeTable
  readonly resources = new Names()
  readonly products = new Names()
  readonly accounts = new Names()
  /** The product's name has its kind before it. */
  readonly hasKinds: boolean
  /** Whether orders are charged as a whole or line by line: then their kinds are those of what is bought. */
  detail: OrderDetail = 'orders'

  /** `mostHeld`: charges in memory, about; the others are in a temporary file. */
  constructor(hasKinds: boolean, mostHeld?: number) {
    this.hasKinds = hasKinds
    this.table = new ChargeTable(mostHeld)
  }

  /** Gives memory and files back. */
  close(): void {
    this.table.close()
    for (const names of [this.resources, this.products, this.accounts]) names.close()
  }
}

export type Invoices =
  | { readonly level: 'bills'; readonly bills: ReadonlyMap<string, InvoiceBill> }
  | { readonly level: 'lines'; readonly lines: InvoiceLines }

/** The key of a bill. */
export const billKey = (account: string, month: number): string => `${month} ${account}`

/** An order is charged once, whenever that was: `order 12` is found by its name alone. */
export const ORDER_HOUR = 0
export const isOrder = (resource: string): boolean => /^order \d+$/.test(resource)
