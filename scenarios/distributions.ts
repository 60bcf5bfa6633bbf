/**
 * Distributions as a scenario writes them, read into the engine's plain one-key specifications: of durations (parameters in
 * milliseconds once read) and of counts (plain numbers). A bare value is a constant. What a distribution is called and which
 * parameters it has comes from the engine's list, so that a new one there can be written in a scenario immediately.
 */

import { own } from '#base/own.ts'
import { type DistributionSpec, distribution, ParameterError } from '#engine/random/distribution.ts'
import { type DistributionName, type Parameter, parameters } from '#engine/random/parameters.ts'
import { weight } from './amounts.ts'
import { oneKey } from './one-key.ts'
import { duration } from './time.ts'
import { z } from './zod.ts'

/** Where a scenario takes less than the engine: what is beyond is a mistake, or has a mean that no float64 holds. */
const tighter: Readonly<Record<string, Partial<Parameter>>> = {
  'gamma.shape': { least: 0.001, most: 1_000_000 },
  'weibull.shape': { least: 0.01, most: 1_000_000 },
  'pareto.shape': { least: 1.01, most: 1_000_000 },
  'zipf.n': { most: 1_000_000_000 },
  'zipf.exponent': { least: 1e-9 },
  'poisson.mean': { least: 1e-9, most: 1_000_000_000 },
  'geometric.mean': { least: 1e-9, most: 1_000_000_000 },
  'binomial.n': { most: 1_000_000_000 },
  'beta.min': { optional: false },
  'beta.max': { optional: false },
}

const mostValues: Partial<Record<DistributionName, number>> = { empirical: 100_000 }
const MOST_VALUES = 10_000

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const pairs = { error: 'expected as many weights as values, and at least one weight above 0' }
const rising = { error: 'expected min below max, and at least one of them' }

/** A parameter that is a number or a list of numbers. `value` is how one drawn value is written. */
function parameterSchema(dist: DistributionName, written: Parameter, value: z.ZodType<number>): z.ZodType {
  const parameter = { ...written, ...tighter[`${dist}.${written.name}`] }
  const { type, inUnits, least, above, most, description } = parameter
  const lowest = least ?? (above === undefined ? undefined : 1e-9)
  const one = (): z.ZodType => {
    if (inUnits === true)
      return above === 0 ? value.refine((number) => number > 0, { error: 'expected more than 0' }) : value
    let number = type === 'whole' ? z.int() : z.number()
    if (lowest !== undefined) number = number.min(lowest)
    if (most !== undefined) number = number.max(most)
    return number
  }
  const each = parameter.name === 'weights' ? weight : one()
  const schema =
    type === 'numbers'
      ? z
          .array(each)
          .min(1)
          .max(mostValues[dist] ?? MOST_VALUES)
      : each
  return (parameter.optional === true ? schema.optional() : schema).describe(sentence(description))
}

type Read = Readonly<Record<string, number | readonly number[] | undefined>>

/** Parameters in their order, and the last above the first where they must be apart. */
function inOrder(dist: Read, names: readonly string[], apart: boolean): boolean {
  const values = names.map((name) => dist[name]).filter((value) => value !== undefined) as number[]
  const rises = values.every((value, index) => index === 0 || (values[index - 1] as number) <= value)
  return rises && (!apart || values.length < 2 || (values[0] as number) < (values.at(-1) as number))
}

const orderWords = (names: readonly string[], apart: boolean): string =>
  names.length === 2
    ? apart
      ? 'expected min below max'
      : 'expected min not above max'
    : 'expected min, mode and max in this order, and max above min'

type Forms = readonly (readonly Parameter[])[]

/** All parameters of all forms; with more than one form each may be left out. */
function shapeOf(name: DistributionName, forms: Forms, value: z.ZodType<number>) {
  const schemas = forms.flat().map((parameter) => {
    const schema = parameterSchema(name, parameter, value)
    return [parameter.name, forms.length > 1 ? schema.optional() : schema] as const
  })
  return Object.fromEntries(schemas)
}

/** Whether the parameters of one form are written and those of no other. */
const isOneForm = (dist: Read, forms: Forms): boolean =>
  forms.length === 1 ||
  forms.some(
    (form) =>
      form.length === Object.values(dist).filter((value) => value !== undefined).length &&
      form.every(({ name }) => own(dist, name) !== undefined),
  )

