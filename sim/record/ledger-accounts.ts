/**
 * M-05. Debits are positive; cash and coupons are what the marketplace owes the buyer. Nothing is posted on
 * `unbilled-receivable`: it is what days are charged for before money moves (M-09, `cut-off.ts`).
 */
export const ledgerAccounts = [
  'buyer-cash',
  'buyer-coupons',
  'buyer-receivable',
  'deferred-revenue',
  'marketplace-revenue',
  'cloud-resource-revenue',
  'seller-payable',
  'tax-payable',
  'refunds',
  'payment-clearing',
  'unbilled-receivable',
  'promotion-expense',
  'rounding-differences',
  'deferred-seller-cost',
  'seller-cost',
  'unbilled-payable',
] as const

export type LedgerAccount = (typeof ledgerAccounts)[number]
