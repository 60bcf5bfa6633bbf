/** `habits` of a buyer segment: how likely and after how long its people do what the rulebook lets them do. */

import { count, probability, weightsOf } from '../amounts.ts'
import { countDistribution, durationDistribution } from '../distributions.ts'
import { rejectionReasons } from '../rejection-reasons.ts'
import { z } from '../zod.ts'
import { planMonths } from './market.ts'
import { maybe } from './names.ts'

/** Something done or not, once in the life of a thing, some time after it became possible. */
function habit(rule: string, what: string, after: string) {
  return z
    .strictObject({
      probability: probability.default(0).describe('Probability of the action.'),
      after: durationDistribution.prefault(after).describe('Delay from when it became possible.'),
    })
    .prefault({})
    .describe(`${what} (${rule}).`)
}

const paying = z
  .strictObject({
    reaction: durationDistribution.prefault('0s').describe('Delay from the order to its payment.'),
    abandon: probability.default(0).describe('Probability that the buyer never pays (O-01).'),
    together: probability.default(0).describe('Probability that the buyer pays all open orders together (O-07).'),
  })
  .describe('Paying an order.')

const repeat = (what: string) =>
  z.boolean().default(false).describe(`Whether the buyer decides again after each ${what}; otherwise once.`)

const upgrading = z
  .strictObject({
    probability: probability.default(0).describe('Probability of the action.'),
    after: durationDistribution.prefault('20d').describe('Delay from when it became possible.'),
    repeat: repeat('upgrade'),
  })
  .describe('Upgrading a subscription to the next specification of the product (X-02).')

const expanding = z
  .strictObject({
    probability: probability.default(0).describe('Probability that a subscription is expanded.'),
    after: durationDistribution.prefault('15d').describe('Delay from completion.'),
    by: countDistribution.prefault(1).describe('Units added.'),
    repeat: repeat('expansion'),
  })
  .describe('Capacity expansion of a subscription (X-03, X-04).')

const renewing = z
  .strictObject({
    auto: probability.default(0).describe('Probability of switching automatic renewal on at purchase (R-03).'),
    autoDay: z
      .int()
      .min(0)
      .max(7)
      .default(7)
      .describe('Days before expiry of the first automatic attempt; 0 is the last day (R-03, R-08).'),
    enable: habit('R-08', 'Enabling automatic renewal later in the first term', '10d'),
    modify: z
      .strictObject({
        probability: probability.default(0).describe('Probability of the action.'),
        after: durationDistribution.prefault('10d').describe('Delay from when the term began.'),
        day: z.int().min(0).max(7).default(3).describe('The new day before expiry.'),
        months: maybe(planMonths).describe('The new period; without it, as before.'),
      })
      .prefault({})
      .describe('Modifying automatic renewal, where it is enabled (R-08).'),
    disable: habit('R-08', 'Disabling automatic renewal', '15d'),
    manual: probability.default(0).describe('Probability of renewing by hand a term not renewed automatically (R-01).'),
    before: durationDistribution.prefault('5d').describe('How long before expiry the buyer renews by hand.'),
    late: probability.default(0).describe('Share of those renewals that happen in grace or retention (R-02).'),
  })
  .describe('Renewal of yearly/monthly subscriptions.')

const supervision = z
  .strictObject({
    request: durationDistribution.prefault('1h').describe('Delay until the request is submitted (S-02).'),
    acceptance: durationDistribution
      .prefault('1d')
      .describe('Delay until the buyer accepts or rejects a delivery (S-05).'),
    reject: probability.default(0).describe('Probability of rejecting a delivery (S-05).'),
    reasons: maybe(weightsOf(...rejectionReasons)).describe(
      'Weights of the reasons of rejections; without it, no reason is recorded (S-05).',
    ),
    attachment: probability
      .default(0)
      .describe('Probability that the request for a professional service has an attachment (S-02).'),
    withdraw: habit('N-01', 'Asking to unsubscribe from a supervised product before it is completed', '2d'),
    remind: habit('S-05', 'Reminding the seller', '2d'),
    appeal: habit('S-06', 'Appealing when the rules allow it', '0s'),
  })
  .describe('Buyer side of the supervision flow.')

