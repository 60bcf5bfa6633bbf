/**
 * The words of the record: states, events, kinds, codes, ledger accounts and rules. Facts hold their numbers; the table
 * `words` and the views spell them out. A number is a word's place in this list and holds within one record only; the
 * digest folds a hash of the word instead, so a word may be added anywhere.
 */

import { cloudResources } from '#scenarios/cloud-resources.ts'
import { declineReasons } from '#scenarios/decline-reasons.ts'
import { rejectionReasons } from '#scenarios/rejection-reasons.ts'
import { rules } from '#scenarios/rules.ts'
import {
  agreementCodes,
  billRounding,
  cardCharge,
  cardCodes,
  catalogCodes,
  failureCodes,
  flavourStatuses,
  freezeCodes,
  lateUsage,
  noticeCodes,
  refusalCodes,
  serverCodes,
  termNotices,
  termRefusals,
  transactionKinds,
  usageTax,
  walletCodes,
  walletKinds,
  warningCodes,
} from '../cell/codes.ts'
import { Dictionary } from '../record/dictionary.ts'
import { ledgerAccounts } from '../record/ledger-accounts.ts'
import { standing } from './arrears/standing.ts'
import { accountFreeze } from './freezes/freezes.ts'
import { invoice } from './invoices/invoice.ts'
import { order, orderKinds, paymentMethods } from './orders/order.ts'
import { sellerAccount } from './sellers/seller-account.ts'
import { supportContact } from './sellers/support-contact.ts'
import { ticket } from './sellers/ticket.ts'
import { instance } from './servers/instance.ts'
import { subscription } from './subscriptions/subscription.ts'
import { appeal } from './supervision/appeal.ts'
import { supervisionLifecycles } from './supervision/supervision-lifecycles.ts'

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
    ...freezeCodes,
    ...accountFreeze.states,
    ...accountFreeze.events,
    'violation',
    'legal',
    ...noticeCodes,
    'purchase',
    'renewal',
    'upgrade',
    'expansion',
    'price',
    'tax',
    'ecs',
    'image',
    ...cloudResources,
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
    'automatic-renewal',
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
    'add',
    'drain',
    'return',
    'remove',
    'repair',
    'place',
    'leave',
    'join',
    'retry',
    'recommend',
    'recommendation',
    'forgo',
    'notice',
    'withdraw',
    'order-units',
    'units-arrive',
    'release-units',
    'units-leave',
    'vpc',
    'security-group',
    'credentials',
    'requested',
    'created',
    'accepted',
    'duplicate',
    'conflict',
    'late',
    'correction',
    'enable',
    'modify',
    'disable',
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
    cardCharge,
    ...cardCodes,
    ...paymentMethods,
    ...declineReasons,
    ...rejectionReasons,
    'charged',
    'declined',
    usageTax,
    billRounding,
    'rounding',
  ]),
]

/** The words with their numbers, for the fact log and the record. */
export const dictionary = new Dictionary(words)

/** The number of a word. @throws Error for a word that is not listed here */
export const wordNumber = (word: string): number => dictionary.numberOf(word)
