/** What each refusal says, in a sentence, and the rule behind it. The reference of codes is made from this list. */
import type { RuleId } from '#scenarios/rules.ts'
import type { RefusalCode } from './codes.ts'

export interface RefusalText {
  readonly text: string
  /** The rules that may refuse so; the record names the one that did. */
  readonly rules: readonly RuleId[]
}

export const refusalTexts: Readonly<Record<RefusalCode, RefusalText>> = {
  'account-missing': { text: 'The buyer has no account yet.', rules: ['O-02'] },
  'payment-method-missing': {
    text: 'The account has no payment method, and no reseller pays for it.',
    rules: ['O-02'],
  },
  'terms-not-accepted': { text: 'The buyer did not accept the terms.', rules: ['O-03'] },
  'authorisation-missing': {
    text: 'The product needs a contact authorisation, which the buyer did not give.',
    rules: ['O-03'],
  },
  'account-frozen': {
    text: 'The account is frozen, for a violation of the rules or for legal reasons.',
    rules: ['O-14', 'N-07'],
  },
  'in-arrears': {
    text: 'The account is in arrears. It places no orders until it has settled its debt.',
    rules: ['O-10'],
  },
  'budget-exhausted': {
    text: 'The order would exceed the monthly budget that the reseller set for this customer.',
    rules: ['O-06'],
  },
  'reseller-declined': { text: 'The customer of a reseller did not confirm the amount.', rules: ['O-06'] },
  'trial-used': { text: 'The account has already had a free trial of this product.', rules: ['O-12'] },
  'product-delisted': { text: 'The product is no longer listed.', rules: ['C-05', 'O-14'] },
  'quantity-limit': {
    text: 'The quantity is outside the minimum, maximum or step of its attribute, or the change would change nothing.',
    rules: ['C-04'],
  },
  'duration-not-sold': {
    text: 'No plan of the specification has this duration, or none has a price for the quantity.',
    rules: ['R-04', 'X-02', 'X-03'],
  },
  'vpc-missing': {
    text: 'The buyer has no network (VPC) in the region. The buyer creates one and comes back.',
    rules: ['E-03'],
  },
  'vpc-limit': { text: 'The region allows no further network for this account.', rules: ['E-03'] },
  'security-group-missing': { text: 'The buyer has no security group.', rules: ['E-03'] },
  'credentials-missing': { text: 'The buyer has no login credentials.', rules: ['E-03'] },
  'capacity-sold-out': { text: 'The pool has fewer free units than the order needs.', rules: ['E-02'] },
  'flavour-abandoned': { text: 'The flavour is no longer sold in this zone.', rules: ['E-02'] },
  'zone-down': { text: 'The zone has an outage.', rules: ['E-02'] },
  'no-host': {
    text: 'The hosts have room in total, but no single host has room for a server of this size.',
    rules: ['E-02', 'E-10'],
  },
  'never-fits': { text: 'The order is larger than the pool will ever be.', rules: ['E-02'] },
  'patience-exhausted': {
    text: 'The order waited for a unit for as long as its buyer was willing to, and was given up.',
    rules: ['E-02'],
  },
  'provisioning-failed': {
    text: 'The server or the service could not be created; the order is cancelled and refunded in full.',
    rules: ['O-08'],
  },
  unpaid: { text: 'The order was not paid in time and is cancelled.', rules: ['O-01'] },
  'change-in-progress': {
    text: 'Another change of the same resource is still open, or an appeal has frozen its order.',
    rules: ['O-09', 'N-07', 'S-07'],
  },
  'out-of-term': { text: 'A subscription can be changed only within its term.', rules: ['X-01'] },
  'only-upwards': { text: 'A change may not reduce the quantity or the specification.', rules: ['X-01'] },
  'negative-upgrade': {
    text: 'The new configuration costs less than the original one for the rest of the term.',
    rules: ['X-07'],
  },
  'negative-expansion': { text: 'The expansion would have a negative price.', rules: ['X-07'] },
  'not-renewable': { text: 'The product is not renewed automatically, or no longer.', rules: ['C-05', 'O-14'] },
  'renewal-unpaid': { text: 'An attempt of the automatic renewal found too little money.', rules: ['R-03'] },
  'insufficient-balance': { text: 'The balance does not cover the price, in quick provisioning.', rules: ['E-04'] },
  'not-refundable': { text: 'The product, its kind or a trial cannot be refunded.', rules: ['N-01', 'N-07'] },
  'invoice-outstanding': { text: 'The invoice of the order has to be returned before the refund.', rules: ['N-02'] },
  'not-in-term': { text: 'A subscription can be refunded only within its term.', rules: ['N-07'] },
}
