/** Coupons, credit, requotes, resellers and combined payments (O-04..O-08). */
import { account, at, column, type FactTable, order, pool, rule, specification } from '../column.ts'

export const paymentTables = {
  coupons: {
    text: 'Every coupon granted to a buyer (O-05).',
    columns: {
      id: column('id', 'number of the coupon'),
      at,
      account,
      kind: column('word', 'cash-coupon or discount-coupon'),
      amount: column('money', 'its value'),
      rule,
    },
  },
  coupon_draws: {
    text: 'Amounts of orders paid by coupon (O-05), negative when refunded (O-08). Metered hours that draw cash coupons are in `postings`.',
    columns: {
      coupon_id: column('id', 'the coupon: `coupons`'),
      order_id: order,
      at,
      amount: column('money', 'drawn from it; negative when refunded to it'),
      rule,
    },
  },
  credit_grants: {
    text: 'Credit limits granted to buyers through service tickets (O-05).',
    columns: {
      account,
      at,
      amount: column('money', 'added to the limit'),
      transactions_from: column(
        'id',
        'transactions of this cell with this number or a larger one were booked after it',
      ),
      rule,
    },
  },
  order_requotes: {
    text: 'The lines an order was paid by, when they differ from those of its creation: it was priced again at payment (O-04, `order.quoteLock: payment`), or a discount coupon lowered the taxed price (M-07, `tax.couponBase: paid`).',
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
    text: 'Buyers who are customers of a reseller; the reseller is charged for their orders (O-06).',
    columns: {
      account,
      at,
      limited: column('flag', '1 when there is a monthly budget'),
      budget: column('money', 'monthly budget at list price; 0 without one'),
      rule,
    },
  },
  payment_methods: {
    text: 'Orders whose buyers selected a card or credit; all others are paid from the balance (O-13).',
    columns: { order_id: order, at, account, method: column('word', 'card or credit'), rule },
  },
  card_charges: {
    text: 'Charges of bound cards, accepted or declined (O-13).',
    columns: {
      account,
      at,
      order_id: column('id', 'the order it was to pay: `orders`; 0 for a top-up'),
      amount: column('money', 'whole minor units that the balance does not cover (M-08), or of the top-up'),
      outcome: column('word', 'charged or declined'),
      reason: column('word', 'why it was declined; 0 when it was charged'),
      transactions_from: column(
        'id',
        'transactions of this cell with this number or a larger one were booked after it was asked',
      ),
      rule,
    },
  },
  reseller_confirmations: {
    text: 'Amounts that customers of a reseller confirmed with the reseller before ordering (O-06).',
    columns: {
      account,
      asked: column('instant', 'when the customer asked, and what the amount is the price of'),
      at: column('instant', 'when the reseller answered'),
      kind: column('word', 'purchase, upgrade, expansion or renewal'),
      specification,
      pool,
      quantity: column('quantity', 'of the quantity attribute, or ECS instances'),
      months: column('months', 'duration asked for; 0 for a change and for what is sold once'),
      subject: column('id', 'the subscription it concerns, by its first order; 0 for a purchase'),
      amount: column('money', 'amount with tax that the order would have'),
      confirmed: column('flag', '1 when the reseller confirmed it, 0 when the reseller declined'),
      rule,
    },
  },
  combined_payments: {
    text: 'Orders that their buyers chose to pay together (O-07).',
    columns: {
      payment_id: column('id', 'number of the combined payment'),
      at,
      account,
      order_id: order,
      outcome: column('word', 'paid; waiting for money; or skipped, because its state changed meanwhile'),
      rule,
    },
  },
} as const satisfies Record<string, FactTable>
