/** `sellers`: segments of sellers with equal distributions (L-01..L-04). */

import { count, probability, share, weightsByName } from '../amounts.ts'
import { durationDistribution } from '../distributions.ts'
import { workingHours } from '../time.ts'
import { z } from '../zod.ts'
import { id, maybe } from './names.ts'

const silence = z
  .strictObject({
    probability: probability.describe('Probability that the seller goes silent when a move is due.'),
    for: durationDistribution.describe('How long the silence lasts.'),
  })
  .describe('Going silent (L-04): moves wait until the silence ends.')

export const sellerSegment = z.strictObject({
  segment: id.describe('Segment id; its sellers are segment/1, segment/2, …'),
  count: count(1, 1_000_000).default(1).describe('Number of sellers.'),
  regions: maybe(weightsByName).describe('Weights of the home regions by id; without it, all regions equally.'),
  staff: count(1, 100_000).default(1).describe('Staff of each seller on duty at one time (L-04).'),
  workingHours: maybe(workingHours).describe('Working hours; without it, around the clock.'),
  provisioning: durationDistribution.prefault('0s').describe('Setup time of an unsupervised SaaS.'),
  failure: probability.default(0).describe('Probability that the setup fails (O-08).'),
  response: durationDistribution.prefault('4h').describe('Working time to answer a request or deliver (S-03, L-04).'),
  rejectRequest: probability.default(0).describe('Probability that a request is rejected (S-04).'),
  appeal: probability.default(0).describe('Probability that the seller appeals when the rules allow it (S-06).'),
  silence: maybe(silence),
  support: durationDistribution.prefault('8h').describe('Working time to answer an after-sales mail (L-01).'),
  reachable: probability.default(1).describe('Probability that an after-sales mail reaches the seller (L-01).'),
  solves: probability.default(1).describe('Probability that the seller can solve the problem of a mail (L-01).'),
  withholdingPercent: share
    .prefault('0')
    .describe("Withholding tax that customers deduct from the seller's sales (L-03)."),
  taxPercent: share.prefault('0').describe("Taxes on the seller's share (L-03)."),
})

export type SellerSegment = z.output<typeof sellerSegment>
