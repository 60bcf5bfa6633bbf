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
      amount: column('money', 'his share, the sum of its lines; negative where he owes'),
      rule,
    },
  },
  seller_bill_lines: {
    text: 'What sellers` bills are made of (L-03): sales and refunds of each specification.',
    columns: {
      bill_id: column('id', 'the bill: `seller_bills`'),
      specification,
      part: column('word', 'sale or refund'),
      sales: column('money', 'prices without tax; negative when given back'),
      withholding: column('money', 'withheld by customers'),
      tax: column('money', 'seller taxes'),
      share: column('money', '(sales - withholding) x (1 - platform fee) - seller taxes'),
      rule,
    },
  },
  seller_account_steps: {
    text: 'How each seller stands with the marketplace (L-02): settled, owed or owing.',
    columns: { seller: column('id', 'the seller: `sellers`'), ...step },
  },
} as const satisfies Record<string, FactTable>