const stopping = z
  .strictObject({
    probability: probability.default(0).describe('Probability that a server is ever stopped.'),
    after: durationDistribution.prefault('8h').describe('How long it runs before a stop.'),
    pause: durationDistribution.prefault('12h').describe('How long it stays stopped.'),
    repeat: z.boolean().default(true).describe('Whether it is stopped repeatedly.'),
  })
  .describe('Stopping and starting a pay-per-use server (E-01, U-06).')

const invoicing = z
  .strictObject({
    probability: probability.default(0).describe('Probability that an invoice is requested for an order (I-01).'),
    after: durationDistribution.prefault('3d').describe('Delay from completion.'),
    return: habit('I-01', 'Returning the invoice by service ticket', '5d'),
    reissue: probability.default(0).describe('Probability that a returned invoice is requested again (I-01).'),
  })
  .describe('Invoices.')

const retrying = z
  .strictObject({
    probability: probability.default(0).describe('Probability of trying again after each refusal.'),
    after: durationDistribution.prefault('1h').describe('Delay from the refusal.'),
    times: count(1, 1000).default(1).describe('How often a purchase is tried again at most.'),
  })
  .describe('Trying a purchase again that was refused for a reason that passes (E-02, O-10).')

const churn = z
  .strictObject({
    refusal: probability.default(0).describe('Probability that a buyer leaves after a purchase was refused.'),
    outage: probability.default(0).describe('Probability that a buyer leaves after losing a server in an outage.'),
  })
  .describe('Leaving for good: the buyer no longer comes, and renews nothing.')

const recommending = z
  .strictObject({
    probability: z
      .number()
      .min(0)
      .max(0.9)
      .default(0)
      .describe('Probability, per completed purchase, that another buyer of the segment comes because of it.'),
    after: durationDistribution.prefault('1d').describe('Delay from the completed purchase.'),
  })
  .describe('Word of mouth.')

export const habits = z
  .strictObject({
    paying: paying.prefault({}),
    favourites: probability.default(0).describe('Probability of saving a product to favourites (C-06).'),
    upgrade: upgrading.prefault({}),
    expand: expanding.prefault({}),
    downgrade: probability
      .default(0)
      .describe('Probability of reducing the subscription at a renewal, if X-01 allows it.'),
    renewing: renewing.prefault({}),
    supervision: supervision.prefault({}),
    stopStart: stopping.prefault({}),
    interrupted: weightsOf('give-up', 'resume', 'restart')
      .prefault({ 'give-up': 1 })
      .describe(
        'What buyers do with an interrupted server: delete it (give-up), or wait for room and let it run for the rest of its lifetime (resume) or for all of it again (restart) (E-11).',
      ),
    switchImage: habit('E-07', "Replacing the image of a server with another of the segment's buys", '1d'),
    unsubscribe: habit('N-01', 'Unsubscribing a yearly/monthly image', '10d'),
    invoicing: invoicing.prefault({}),
    support: habit('L-01', 'Mailing the seller for support', '3d'),
    elasticity: z
      .number()
      .min(-20)
      .max(0)
      .default(0)
      .describe(
        'Price elasticity of demand: a purchase that costs x times its price at the start is made x^elasticity times as often.',
      ),
    retry: retrying.prefault({}),
    churn: churn.prefault({}),
    recommend: recommending.prefault({}),
    comeBack: habit('E-10', 'Ordering again a server that was lost, after the outage has ended', '1h'),
  })
  .describe('Buyer behaviour besides buying; all probabilities default to 0.')

export type Habits = z.output<typeof habits>
