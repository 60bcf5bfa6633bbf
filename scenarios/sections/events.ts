/** `events`: what happens by plan, each an instant and one thing. `kind` once read. */

import { count, hourlyPrice, probability } from '../amounts.ts'
import { policyChangesSchema } from '../policies.ts'
import { duration, instant } from '../time.ts'
import { z } from '../zod.ts'
import { discount, plans, price } from './catalog.ts'
import { resourcePrices } from './cloud-resources.ts'
import { flavourStatus } from './market.ts'
import { id, maybe, member, seed } from './names.ts'

const priceChange = z
  .strictObject({
    product: id.describe('Product id.'),
    specification: id.describe('Specification id.'),
    hourly: maybe(hourlyPrice).describe('New pay-per-use price.'),
    plans: maybe(plans).describe('New plans, which replace the old ones.'),
    price: maybe(price).describe('New one-off price.'),
    discount: maybe(z.union([discount, z.literal('none')])).describe('New discount, or none.'),
  })
  .describe('Repricing: existing orders keep their price (C-05).')

const serverPriceChange = z
  .strictObject({
    zone: id.describe('Zone id.'),
    flavour: id.describe('Flavour of the pool.'),
    hourly: maybe(hourlyPrice).describe('New pay-per-use price of a server.'),
    ...resourcePrices,
  })
  .describe('New pay-per-use prices of a pool: of its servers, or of their cloud resources.')

const capacityChange = z
  .strictObject({
    zone: id.describe('Zone id.'),
    flavour: id.describe('Flavour of the pool.'),
    capacity: count(0).describe('Servers from this instant.'),
    foreseen: z
      .literal(false)
      .optional()
      .describe('false: it is not known before, so no order larger than the pool waits for it (E-02).'),
  })
  .describe('A new capacity of a pool (E-01).')

const hostChange = z
  .strictObject({
    zone: id.describe('Zone id.'),
    hosts: id.describe('Id of the group of hosts.'),
    count: count(0, 1_000_000).describe(
      'Hosts from this instant; those beyond take no new servers and leave when empty.',
    ),
  })
  .describe('Hosts are added or drained (E-10).')

const flavourChange = z
  .strictObject({
    zone: id.describe('Zone id.'),
    flavour: id.describe('Flavour of the pool.'),
    status: flavourStatus.describe('New flavour status (E-02).'),
  })
  .describe('A new flavour status of a pool (E-02).')

const outage = z
  .strictObject({
    zone: id.describe('Zone that fails.'),
    flavour: maybe(id).describe('Only the pool of this flavour; without it, the whole zone.'),
    for: duration.describe('How long it lasts.'),
    breaks: probability.default(1).describe('Probability that a running server is lost.'),
  })
  .describe('An outage: nothing can be created, running servers break.')

const sellerStrike = z
  .strictObject({
    segment: maybe(id).describe('Seller segment; without it, all sellers.'),
    for: duration.describe('How long they stop working.'),
  })
  .describe('Sellers stop working (L-04).')

const paymentFailure = z
  .strictObject({
    segment: maybe(id).describe('Buyer segment; without it, all buyers.'),
    for: duration.describe('How long it lasts.'),
    probability: probability.default(1).describe('Probability that a payment or top-up fails.'),
  })
  .describe('Payments and top-ups fail.')

const demandSurge = z
  .strictObject({
    segment: maybe(id).describe('Buyer segment; without it, all buyers.'),
    for: duration.describe('How long it lasts.'),
    factor: z
      .number()
      .min(0)
      .max(1000)
      .describe('Factor on the arrival rate; a trace skips orders, or places them several times at their instant.'),
  })
  .describe('More arrivals, or fewer.')

const list = z.strictObject({ product: id.describe('Product id.') }).describe('A delisted product is listed again.')

const delist = z
  .strictObject({
    product: id.describe('Product id.'),
    renewals: z.enum(['continue', 'stop']).default('continue').describe('Whether automatic renewals continue (C-05).'),
  })
  .describe('No new orders and no manual renewals from then on (C-05).')

const violation = z
  .strictObject({
    seller: member.describe('The seller, segment/number.'),
    for: maybe(duration).describe('How long; without it, to the end of the run.'),
  })
  .describe('A seller violated the rules: all its products are delisted, and none is renewed (O-14).')

const newSeed = z
  .strictObject({ seed })
  .describe('Random draws from this instant on come from another seed: another future of the same past.')

const accountFreeze = z
  .strictObject({
    buyer: maybe(member).describe('The buyer, segment/number.'),
    segment: maybe(id).describe('Buyer segment; without it and without a buyer, all buyers.'),
    probability: probability.default(1).describe('Probability that each of these buyers is frozen.'),
    for: maybe(duration).describe('How long; without it, to the end of the run.'),
    reason: z
      .enum(['violation', 'legal'])
      .default('violation')
      .describe('Why; an account that is frozen for legal reasons may not unsubscribe (N-07).'),
  })
  .describe('Accounts are frozen: no orders, suspended servers, no charges (O-14).')

const kinds = {
  priceChange,
  serverPriceChange,
  capacityChange,
  hostChange,
  flavourChange,
  outage,
  sellerStrike,
  paymentFailure,
  demandSurge,
  policyChange: policyChangesSchema.describe('Policies that change at this instant, by key.'),
  list,
  delist,
  violation,
  newSeed,
  accountFreeze,
}

type Kinds = typeof kinds
type EventOf<K extends keyof Kinds> = K extends 'policyChange'
  ? { at: number; kind: K; policies: z.output<Kinds['policyChange']> }
  : { at: number; kind: K } & z.output<Kinds[K]>
export type PlannedEvent = { [K in keyof Kinds]: EventOf<K> }[keyof Kinds]

const kindNames = Object.keys(kinds) as (keyof Kinds)[]
const words = `expected exactly one of: ${kindNames.join(', ')}`

export const plannedEvent = z
  .strictObject({
    at: instant.describe('When it happens.'),
    ...(Object.fromEntries(kindNames.map((name) => [name, kinds[name].optional()])) as {
      [K in keyof Kinds]: z.ZodOptional<Kinds[K]>
    }),
  })
  .refine((value) => kindNames.filter((name) => value[name] !== undefined).length === 1, { error: words })
  .transform((value): PlannedEvent => {
    const kind = kindNames.find((name) => value[name] !== undefined)!
    return (
      kind === 'policyChange'
        ? { at: value.at, kind, policies: value[kind] }
        : { at: value.at, kind, ...(value[kind] as object) }
    ) as PlannedEvent
  })
  .meta({ minProperties: 2, maxProperties: 2 })
