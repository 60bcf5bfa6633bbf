/** Who buys what: numbers of accounts and orders that sums are kept by. */
import { WideColumn } from '#engine/wide-column.ts'
import { preparePriceModels } from '../price-models.ts'
import type { RunRecord } from '../record.ts'
import { prepareOrderServers } from '../server-lines.ts'
import { ById } from './by-id.ts'

/** Columns of whole numbers of a query. */
function columnsOf(record: RunRecord, sql: string, count: number): number[][] {
  const columns: number[][] = Array.from({ length: count }, () => [])
  for (const row of record.numbers(sql)) for (let at = 0; at < count; at++) columns[at].push(row[at])
  return columns
}

/** The crowd (a segment and region) of each account; 0 for none. */
export function crowdsOf(record: RunRecord): ById {
  const [ids, crowds] = columnsOf(record, 'SELECT id, crowd FROM buyers', 2)
  return new ById(ids, crowds)
}

/** What sums of orders are kept by. A place is that of an order, from 1; 0 has no order. */
export class OrderTraits {
  readonly specification: Int32Array
  /** The crowd of its buyer. */
  readonly crowd: Int32Array
  /** A number of `price_models`; 0 where it has none. */
  readonly model: Int32Array
  /** 1 where it has servers, and what their lines come to before tax and the tax in it (`order_servers`). */
  readonly hasServers: Uint8Array
  readonly paid: WideColumn
  readonly tax: WideColumn
  readonly #places: ById

  constructor(record: RunRecord, crowds: ById) {
    preparePriceModels(record)
    prepareOrderServers(record)
    const [ids, accounts, specifications] = columnsOf(record, 'SELECT id, account, specification FROM orders', 3)
    this.#places = new ById(
      ids,
      ids.map((_, place) => place + 1),
    )
    const size = ids.length + 1
    this.specification = Int32Array.from([0, ...specifications])
    this.crowd = new Int32Array(size)
    for (const [place, account] of accounts.entries()) this.crowd[place + 1] = crowds.of(account)
    this.model = new Int32Array(size)
    for (const [id, model] of record.numbers(
      'SELECT o.order_id, p.id FROM order_models o CROSS JOIN price_models p ON p.model = o.model',
    ))
      this.model[this.place(id)] = model
    this.hasServers = new Uint8Array(size)
    this.paid = new WideColumn(size)
    this.tax = new WideColumn(size)
    for (const [id, paid, tax] of record.cursor('SELECT order_id, paid, tax FROM order_servers').rows) {
      const place = this.place(Number(id))
      this.hasServers[place] = 1
      this.paid.put(place, BigInt(paid ?? 0))
      this.tax.put(place, BigInt(tax ?? 0))
    }
  }

  /** The place of an order; 0 of one that is not among the orders. */
  place(order: number): number {
    return this.#places.of(order)
  }
}
