/**
 * Probability laws as a scenario writes them, read into the engine's plain one-key specifications:
 * of durations (parameters in milliseconds once read) and of counts (plain numbers). A bare value is a constant.
 */
import { z } from 'zod'
import { type DistributionSpec, distribution, ParameterFault } from '#engine/random/distribution.ts'
import { weight } from './amounts.ts'
import { oneKey } from './one-key.ts'
import { duration } from './time.ts'

const positive = z.number().min(1e-9)
const ordered = { error: 'expected min not above max' }
const rising = { error: 'expected min below max, and at least one of them' }
const corners = { error: 'expected min, mode and max in this order, and max above min' }
const pairs = { error: 'expected as many weights as values, and at least one weight above 0' }

/** Laws of two or more parameters of the scale `value`; `above` refuses 0 where a law needs more. */
function bounded(value: z.ZodType<number>) {
  const min = value.describe('Least value.')
  const max = value.describe('Largest value.')
  const weights = z.array(weight).min(1).max(10_000)
  return {
    uniform: z
      .strictObject({ min, max })
      .refine((law) => law.min <= law.max, ordered)
      .describe('Every value from min to max alike.'),
    triangular: z
      .strictObject({ min, mode: value.describe('Most likely value.'), max })
      .refine((law) => law.min <= law.mode && law.mode <= law.max && law.min < law.max, corners)
      .describe('Triangular by its corners.'),
    empirical: z
      .strictObject({ values: z.array(value).min(1).max(100_000).describe('What was observed.') })
      .describe('Observed values and all between neighbours.'),
    discrete: z
      .strictObject({
        values: z.array(value).min(1).max(10_000).describe('The values.'),
        weights: weights.optional().describe('A weight for each value; without them all alike.'),
      })
      .transform(({ values, weights: written }) => ({ values, weights: written ?? values.map(() => 1) }))
      .refine((law) => law.values.length === law.weights.length && law.weights.some((weight) => weight > 0), pairs)
      .describe('One of the values, by weight or all alike.'),
  }
}

function unbounded(value: z.ZodType<number>) {
  const above = value.refine((number) => number > 0, { error: 'expected more than 0' })
  const mean = above.describe('Mean.')
  const sd = above.describe('Standard deviation.')
  const shape = z.number().min(0.001).max(1_000_000).describe('Shape.')
  // Below, the mean is soon no float64.
  const weibullShape = z.number().min(0.01).max(1_000_000).describe('Shape.')
  const stages = z.int().min(1).max(1_000_000).describe('Number of stages.')
  return {
    exponential: z.strictObject({ mean }).describe('Memoryless, by its mean.'),
    erlang: z
      .strictObject({ shape: stages, mean })
      .describe('Sum of equal exponential stages, by the mean of the sum.'),
    gamma: z.strictObject({ shape, mean }).describe('Gamma by shape and mean.'),
    weibull: z
      .strictObject({ shape: weibullShape, scale: above.describe('Scale.') })
      .describe('Weibull by shape and scale.'),
    lognormal: z.strictObject({ mean, sd }).describe('Lognormal by its own mean and deviation.'),
    normal: z
      .strictObject({ mean: value.describe('Mean.'), sd })
      .describe('Normal; what is drawn below 0 counts as 0, unless truncated.'),
  }
}

/** `value` is how one drawn value is written. */
function laws(value: z.ZodType<number>) {
  const smooth = unbounded(value)
  const truncated = z
    .strictObject({
      of: oneKey(smooth).describe('The law that is cut.'),
      min: value.optional().describe('Nothing below is drawn.'),
      max: value.optional().describe('Nothing above is drawn.'),
    })
    .refine((law) => (law.min ?? 0) < (law.max ?? Infinity) && (law.min ?? law.max) !== undefined, rising)
    .describe('Another law within bounds.')
  return { constant: value.describe('Always this value.'), ...bounded(value), ...smooth, truncated }
}

const count = z.number().min(0).max(1_000_000_000)
const countLaws = {
  ...laws(count),
  zipf: z
    .strictObject({
      n: z.int().min(1).max(1_000_000_000).describe('Largest rank.'),
      exponent: positive.max(100).describe('Exponent of the power law.'),
    })
    .describe('Ranks 1 to n by a power law.'),
  poisson: z.strictObject({ mean: positive.max(1_000_000_000).describe('Mean.') }).describe('Poisson count.'),
  geometric: z
    .strictObject({ mean: positive.max(1_000_000_000).describe('Mean.') })
    .describe('Failures before a success.'),
}

const durationWords = 'expected a duration such as 90s, or a law such as { exponential: { mean: 5h } }'
const countWords = 'expected a number such as 3, or a law such as { uniform: { min: 1, max: 12 } }'

/** Built once here, so that no law that was read fails in a run. */
function buildable(law: unknown, context: z.RefinementCtx): DistributionSpec {
  try {
    distribution(law as DistributionSpec)
  } catch (error) {
    if (!(error instanceof ParameterFault)) throw error
    context.addIssue({ code: 'custom', message: `expected parameters that the law can have: ${error.message}` })
  }
  return law as DistributionSpec
}

/** Parameters in milliseconds once read. */
export const durationDistribution = z
  .union([duration.transform((value) => ({ constant: value })), oneKey(laws(duration))], { error: durationWords })
  .transform(buildable)
  .meta({ id: 'durationLaw', description: 'How long: a duration, or a law such as { exponential: { mean: 5h } }.' })

/** Parameters are plain numbers. */
export const countDistribution = z
  .union([count.transform((value) => ({ constant: value })), oneKey(countLaws)], { error: countWords })
  .transform(buildable)
  .meta({
    id: 'countLaw',
    description:
      'How many: a number, or a law such as { uniform: { min: 1, max: 12 } }; rounded to whole steps when used.',
  })
