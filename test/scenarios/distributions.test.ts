/** What a scenario can draw from follows the engine's list of distributions. */
import { describe, expect, test } from 'vitest'
import { HOUR } from '#base/time.ts'
import { type DistributionName, parameters } from '#engine/random/parameters.ts'
import { countDistribution, durationDistribution } from '#scenarios/distributions.ts'

/** A value for each parameter that all distributions can have; durations in hours. */
const samples: Readonly<Record<string, number>> = {
  min: 2,
  mode: 3,
  max: 7,
  mean: 5,
  sd: 1,
  scale: 4,
  shape: 2,
  alpha: 2,
  beta: 3,
  scv: 4,
  n: 9,
  probability: 0.5,
  exponent: 1.5,
}

/** A distribution as a scenario writes it, and as the engine takes it. */
function written(name: DistributionName, inHours: boolean): [text: unknown, spec: unknown] {
  const quantity = (value: number) => (inHours ? [`${value}h`, value * HOUR] : [value, value])
  if (name === 'truncated' || name === 'mixture') {
    const [text, spec] = written('exponential', inHours)
    const [least, min] = quantity(2)
    return name === 'truncated'
      ? ([
          { of: text, min: least },
          { of: spec, min },
        ].map((truncated) => ({ truncated })) as [unknown, unknown])
      : ([[{ weight: 1, of: text }], [{ weight: 1, of: spec }]].map((mixture) => ({ mixture })) as [unknown, unknown])
  }
  const [form] = parameters[name].forms
  const values = form.map(({ name: parameter, type, inUnits }) => {
    if (parameter === 'weights')
      return [
        [1, 3],
        [1, 3],
      ]
    const each = (value: number) => (inUnits === true ? quantity(value) : [value, value])
    if (type !== 'numbers') return each(samples[parameter] ?? 5)
    const both = [each(2), each(3)]
    return [both.map(([text]) => text), both.map(([, spec]) => spec)]
  })
  const shape = (which: 0 | 1) =>
    form[0].name === ''
      ? values[0][which]
      : Object.fromEntries(form.map((parameter, index) => [parameter.name, values[index][which]]))
  return [{ [name]: shape(0) }, { [name]: shape(1) }]
}

const names = Object.keys(parameters) as DistributionName[]

describe('every distribution of the engine can be written', () => {
  test.each(names.filter((name) => parameters[name].counts !== true))('%s of durations', (name) => {
    const [text, spec] = written(name, true)
    expect(durationDistribution.parse(text)).toEqual(spec)
  })

  test.each(names)('%s of counts', (name) => {
    const [text, spec] = written(name, false)
    expect(countDistribution.parse(text)).toEqual(spec)
  })
})

const refusal = (text: unknown): string => {
  const read = durationDistribution.safeParse(text)
  return read.success ? 'read' : JSON.stringify(read.error.issues)
}

test.each([
  [{ uniform: { min: '2h', max: '1h' } }, 'expected min not above max'],
  [{ uniform: { min: '2h', max: '2h' } }, 'read'],
  [{ pert: { min: '2h', mode: '1h', max: '3h' } }, 'expected min, mode and max in this order, and max above min'],
  [{ triangular: { min: '2h', mode: '2h', max: '2h' } }, 'expected min, mode and max in this order'],
  [{ beta: { alpha: 2, beta: 3, min: '2h', max: '2h' } }, 'expected min below max'],
  [{ beta: { alpha: 2, beta: 3 } }, 'expected a duration'],
  [{ pareto: { shape: 1, min: '1h' } }, '1.01'],
  [{ hyperexponential: { mean: '1h', scv: 0.5 } }, 'too_small'],
  [{ exponential: { mean: '0s' } }, 'expected more than 0'],
  [{ mixture: [{ weight: 0, of: { constant: '1h' } }] }, 'expected at least one weight above 0'],
  [{ poisson: { mean: 3 } }, 'expected exactly one of|unrecognized_keys'],
  [{ hyperexponential: { means: ['1h', '9h'], weights: [3, 1] } }, 'read'],
  [{ hyperexponential: { mean: '1h', weights: [1] } }, 'expected mean and scv, or means and weights'],
  [{ lognormal: { mu: 1, sigma: 2 } }, 'unrecognized_keys'],
  [{ mixture: [{ weight: 1, of: { truncated: { of: { exponential: { mean: '1h' } }, max: '2h' } } }] }, 'read'],
  [{ truncated: { of: { constant: '1h' } } }, 'expected min below max, and at least one of them'],
])('%j: %s', (text, words) => {
  expect(refusal(text)).toMatch(new RegExp(words))
})