const formWords = (forms: Forms): string =>
  `expected ${forms.map((form) => form.map(({ name }) => name).join(' and ')).join(', or ')}`

/** One distribution by its parameters. */
function distributionSchema(name: DistributionName, value: z.ZodType<number>, ofCounts: boolean): z.ZodType {
  const { description, forms: all, order } = parameters[name]
  const forms = ofCounts || name !== 'lognormal' ? all : all.slice(0, 1)
  const [form] = forms
  const text = sentence(notes.get(name) ?? description)
  if (form[0]?.name === '') return value.describe(text)
  const read = z
    .strictObject(shapeOf(name, forms, value))
    .refine((dist) => isOneForm(dist as Read, forms), { error: formWords(forms) })
    .refine((dist) => order === undefined || inOrder(dist as Read, order.names, order.apart), {
      error: orderWords(order?.names ?? [], order?.apart ?? false),
    })
  if (name !== 'discrete') return read.describe(text)
  return read
    .transform((dist) => {
      const { values, weights } = dist as { values: readonly number[]; weights?: readonly number[] }
      return { values, weights: weights ?? values.map(() => 1) }
    })
    .refine((dist) => dist.values.length === dist.weights.length && dist.weights.some((each) => each > 0), pairs)
    .describe(text)
}

/** What a scenario adds to the engine's words. */
const notes: ReadonlyMap<DistributionName, string> = new Map([
  ['normal', 'normal; draws below 0 become 0, unless truncated'],
])

const composite: readonly DistributionName[] = ['truncated', 'mixture']

/** Every distribution that draws what `value` writes; those of counts only where counts are drawn. */
function distributions(value: z.ZodType<number>, ofCounts: boolean) {
  const names = (Object.keys(parameters) as DistributionName[]).filter(
    (name) => !composite.includes(name) && (ofCounts || parameters[name].counts !== true),
  )
  const simple = Object.fromEntries(names.map((name) => [name, distributionSchema(name, value, ofCounts)]))
  const one = oneKey(simple).meta({
    id: ofCounts ? 'simpleCountLaw' : 'simpleDurationLaw',
    description: 'A distribution that is not composed of others.',
  })
  const truncated = z
    .strictObject({
      of: one,
      min: value.optional().describe('Lower limit of the draws.'),
      max: value.optional().describe('Upper limit of the draws.'),
    })
    .refine((dist) => (dist.min ?? 0) < (dist.max ?? Infinity) && (dist.min ?? dist.max) !== undefined, rising)
    .describe(sentence(parameters.truncated.description))
  const part = oneKey({ ...simple, truncated }).meta({
    id: ofCounts ? 'countLawPart' : 'durationLawPart',
    description: 'A distribution that is no mixture itself.',
  })
  const mixture = z
    .array(z.strictObject({ weight: weight.describe('Weight of this part.'), of: part }))
    .min(1)
    .max(MOST_VALUES)
    .refine((parts) => parts.some((part) => part.weight > 0), { error: 'expected at least one weight above 0' })
    .describe(sentence(parameters.mixture.description))
  return { ...simple, truncated, mixture }
}

const count = z.number().min(0).max(1_000_000_000)

const durationWords = 'expected a duration such as 90s, or a distribution such as { exponential: { mean: 5h } }'
const countWords = 'expected a number such as 3, or a distribution such as { uniform: { min: 1, max: 12 } }'

/** Built once here, so that no law that was read fails in a run. */
function buildable(dist: unknown, context: z.RefinementCtx): DistributionSpec {
  try {
    distribution(dist as DistributionSpec)
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error
    context.addIssue({ code: 'custom', message: `expected parameters that the distribution allows: ${error.message}` })
  }
  return dist as DistributionSpec
}

/** Parameters in milliseconds once read. */
export const durationDistribution = z
  .union([duration.transform((value) => ({ constant: value })), oneKey(distributions(duration, false))], {
    error: durationWords,
  })
  .transform(buildable)
  .meta({
    id: 'durationDistribution',
    description: 'How long: a duration, or a distribution such as { exponential: { mean: 5h } }.',
  })

/** Parameters are plain numbers. */
export const countDistribution = z
  .union([count.transform((value) => ({ constant: value })), oneKey(distributions(count, true))], { error: countWords })
  .transform(buildable)
  .meta({
    id: 'countLaw',
    description:
      'How many: a number, or a distribution such as { uniform: { min: 1, max: 12 } }; rounded to whole steps.',
  })
