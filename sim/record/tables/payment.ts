/** Coupons, credit, requotes, resellers and combined payments (O-04..O-08). */
import { account, at, column, type FactTable, order, rule } from '../column.ts'

export const paymentTables = {
  coupons: {
    text: 'Every coupon that a buyer was granted (O-05).',
    columns: {
      id: column('id', 'number of the coupon'),
      at,
      account,
      kind: column('word', 'cash-coupon or discount-coupon'),
      amount: column('money', 'what it is worth'),
      rule,
    },
  },
  coupon_draws: {
    text: 'What coupons paid of orders (O-05), negative where it was given back (O-08). Hours that draw cash coupons are in `postings`.',
    columns: {
      coupon_id: column('id', 'the coupon: `coupons`'),
      order_id: order,
      at,
      amount: column('money', 'drawn from it; negative when returned to it'),
      rule,
    },
  },
  credit_grants: {
    text: 'Credit limits that buyers were granted through service tickets (O-05).',
    columns: {
      account,
      at,
      amount: column('money', 'added to the limit'),
      transactions_from: column('id', 'transactions of this cell from this number on were booked after it'),
      rule,
    },
  },
  order_requotes: {
    text: 'All lines that an order was paid by where they are not those of its creation: its price was asked again (O-04, `order.quoteLock: payment`), or a discount coupon lowered what is taxed (M-07, `tax.couponBase: paid`).',
    columns: {
      order_id: order,
      at,
      line: column('count', 'position, from 1'),
      part: column('word', 'price, ecs for servers, or tax'),
      plan: column('id', 'the price plan: `plans`; 0 when none'),
      amount: column('money', 'of this line'),
      rule,
    },
  },
  reseller_customers: {
    text: 'Buyers who are customers of a reseller, who is charged in their place (O-06).',
    columns: {
      account,
      at,
      limited: column('flag', '1 when there is a monthly budget'),
      budget: column('money', 'of a month, at list price; 0 without one'),
      rule,
    },
  },
  combined_payments: {
    text: 'Orders that their buyer chose to pay together (O-07).',
    columns: {
      payment_id: column('id', 'number of the combined payment'),
      at,
      account,
      order_id: order,
      outcome: column('word', 'paid; waiting for money; or skipped, its state having changed meanwhile'),
      rule,
    },
  },
} as const satisfies Record<string, FactTable>
