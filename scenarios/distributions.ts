/**
 * Probability laws as a scenario writes them, read into the engine's plain one-key specifications:
 * of durations (parameters in milliseconds once read) and of counts (plain numbers). A bare value is a constant.
 */
import { z } from 'zod'
import { oneKey } from './one-key.ts'
import { duration } from './time.ts'

const positive = z.number().positive()
const weights = z.array(z.number().min(0)).min(1).max(10_000)

const ordered = { error: 'expected min not above max' }
const corners = { error: 'expected min, mode and max in this order, and max above min' }
const pairs = { error: 'expected as many weights as values, and at least one weight above 0' }

/** `value` is how one drawn value is written; `above` refuses 0 where a law needs more. */
function laws(value: z.ZodType<number>) {
  const above = value.refine((number) => number > 0, { error: 'expected more than 0' })
  return {
    constant: value.describe('Always this value.'),
    uniform: z
      .strictObject({ min: value, max: value })
      .refine(({ min, max }) => min <= max, ordered)
      .describe('Every value from min to max alike.'),
    exponential: z.strictObject({ mean: above }).describe('Memoryless, by its mean.'),
    erlang: z
      .strictObject({ shape: z.int().min(1).max(1000), mean: above })
      .describe('Sum of equal exponential stages.'),
    gamma: z.strictObject({ shape: positive, mean: above }).describe('Gamma by shape and mean.'),
    weibull: z.strictObject({ shape: positive, scale: above }).describe('Weibull by shape and scale.'),
    lognormal: z.strictObject({ mean: above, sd: above }).describe('Lognormal by its own mean and deviation.'),
    normal: z.strictObject({ mean: value, sd: above }).describe('Normal; negative draws count as 0.'),
    triangular: z
      .strictObject({ min: value, mode: value, max: value })
      .refine(({ min, mode, max }) => min <= mode && mode <= max && min < max, corners)
      .describe('Triangular by its corners.'),
    empirical: z
      .strictObject({ data: z.array(value).min(2).max(100_000) })
      .describe('Observed values and all between neighbours.'),
    discrete: z
      .strictObject({ values: z.array(value).min(1).max(10_000), weights: weights.optional() })
      .transform(({ values, weights: written }) => ({ values, weights: written ?? values.map(() => 1) }))
      .refine((law) => law.values.length === law.weights.length && law.weights.some((weight) => weight > 0), pairs)
      .describe('One of the values, by weight or all alike.'),
  }
}

const count = z.number().min(0)
const countLaws = {
  ...laws(count),
  zipf: z.strictObject({ n: z.int().min(1).max(1_000_000), exponent: positive }).describe('Rank 1..n by power law.'),
  poisson: z.strictObject({ mean: positive }).describe('Poisson count.'),
  geometric: z
    .strictObject({ probability: z.number().positive().max(1) })
    .describe('Tries until a success, of this probability each.'),
}

const durationWords = 'expected a duration such as 90s, or a law such as { exponential: { mean: 5h } }'
const countWords = 'expected a number such as 3, or a law such as { uniform: { min: 1, max: 12 } }'

export const durationDistribution = z
  .union([duration.transform((value) => ({ constant: value })), oneKey(laws(duration))], { error: durationWords })
  .meta({ id: 'durationLaw', description: 'How long: a duration, or a law such as { exponential: { mean: 5h } }.' })

export const countDistribution = z
  .union([count.transform((value) => ({ constant: value })), oneKey(countLaws)], { error: countWords })
  .meta({
    id: 'countLaw',
    description:
      'How many: a number, or a law such as { uniform: { min: 1, max: 12 } }; rounded to whole steps when used.',
  })

export type DurationLaw = z.output<typeof durationDistribution>
export type CountLaw = z.output<typeof countDistribution>
