/** Price models of orders. */
import { word } from './figures/figure.ts'
import type { RunRecord } from './record.ts'

/** Makes the table `order_models(order_id, model)`: an order's price model is that of its price line's plan. */
export function prepareOrderModels(record: RunRecord): void {
  record.keepIndexed(
    'order_models',
    'order_id INTEGER PRIMARY KEY, model TEXT',
    `SELECT l.order_id, min(p.price ->> 'model') FROM paid_lines l CROSS JOIN plans p ON p.id = l.plan
WHERE l.part = ${word('price')} GROUP BY 1`,
  )
}

/** Makes the table `price_models(id, model)`: the price models of orders, from 1. */
export function preparePriceModels(record: RunRecord): void {
  prepareOrderModels(record)
  record.keepIndexed(
    'price_models',
    'id INTEGER PRIMARY KEY, model TEXT',
    'SELECT row_number() OVER (ORDER BY model), model FROM (SELECT DISTINCT model FROM order_models WHERE model IS NOT NULL)',
  )
}
