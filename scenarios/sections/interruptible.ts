/** `interruptible` of a pool: servers at a lower price that are taken back when full-price buyers need the room (E-11). */

import { share } from '../amounts.ts'
import { countDistribution } from '../distributions.ts'
import { duration, instant } from '../time.ts'
import { z } from '../zod.ts'
import { maybe } from './names.ts'

/** A constant is one step from the epoch on. */
const percentOff = z
  .union(
    [
      share.transform((percent) => [{ from: 0, percentOff: percent }]),
      z
        .array(
          z.strictObject({
            from: instant.describe('When this discount takes effect.'),
            percentOff: share.describe('Percent off the hourly price from this instant.'),
          }),
        )
        .min(1)
        .max(100_000),
    ],
    { error: 'expected a percentage, or steps such as [{ from: 2024-03-01T00:00:00Z, percentOff: 60 }]' },
  )
  .describe('Percent off the hourly price of a server: a number, or steps over time.')

const random = z
  .strictObject({
    percentOff: countDistribution.describe(
      'Percent off the hourly price; draws are rounded to whole percents from 0 to 100.',
    ),
    every: duration
      .refine((every) => every >= 60_000, { error: 'expected at least 1min' })
      .prefault('1h')
      .describe('Time between two draws.'),
  })
  .describe('In place of steps: a discount that is drawn at the start and again at regular intervals.')

export const interruptible = z
  .strictObject({
    percentOff: percentOff.prefault('0'),
    random: maybe(random),
    notice: duration
      .prefault('2min')
      .describe('Time from the notice of an interruption to the interruption; 0s is none.'),
  })
  .describe('Terms of interruptible servers; without it, the pool has none (E-11).')

export type Interruptible = z.output<typeof interruptible>
