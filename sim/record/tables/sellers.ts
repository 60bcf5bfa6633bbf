/** Sellers` bills, and how each seller is (L-02, L-03). */
import { at, column, type FactTable, rule, specification, step } from '../column.ts'

export const sellerTables = {
  seller_bills: {
    text: 'Monthly bills of sellers (L-02), made on the 7th for the previous month.',
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
      sales: column('money', 'prices without tax; negative for a refund'),
      withholding: column('money', 'withheld by customers'),
      tax: column('money', 'seller taxes'),
      share: column('money', '(sales - withholding) x (1 - platform fee) - seller taxes'),
      rule,
    },
  },
  seller_shares: {
    text: 'The sellers’ shares of sales and refunds (L-06), booked with each order and each civil day of metered use. Bills sum sales before rounding, so a bill may differ from these rows by a few 1e-8.',
    columns: {
      transaction_id: column('id', 'the transaction that books it: `transactions`'),
      specification,
      month: column('instant', 'first instant of the month whose bill will include it'),
      sales: column('money', 'prices without tax; negative for a refund'),
      cost: column('money', 'the seller’s share, including what is withheld and taxed (L-03)'),
    },
  },
  seller_account_steps: {
    text: 'Every step of each seller’s account with the marketplace (L-02): settled, owed or owing.',
    columns: { seller: column('id', 'the seller: `sellers`'), ...step },
  },
} as const satisfies Record<string, FactTable>
