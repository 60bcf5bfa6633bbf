/** `growth` of a pool or of a group of hosts: a rule that orders capacity when use is high, and releases it (E-12). */
import { count, share } from '../amounts.ts'
import { duration } from '../time.ts'
import { z } from '../zod.ts'
import { maybe } from './names.ts'

const units = count(1, 1_000_000).describe('Units at a time: servers of a pool, or hosts.')

const order = z
  .strictObject({
    above: share.describe('Orders when more than this percentage of the capacity is in use; what is on order counts.'),
    units,
    lead: duration.prefault('0s').describe('Time from the order until the units are there.'),
    most: count(1).describe('Never orders beyond this capacity: of servers, or of hosts.'),
  })
  .describe('When, how much and up to what capacity the rule orders.')

const release = z
  .strictObject({
    below: share.describe('Gives units back when less than this percentage of the capacity is in use.'),
    units,
    lead: duration
      .prefault('0s')
      .describe('Time from the decision until the units are gone, such as a term of notice.'),
  })
  .describe('When the rule releases units that it ordered; without it, never.')

export const growth = z
  .strictObject({
    every: duration
      .refine((every) => every >= 60_000, { error: 'expected at least 1min' })
      .prefault('5min')
      .describe('Time between two reviews of the use.'),
    order,
    release: maybe(release),
  })
  .describe('A rule that orders capacity when use is high and releases it when use is low (E-12).')

export type Growth = z.output<typeof growth>
