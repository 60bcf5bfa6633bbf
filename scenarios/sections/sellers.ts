/** `sellers`: segments of sellers alike in law, each a person of his own (L-01..L-04). */
import { z } from 'zod'
import { count, probability, share, weightsByName } from '../amounts.ts'
import { durationDistribution } from '../distributions.ts'
import { workingHours } from '../time.ts'
import { id, maybe } from './names.ts'

const silence = z
  .strictObject({
    probability: probability.describe('Probability that he falls silent when a move of his falls due.'),
    for: durationDistribution.describe('How long the silence lasts.'),
  })
  .describe('Going silent (L-04): moves in that time wait.')

export const sellerSegment = z.strictObject({
  segment: id.describe('Segment id; its sellers are segment/1, segment/2, …'),
  count: count(1, 1_000_000).default(1).describe('How many sellers.'),
  regions: maybe(weightsByName).describe('Weights of the home regions by id; without it all regions alike.'),
  staff: count(1, 100_000).default(1).describe('People working for each seller at one time (L-04).'),
  workingHours: maybe(workingHours).describe('When they work; without it, day and night.'),
  provisioning: durationDistribution.prefault('0s').describe('How long an unsupervised SaaS takes to be set up.'),
  failure: probability.default(0).describe('Probability that setting up fails (O-08).'),
  response: durationDistribution.prefault('4h').describe('Working time to answer a request or deliver (S-03, L-04).'),
  rejectRequest: probability.default(0).describe('Probability that a request is rejected (S-04).'),
  appeal: probability.default(0).describe('Probability that he appeals where he may (S-06).'),
  silence: maybe(silence),
  support: durationDistribution.prefault('8h').describe('Working time to answer an after-sales mail (L-01).'),
  reachable: probability.default(1).describe('Probability that an after-sales mail reaches him at all (L-01).'),
  withholdingPercent: share.prefault('0').describe('Customer withholding tax on his sales (L-03).'),
  taxPercent: share.prefault('0').describe('Seller taxes on his share (L-03).'),
})

export type SellerSegment = z.output<typeof sellerSegment>
