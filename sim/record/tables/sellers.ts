/** Sellers` bills, and how each seller stands (L-02, L-03). */
import { at, column, type FactTable, rule, specification, step } from '../column.ts'

export const sellerTables = {
  seller_bills: {
    text: 'Sellers` monthly bills (L-02), made on the 7th for the previous month.',
    columns: {
      id: column('id', 'number of the bill'),
      at,
      seller: column('id', 'the seller: `sellers`'),
      month: column('instant', 'first instant of the month in civil time'),
      lines: column('count', 'lines on it'),
      amount: column(
        'money',
        'the share of the seller, the sum of its lines, in minor units of the currency (M-08); negative where the seller owes',
      ),
      rule,
    },
  },
  seller_bill_lines: {
    text: 'What sellers` bills are made of (L-03): sales and refunds of each specification, and what brings their sum to minor units (M-08).',
    columns: {
      bill_id: column('id', 'the bill: `seller_bills`'),
      specification,
      part: column('word', 'sale, refund or rounding'),
      sales: column('money', 'prices without tax; negative when given back'),
      withholding: column('money', 'withheld by customers'),
      tax: column('money', 'seller taxes'),
      share: column('money', '(sales - withholding) x (1 - platform fee) - seller taxes'),
      rule,
    },
  },
  seller_shares: {
    text: 'What sales and refunds bring their sellers, when they are made (L-06): of an order, or of a civil day’s metered use. Bills add up sales before they round, so that a bill may differ from these by a few 1e-8.',
    columns: {
      transaction_id: column('id', 'where it is booked: `transactions`'),
      specification,
      month: column('instant', 'first instant of the month on whose bill it will stand'),
      sales: column('money', 'prices without tax; negative when given back'),
      cost: column('money', 'the share of the seller with what is withheld and taxed of it (L-03)'),
    },
  },
  seller_account_steps: {
    text: 'How each seller stands with the marketplace (L-02): settled, owed or owing.',
    columns: { seller: column('id', 'the seller: `sellers`'), ...step },
  },
} as const satisfies Record<string, FactTable>
