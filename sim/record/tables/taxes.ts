/** Tax on use (M-07). */
import { account, at, column, type FactTable, rule } from '../column.ts'

export const taxTables = {
  bill_taxes: {
    text: 'Tax on the use of a month (M-07): computed once per bill and region on the total, when the bill is made. An untaxed bill has no row.',
    columns: {
      account,
      month: column('instant', 'first instant of the month in civil time: that of the bill in `bills`'),
      at,
      region: column('id', 'the region whose percentage applies: `regions`'),
      taxable: column('money', 'the use of the month before tax'),
      tax: column('money', 'the tax on it, 8 decimals'),
      of_orders: column('money', 'the tax included in the orders on the bill'),
      transaction_id: column('id', 'the transaction that drew it: `transactions`'),
      rule,
    },
  },
} as const satisfies Record<string, FactTable>
