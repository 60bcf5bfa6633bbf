/**
 * The words of the record: states, events, kinds, codes, ledger accounts and rules. Facts hold their numbers; the table
 * `words` and the views spell them out. A number is a word's place in this list and holds within one record only; the
 * digest folds a hash of the word instead, so a word may be added anywhere.
 */
import { rules } from '#scenarios/rules.ts'
import { Dictionary } from '../record/dictionary.ts'
import { ledgerAccounts } from '../record/ledger-accounts.ts'
import { appeal } from './supervision/appeal.ts'
import { instance } from './servers/instance.ts'
import { invoice } from './invoices/invoice.ts'
import { order, orderKinds } from './orders/order.ts'
import { sellerAccount } from './sellers/seller-account.ts'
import { standing } from './arrears/standing.ts'
import { subscription } from './subscriptions/subscription.ts'
import { supervisionLifecycles } from './supervision/supervision-lifecycles.ts'
import { supportContact } from './sellers/support-contact.ts'
import { ticket } from './sellers/ticket.ts'

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
const lateUsage = 'late-usage'

/** M-07: the tax on a month's use, drawn when its bill is made. */
const usageTax = 'usage-tax'

export type TransactionKind =
  | (typeof transactionKinds)[number]
  | (typeof walletKinds)[number]
  | typeof lateUsage
  | typeof usageTax

export const refusalCodes = [
  'payment-method-missing',
  'in-arrears',
  'capacity-sold-out',
  'flavour-abandoned',
  'unpaid',
  'provisioning-failed',
] as const

/** O-03: what a buyer must have agreed to. */
export const agreementCodes = ['terms-not-accepted', 'authorisation-missing'] as const

/** O-06, O-12: what a wallet or a trial stands against. */
export const walletCodes = ['budget-exhausted', 'trial-used'] as const

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
] as const

/** E-02. */
export const flavourStatuses = ['normal', 'sold-out', 'abandoned'] as const

/** C-05: what may not be ordered. */
export const catalogCodes = ['product-delisted'] as const

/** What did not go through while payments fail by plan. */
export const failureCodes = ['payment-failed', 'top-up-failed'] as const

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
  | (typeof termNotices)[number]
export type RefusalCode =
  | (typeof refusalCodes)[number]
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

const lifecycles = [order, instance, subscription, standing]

/** All words by number; 0 is no word. */
export const words: readonly string[] = [
  ...new Set([
    '',
    ...rules,
    ...lifecycles.flatMap(({ states, events }) => [...states, ...events]),
    'begin',
    ...ledgerAccounts,
    ...transactionKinds,
    ...refusalCodes,
    ...noticeCodes,
    'purchase',
    'renewal',
    'upgrade',
    'expansion',
    'price',
    'tax',
    'ecs',
    'image',
    'pay-per-use',
    'monthly',
    'yearly',
    'one-off',
    'search',
    'category',
    'popular',
    'favourites',
    'trace',
    'warm-start',
    ...supervisionLifecycles.flatMap(({ states, events }) => [...states, ...events]),
    ...appeal.states,
    ...appeal.events,
    'buyer',
    'seller',
    'system',
    'manager',
    'silence',
    'request-rejections',
    'product-rejections',
    'at-will',
    ...agreementCodes,
    ...warningCodes,
    ...orderKinds,
    ...termNotices,
    ...termRefusals,
    'percentOff',
    'fixedPrice',
    'amountOff',
    ...serverCodes,
    ...flavourStatuses,
    'wait',
    'admit',
    'renege',
    'turn-away',
    'capacity',
    'flavour-status',
    'outage',
    'outage-ends',
    'vpc',
    'security-group',
    'credentials',
    'requested',
    'created',
    'accepted',
    'duplicate',
    'conflict',
    'late',
    ...failureCodes,
    ...catalogCodes,
    ...walletKinds,
    ...walletCodes,
    'trial',
    'cash-coupon',
    'discount-coupon',
    'paid',
    'waiting',
    'skipped',
    ...[invoice, supportContact, ticket].flatMap(({ states, events }) => [...states, ...events]),
    'credit',
    'support',
    'invoice-return',
    lateUsage,
    ...sellerAccount.states,
    ...sellerAccount.events,
    'sale',
    usageTax,
  ]),
]

/** The words with their numbers, for the fact log and the record. */
export const dictionary = new Dictionary(words)

/** The number of a word. @throws Error for a word that is not listed here */
export const wordNumber = (word: string): number => dictionary.numberOf(word)
