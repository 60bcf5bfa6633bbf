/** `buyers`: segments of buyers, what they own, when they come, what they buy and what they do with it. */

import { count, money, probability, weight, weightsByName, weightsOf } from '../amounts.ts'
import { declineReasons } from '../decline-reasons.ts'
import { countDistribution, durationDistribution } from '../distributions.ts'
import { z } from '../zod.ts'
import { habits } from './habits.ts'
import { load } from './load.ts'
import { planMonths } from './market.ts'
import { id, maybe } from './names.ts'

const coupon = z.strictObject({
  kind: z.enum(['cash', 'discount']).default('cash').describe('A cash coupon, or one that is lost on refund (N-06).'),
  amount: money.describe('What one coupon is worth.'),
  count: count(1, 1000).default(1).describe('Coupons per buyer.'),
  probability: probability.default(1).describe('Probability that a buyer holds any.'),
})

const card = z
  .strictObject({
    declines: probability.default(0).describe('Probability that a charge of the card is declined.'),
    reasons: weightsOf(...declineReasons)
      .prefault({ 'insufficient-funds': 1 })
      .describe('Weights of the reasons of declines.'),
    retry: z
      .strictObject({
        probability: probability.default(0).describe('Probability that the buyer tries a declined payment again.'),
        after: durationDistribution.prefault('1d').describe('Delay from the decline.'),
      })
      .prefault({})
      .describe('Trying again; otherwise the order expires unpaid (O-01).'),
    topUps: z.boolean().default(false).describe('Whether top-ups are paid by card, too.'),
  })
  .describe('A bound card: it pays orders and top-ups, never use (O-13).')

const topUp = z
  .strictObject({
    below: money.describe('Cash balance below which the buyer tops up.'),
    amount: money.describe('Amount of a top-up.'),
    reaction: durationDistribution.prefault('0s').describe('Delay from the low balance to the top-up.'),
  })
  .describe('Top-up habit; without it, the buyer never tops up.')

const credit = z
  .strictObject({
    limit: money.describe('Credit limit granted (O-05).'),
    probability: probability.default(1).describe('Probability that a buyer asks for it by service ticket (O-05).'),
  })
  .describe('Credit; without it, the limit is 0.')

const wallet = z
  .strictObject({
    opening: money.prefault('0').describe('Cash balance at the start.'),
    paymentMethod: probability.default(1).describe('Probability that a payment method is bound (O-02).'),
    coupons: z.array(coupon).max(100).default([]).describe('Coupons held at the start (O-05).'),
    credit: maybe(credit),
    topUp: maybe(topUp),
    card: maybe(card),
    methods: weightsOf('balance', 'card', 'credit')
      .prefault({ balance: 1 })
      .describe(
        'Weights of the payment methods that buyers select for an order (O-13). balance: the balance, then credit; card: the balance, then the card; credit: credit alone.',
      ),
  })
  .describe('Prepaid balance and means of payment of each buyer.')

const account = z
  .strictObject({
    registered: probability.default(1).describe('Probability that the buyer has an account (O-02).'),
    acceptsTerms: probability.default(1).describe('Probability of accepting the terms, per order (O-03).'),
    authorises: probability.default(1).describe('Probability of giving the contact authorisation (O-03).'),
    vpc: probability
      .default(1)
      .describe('Probability that the buyer already has a VPC; the others create one first (E-03).'),
    securityGroup: probability.default(1).describe('Probability that the buyer already has a security group (E-03).'),
    credentials: probability.default(1).describe('Probability that the buyer already has login credentials (E-03).'),
  })
  .describe('Prerequisites of an order (O-02, O-03, E-03).')

const confirmation = z
  .strictObject({
    after: durationDistribution.prefault('2h').describe('Time until the reseller answers.'),
    declines: probability.default(0).describe('Probability that the reseller declines the amount.'),
  })
  .describe(
    'Confirming the amount with the reseller before an order; without it, the customer asks no reseller (O-06).',
  )

