/** `costs` of a pool or of a group of hosts: what its units cost who runs the cloud: owned, committed and leased (E-12). */
import { count, money } from '../amounts.ts'
import { duration } from '../time.ts'
import { z } from '../zod.ts'
import { maybe } from './names.ts'

const owned = z.strictObject({
  units: count(0).default(0).describe('Units owned: servers of a pool, or hosts.'),
  price: money.default('0').describe('Purchase price of a unit, spread evenly over its life.'),
  life: maybe(duration).describe('How long a unit is used; required with a price.'),
  hourly: money.default('0').describe('What a unit costs besides in each hour, used or not: power, space, work.'),
})

const committed = z.strictObject({
  units: count(0)
    .default(0)
    .describe('Units committed from the start of the run on; 0 for an offer that is not taken.'),
  term: duration.describe('How long a commitment lasts, in whole hours from 1d; it is renewed at its end.'),
  hourly: money.describe('Price of a committed unit for an hour, used or not.'),
})

export const capacityCosts = z
  .strictObject({
    owned: maybe(owned).describe('Owned units: a fixed cost; without it, units cannot be owned.'),
    committed: z
      .array(committed)
      .max(5)
      .default([])
      .describe('Offers to commit for a term; each longer term is a multiple of the shorter ones.'),
    leased: z
      .strictObject({ hourly: money.describe('Price of a leased unit for a started clock hour.') })
      .describe('Units beyond those owned and committed are leased by the hour.'),
  })
  .describe('What units cost: owned, committed for a term, and leased by the hour (E-12). No invoice contains it.')

export type CapacityCosts = z.output<typeof capacityCosts>
