/** What the rules of all chapters say in the record: kinds of transactions, codes of refusals and notices. */

export const transactionKinds = [
  'opening',
  'top-up',
  'usage',
  'payment',
  'refund',
  'recognition',
  'arrears-paid',
] as const

/** Movements of coupons, credit and sellers' money. */
export const walletKinds = [
  'coupon-grant',
  'coupon-lapse',
  'credit-repaid',
  'seller-bill',
  'payout',
  'seller-share',
] as const

/** U-09: an hour's charge whose record came after the hour was settled. */
export const lateUsage = 'late-usage'

/** M-07: the tax on a month's use, drawn when its bill is made. */
export const usageTax = 'usage-tax'

/** M-08: what brings a monthly bill to minor units, drawn or released when the bill is made. */
export const billRounding = 'bill-rounding'

/** O-13: money that a bound card brings to the balance, for an order. */
export const cardCharge = 'card-charge'

export type TransactionKind =
  | (typeof transactionKinds)[number]
  | (typeof walletKinds)[number]
  | typeof lateUsage
  | typeof usageTax
  | typeof billRounding
  | typeof cardCharge

export const refusalCodes = [
  'payment-method-missing',
  'in-arrears',
  'capacity-sold-out',
  'flavour-abandoned',
  'unpaid',
  'provisioning-failed',
] as const

/** O-14, N-07: what a frozen account may not do. */
export const freezeCodes = ['account-frozen'] as const

/** O-03: what a buyer must have agreed to. */
export const agreementCodes = ['terms-not-accepted', 'authorisation-missing'] as const

/** O-06, O-12: what a wallet, a reseller or a trial is against. */
export const walletCodes = ['budget-exhausted', 'reseller-declined', 'trial-used'] as const

/** O-02, E-02, E-03: why there is no server. */
export const serverCodes = [
  'account-missing',
  'vpc-missing',
  'vpc-limit',
  'security-group-missing',
  'credentials-missing',
  'patience-exhausted',
  'zone-down',
  'never-fits',
  'no-host',
] as const

/** E-02. */
export const flavourStatuses = ['normal', 'sold-out', 'abandoned'] as const

/** C-05: what may not be ordered. */
export const catalogCodes = ['product-delisted'] as const

/** What did not go through while payments fail by plan. */
export const failureCodes = ['payment-failed', 'top-up-failed'] as const

/** O-13. */
export const cardCodes = ['card-declined'] as const

/** messages before a term's end. Those of grace and retention are the ones of A-06. */
export const termNotices = ['expires-in-7-days', 'expires-in-3-days', 'expires-in-1-day', 'expired'] as const

/** What the rules of changes, renewals and unsubscriptions refuse. */
export const termRefusals = [
  'change-in-progress',
  'out-of-term',
  'only-upwards',
  'negative-upgrade',
  'negative-expansion',
  'quantity-limit',
  'duration-not-sold',
  'not-renewable',
  'renewal-unpaid',
  'insufficient-balance',
  'not-refundable',
  'invoice-outstanding',
  'not-in-term',
] as const

export type NoticeCode =
  | (typeof noticeCodes)[number]
  | (typeof warningCodes)[number]
  | (typeof failureCodes)[number]
  | (typeof cardCodes)[number]
  | (typeof termNotices)[number]
export type RefusalCode =
  | (typeof refusalCodes)[number]
  | (typeof freezeCodes)[number]
  | (typeof agreementCodes)[number]
  | (typeof termRefusals)[number]
  | (typeof serverCodes)[number]
  | (typeof catalogCodes)[number]
  | (typeof walletCodes)[number]

/** N-01: what a buyer is warned of. */
export const warningCodes = ['no-unsubscription'] as const

export const noticeCodes = [
  'arrears-entered',
  'freeze-in-5-days',
  'freeze-in-2-days',
  'frozen',
  'release-in-6-days',
  'release-in-2-days',
  'released',
] as const
