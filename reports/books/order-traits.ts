/** What sums of orders are kept by, next to the orders themselves. */
import { WideColumn } from '#engine/wide-column.ts'
import { preparePriceModels } from '../price-models.ts'
import type { RunRecord } from '../record.ts'
import { prepareOrderServers } from '../server-lines.ts'
import { ordersOf } from '../steps/orders.ts'
import type { ById } from './by-id.ts'

/** A place is that of an order, from 1; 0 has no order. */
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

  constructor(record: RunRecord) {
    preparePriceModels(record)
    prepareOrderServers(record)
    const { places, specification, crowd } = ordersOf(record)
    this.#places = places
    this.specification = specification
    this.crowd = crowd
    const size = crowd.length
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
