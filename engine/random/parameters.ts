import type { DistributionSpec } from './distribution.ts'

/** What a parameter of a distribution may be. */
export interface Parameter {
  readonly name: string
  /** A number, a list of numbers, another distribution, or the weighted parts of a mixture. */
  readonly type: 'number' | 'whole' | 'numbers' | 'distribution' | 'parts'
  readonly description: string
  /** Bounds, both included; `above` is a lower bound that is not. */
  readonly least?: number
  readonly above?: number
  readonly most?: number
  readonly optional?: boolean
  /** Whether it has the unit of what is drawn, as a mean has and a shape has not. */
  readonly inUnits?: boolean
}

export interface DistributionParameters {
  readonly description: string
  /** Sets of parameters, any one of which makes the distribution. One unnamed parameter is the value itself. */
  readonly forms: readonly (readonly Parameter[])[]
  /** Parameters that must not fall in this order; `apart`: the last is above the first. */
  readonly order?: { readonly names: readonly string[]; readonly apart: boolean }
  /** Whether what is drawn is a count, a whole number without a unit. */
  readonly counts?: boolean
}

type Names<Spec> = Spec extends unknown ? keyof Spec : never
export type DistributionName = Names<DistributionSpec>

const number = (name: string, description: string, bounds: Partial<Parameter> = {}): Parameter => ({
  name,
  type: 'number',
  description,
  ...bounds,
})
const positive = (name: string, description: string) => number(name, description, { above: 0 })
const inUnits = (name: string, description: string, bounds: Partial<Parameter> = {}) =>
  number(name, description, { ...bounds, inUnits: true })
const values: Parameter = { name: 'values', type: 'numbers', description: 'the values, at least one', inUnits: true }
const weights: Parameter = { name: 'weights', type: 'numbers', description: 'a weight of 0 or more for each' }
const mean = inUnits('mean', 'mean', { above: 0 })
const sd = inUnits('sd', 'standard deviation', { above: 0 })
const min = inUnits('min', 'smallest value')
const max = inUnits('max', 'largest value')
const mode = inUnits('mode', 'most likely value')
const corners = { names: ['min', 'mode', 'max'], apart: true } as const

/** Every distribution that `distribution` makes, with its parameters, for forms, editors and generated documentation. */
export const parameters: Readonly<Record<DistributionName, DistributionParameters>> = {
  constant: { description: 'always the same value', forms: [[inUnits('', 'the value')]] },
  uniform: {
    description: 'every value from min to max is equally likely',
    forms: [[min, max]],
    order: { names: ['min', 'max'], apart: false },
  },
  triangular: {
    description: 'rises linearly to the mode and falls linearly',
    forms: [[min, mode, max]],
    order: corners,
  },
  pert: {
    description: 'smooth between three points, mean (min + 4 mode + max) / 6',
    forms: [[min, mode, max]],
    order: corners,
  },
  beta: {
    description: 'shares, or any bounded quantity',
    forms: [
      [
        number('alpha', 'shape next to min', { least: 0.01, most: 1e5 }),
        number('beta', 'shape next to max', { least: 0.01, most: 1e5 }),
        { ...min, optional: true },
        { ...max, optional: true },
      ],
    ],
    order: { names: ['min', 'max'], apart: true },
  },
  exponential: { description: 'memoryless times', forms: [[mean]] },
  hyperexponential: {
    description: 'one of several exponentials: more variable than a single one',
    forms: [
      [mean, number('scv', 'squared coefficient of variation', { least: 1, most: 1e12 })],
      [{ name: 'means', type: 'numbers', description: 'mean of each phase', inUnits: true }, weights],
    ],
  },
  erlang: {
    description: 'sum of equal exponential stages',
    forms: [[{ name: 'shape', type: 'whole', description: 'number of stages', least: 1, most: 1e6 }, mean]],
  },
  gamma: { description: 'gamma', forms: [[number('shape', 'shape', { least: 1e-7, most: 1e6 }), mean]] },
  weibull: {
    description: 'a failure rate that falls (shape below 1) or rises with age',
    forms: [[positive('shape', 'shape'), inUnits('scale', 'scale', { above: 0 })]],
  },
  pareto: {
    description: 'a heavy tail; infinite mean up to shape 1, infinite variance up to shape 2',
    forms: [
      [
        number('shape', 'exponent of the tail', { least: 0.1 }),
        inUnits('min', 'smallest value', { above: 0, most: 1e140 }),
      ],
    ],
  },
  normal: { description: 'normal', forms: [[inUnits('mean', 'mean'), sd]] },
  lognormal: {
    description: 'a normal variate in the exponent',
    forms: [
      [mean, sd],
      [number('mu', 'mean of the logarithm'), positive('sigma', 'standard deviation of the logarithm')],
    ],
  },
  discrete: { description: 'one of several values', forms: [[values, { ...weights, optional: true }]] },
  empirical: { description: 'interpolates between observed values', forms: [[values]] },
  poisson: {
    description: 'number of events',
    counts: true,
    forms: [[number('mean', 'mean', { above: 0, most: 1e15 })]],
  },
  geometric: {
    description: 'failures before the first success',
    counts: true,
    forms: [[number('mean', 'mean', { above: 0, most: 1e15 })]],
  },
  binomial: {
    description: 'successes in n trials',
    counts: true,
    forms: [
      [
        { name: 'n', type: 'whole', description: 'trials', least: 1, most: 1e15 },
        number('probability', 'of success', { least: 0, most: 1 }),
      ],
    ],
  },
  zipf: {
    description: 'ranks by a power law',
    counts: true,
    forms: [
      [
        { name: 'n', type: 'whole', description: 'largest rank', least: 1, most: 1e15 },
        number('exponent', 'exponent of the power law', { least: 0, most: 100 }),
      ],
    ],
  },
  truncated: {
    description: 'another distribution between bounds',
    forms: [
      [
        { name: 'of', type: 'distribution', description: 'the distribution to truncate' },
        { ...min, optional: true },
        { ...max, optional: true },
      ],
    ],
    order: { names: ['min', 'max'], apart: true },
  },
  mixture: {
    description: 'one of several distributions, each with its weight',
    forms: [[{ name: '', type: 'parts', description: 'weight and distribution of each part' }]],
  },
}