const reseller = z
  .strictObject({
    monthlyBudget: maybe(money).describe(
      'Monthly budget at list price, which may block yearly/monthly orders; null is no budget.',
    ),
    probability: probability.default(1).describe('Probability that a buyer of the segment is a reseller customer.'),
    confirmation: maybe(confirmation),
  })
  .describe('Customers of a reseller; the reseller is charged for their orders (O-06).')

const unmet = z
  .strictObject({
    probability: probability.describe('Probability, per visit, of finding no suitable product.'),
    categories: weightsByName.describe('Weights of the categories searched.'),
    mails: probability.default(1).describe('Probability that the buyer mails the requirement to the marketplace.'),
  })
  .describe('Visits that end without an order (C-06).')

const durationWords = 'Time until the buyer deletes the purchase (pay-per-use).'
const buy = z.strictObject({
  product: id.describe('Product id.'),
  specification: id.describe('Specification id.'),
  weight: weight.default(1).describe("Weight among the segment's buys."),
  quantity: countDistribution.prefault(1).describe('Servers, or units of the quantity attribute, per order.'),
  flavour: maybe(id).describe('Flavour of the server an image runs on.'),
  zones: maybe(weightsByName).describe(
    'Weights of the zones by id; without it, the zones of the home region that have the flavour.',
  ),
  lifetime: maybe(durationDistribution).describe(durationWords),
  months: maybe(countDistribution).describe("Months bought (yearly/monthly); without it, the product's first plan."),
  server: z
    .enum(['pay-per-use', 'yearly-monthly'])
    .default('pay-per-use')
    .describe('Billing mode of the server under an image bought pay-per-use (E-06).'),
  serverMonths: maybe(planMonths).describe('Months of a yearly/monthly server.'),
  correlation: z
    .number()
    .min(-1)
    .max(1)
    .default(0)
    .describe('Rank correlation (Spearman) of quantity and lifetime: above 0, large orders live longer.'),
  provisioning: z
    .enum(['customised', 'quick'])
    .default('customised')
    .describe('Customised or quick provisioning of servers (E-04, E-05).'),
  trial: z.boolean().default(false).describe('Whether the free trial is taken (O-12).'),
})

export const buyerSegment = z.strictObject({
  segment: id.describe('Segment id.'),
  count: maybe(count(1, 10_000_000)).describe('Number of buyers; omit it with a trace, which names its buyers.'),
  regions: maybe(weightsByName).describe('Weights of the home regions by id; without it, all regions equally.'),
  tier: z
    .enum(['V0', 'V1', 'V2', 'V3', 'V4', 'V5'])
    .default('V0')
    .describe('Customer tier, for policy tiers: cn (A-04).'),
  activity: maybe(countDistribution).describe(
    'Factor on how often a buyer comes, drawn for each: a mean of 1 keeps the rate. With the rate of a segment, the weight with which this buyer is the one who comes.',
  ),
  joins: maybe(durationDistribution).describe(
    'Time from the start of the run until a buyer joins; without it, all are there.',
  ),
  stays: maybe(durationDistribution).describe(
    'How long a buyer stays after joining, or after the start; then the buyer no longer comes, and no term is renewed. Without it, to the end.',
  ),
  priority: count(0, 1000)
    .default(0)
    .describe(
      'Orders with a higher priority are served before others that wait (E-02), and interrupted after them (E-11).',
    ),
  interruptible: z
    .boolean()
    .default(false)
    .describe('Whether pay-per-use servers of these buyers are interruptible, in pools with terms for them (E-11).'),
  account: account.prefault({}),
  wallet: wallet.prefault({}),
  reseller: maybe(reseller),
  load,
  channels: weightsOf('search', 'category', 'popular', 'favourites')
    .prefault({ search: 1 })
    .describe('Weights of the channels through which buyers find products (C-06).'),
  unmet: maybe(unmet),
  buys: z.array(buy).min(1).max(10_000).describe('Possible purchases, chosen by weight.'),
  habits: habits.prefault({}),
})

export type BuyerSegment = z.output<typeof buyerSegment>
export type Buy = z.output<typeof buy>
export type Wallet = z.output<typeof wallet>
export type TopUp = z.output<typeof topUp>
