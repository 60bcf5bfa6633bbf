/**
 * Probability laws as a scenario writes them, read into the engine's plain one-key specifications:
 * of durations (parameters in milliseconds once read) and of counts (plain numbers). A bare value is a constant.
 */
import { z } from 'zod'
import { oneKey } from './one-key.ts'
import { duration } from './time.ts'

const positive = z.number().positive()
const weights = z.array(z.number().min(0)).min(1).max(10_000)

/** `value` is how one drawn value is written; `spread` is a length on the same scale. */
function laws<V extends z.ZodType<number>>(value: V) {
  return {
    constant: value.describe('Always this value.'),
    uniform: z.strictObject({ min: value, max: value }).describe('Every value from min to max alike.'),
    exponential: z.strictObject({ mean: value }).describe('Memoryless, by its mean.'),
    erlang: z
      .strictObject({ shape: z.int().min(1).max(1000), mean: value })
      .describe('Sum of equal exponential stages.'),
    gamma: z.strictObject({ shape: positive, mean: value }).describe('Gamma by shape and mean.'),
    weibull: z.strictObject({ shape: positive, scale: value }).describe('Weibull by shape and scale.'),
    lognormal: z.strictObject({ mean: value, sd: value }).describe('Lognormal by its own mean and deviation.'),
    normal: z.strictObject({ mean: value, sd: value }).describe('Normal; negative draws count as 0.'),
    triangular: z.strictObject({ min: value, mode: value, max: value }).describe('Triangular by its corners.'),
    empirical: z.strictObject({ values: z.array(value).min(1).max(100_000) }).describe('One of the observed values.'),
    discrete: z
      .strictObject({ values: z.array(value).min(1).max(10_000), weights })
      .describe('One of the values by weight.'),
  }
}

const countLaws = {
  ...laws(z.number().min(0)),
  zipf: z.strictObject({ n: z.int().min(1).max(1_000_000), exponent: positive }).describe('Rank 1..n by power law.'),
  poisson: z.strictObject({ mean: positive }).describe('Poisson count.'),
  geometric: z.strictObject({ mean: positive }).describe('Failures before a success, by mean.'),
}

export const durationDistribution = z
  .union([duration.transform((value) => ({ constant: value })), oneKey(laws(duration))])
  .describe('How long: a duration, or a law such as { exponential: { mean: 5h } }.')

export const countDistribution = z
  .union([
    z
      .number()
      .min(0)
      .transform((value) => ({ constant: value })),
    oneKey(countLaws),
  ])
  .describe('How many: a number, or a law such as { uniform: { min: 1, max: 12 } }; rounded to whole steps when used.')
