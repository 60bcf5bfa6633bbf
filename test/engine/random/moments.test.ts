/** Means and variances: right, refused, or declared infinite, for every distribution and all its parameters. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DistributionSpec, distribution, ParameterError } from '#engine/random/distribution.ts'
import { type DistributionName, type Parameter, parameters } from '#engine/random/parameters.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { Distribution } from '#engine/random/variate.ts'
import { often } from '../../house/effort.ts'

type Row = [DistributionSpec, mean: string, variance: string]
/** By textbook formulas in 60 digits, see moments/moments.py. */
const rows = JSON.parse(readFileSync(new URL('moments/moments.json', import.meta.url), 'utf8')) as Row[]

/** So much, or nothing at all, is beyond these bounds. */
const refused = /"shape":1000000,"min":2}},"min":5|"min":-40,|"min":680,/
/** Sums over very many whole numbers, and a lognormal whose mean is 20 standard deviations out. */
const rougher = /"zipf":\{"n":1000000|"geometric":\{"mean":1000000|"mu":-300,"sigma":20/

function relative(found: number, expected: number, scale: number): number {
  return found === expected ? 0 : Math.abs(found - expected) / scale
}

test.each(rows.map((row) => [JSON.stringify(row[0]), ...row] as const))('%s', (name, spec, meanText, varianceText) => {
  if (refused.test(name)) {
    expect(() => distribution(spec)).toThrow(ParameterError)
    return
  }
  const law = distribution(spec)
  const [mean, variance] = [Number(meanText), Number(varianceText)]
  const tolerance = rougher.test(name) ? 1e-6 : 1e-9
  expect(relative(law.mean, mean, Math.max(Math.abs(mean), Math.sqrt(variance)))).toBeLessThan(tolerance)
  expect(relative(law.variance, variance, variance)).toBeLessThan(tolerance)
})

const at = (u: number): Stream => ({ path: 'at', next: () => u, below: () => 0 })

/** What must hold of a law whatever its parameters are. */
function expectSound(law: Distribution, name: string): void {
  expect(law.mean, `mean of ${name}`).not.toBeNaN()
  expect(law.variance, `variance of ${name}`).toBeGreaterThanOrEqual(0)
  expect(law.mean > -Infinity, name).toBe(true)
  let before = -Infinity
  for (const u of [0, 2 ** -53, 0.1, 0.5, 0.9, 1 - 2 ** -53]) {
    const x = law.sample(at(u))
    expect(Number.isFinite(x), `${name} at ${u} draws ${x}`).toBe(true)
    const p = law.cdf(law.quantile(u))
    expect(p >= 0 && p <= 1 && p >= before, `${name}: cdf ${p} at ${u}`).toBe(true)
    before = p
  }
}

const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, min: 0, max: 1e3 }),
  fc.constantFrom(0, 1, 0.01, 1e-300, 1e200, -1e308, 1e308, Number.MAX_VALUE, Number.MIN_VALUE, 1e6, 1e15),
)
const anyWhole = fc.oneof(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(1, 1e15))

function anyParameter({ type, name }: Parameter): fc.Arbitrary<unknown> {
  if (type === 'whole') return anyWhole
  if (type === 'number') return anyNumber
  const numbers = fc.array(anyNumber, { minLength: 2, maxLength: 2 })
  return name === 'weights' ? numbers.map((list) => list.map(Math.abs)) : numbers
}

const simple = (Object.keys(parameters) as DistributionName[]).filter(
  (name) => name !== 'truncated' && name !== 'mixture',
)

/** A spec with parameters of all sizes, in the right order where there are bounds. */
const anySimple: fc.Arbitrary<DistributionSpec> = fc.constantFrom(...simple).chain((name) =>
  fc.constantFrom(...parameters[name].forms).chain((form) => {
    if (form[0].name === '') return anyNumber.map((value) => ({ [name]: value }) as unknown as DistributionSpec)
    const given = fc.record(Object.fromEntries(form.map((parameter) => [parameter.name, anyParameter(parameter)])))
    return given.map((record) => ({ [name]: inOrder(record) }) as unknown as DistributionSpec)
  }),
)

function inOrder(record: Record<string, unknown>): Record<string, unknown> {
  const bounds = ['min', 'mode', 'max'].filter((name) => name in record)
  const sorted = bounds.map((name) => record[name] as number).sort((x, y) => x - y)
  return { ...record, ...Object.fromEntries(bounds.map((name, i) => [name, sorted[i]])) }
}

const anyCut = fc
  .tuple(anySimple, anyNumber, anyNumber)
  .map(([of, x, y]) => ({ truncated: { of, min: Math.min(x, y), max: Math.max(x, y) } }) as DistributionSpec)
const anyMixture = fc
  .array(fc.record({ weight: anyNumber.map(Math.abs), of: anySimple }), { minLength: 1, maxLength: 3 })
  .map((mixture) => ({ mixture }) as DistributionSpec)

test.each([
  ['every law', anySimple, often(800, 3000)],
  ['every law between bounds', anyCut, often(500, 1500)],
  ['mixtures', anyMixture, often(200, 500)],
] as const)('%s, with parameters of any size: refused, or with moments that are numbers', (_, specs, runs) => {
  let made = 0
  fc.assert(
    fc.property(specs, (spec) => {
      let law: Distribution
      try {
        law = distribution(spec)
      } catch (error) {
        expect(error).toBeInstanceOf(ParameterError)
        return
      }
      made++
      expectSound(law, JSON.stringify(spec))
    }),
    { numRuns: runs, seed: 12 },
  )
  expect(made).toBeGreaterThan(runs / 20)
})

describe('the parameters as data', () => {
  const typical: Record<string, unknown> = {
    min: 1,
    mode: 2,
    max: 6,
    mean: 4,
    sd: 2,
    mu: 0,
    sigma: 1,
    shape: 2,
    scale: 3,
    alpha: 2,
    beta: 3,
    scv: 2,
    n: 9,
    means: [1, 2],
    weights: [1, 2],
    values: [1, 2],
    probability: 0.3,
    exponent: 1.2,
    of: { exponential: { mean: 3 } },
  }
  const cases = (Object.keys(parameters) as DistributionName[]).flatMap((name) =>
    parameters[name].forms.map((form) => [name, form] as const),
  )

  test.each(cases)('%s takes the form it describes, up to its bounds and not beyond', (name, form) => {
    const make = (changed: Record<string, unknown> = {}) => {
      const given = {
        ...Object.fromEntries(form.map((parameter) => [parameter.name, typical[parameter.name]])),
        ...changed,
      }
      const alone = name === 'mixture' ? [{ weight: 1, of: { constant: 2 } }] : (changed[''] ?? 5)
      return distribution({ [name]: form[0].name === '' ? alone : given } as unknown as DistributionSpec)
    }
    expect(make().mean).toBeGreaterThan(0)
    for (const { name: key, type, least, above, most, optional } of form) {
      if (least !== undefined) expect(() => make({ [key]: least }), key).not.toThrow()
      if (most !== undefined) expect(() => make({ [key]: most }), key).not.toThrow()
      const beyond = [...(above === undefined ? [] : [above]), ...(most === undefined ? [] : [most * 2 + 1])]
      if (least !== undefined) beyond.push(least - 0.005)
      if (type === 'number') beyond.push(Number.NaN)
      for (const value of beyond) expect(() => make({ [key]: value }), `${key} ${value}`).toThrow(ParameterError)
      if (optional) expect(() => make({ min: undefined, max: undefined, [key]: undefined }), key).not.toThrow()
    }
  })
})
