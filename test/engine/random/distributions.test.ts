import { describe, expect, test } from 'vitest'
import { type DistributionSpec, distribution, ParameterError } from '#engine/random/distribution.ts'
import { type Stream, Streams } from '#engine/random/streams.ts'
import { often } from '../../house/effort.ts'
import { distance } from './goodness.ts'

const N = often(25_000, 100_000)
/** Of laws whose inversion takes long. */
const FEW = often(5_000, 10_000)
const slow = /beta|pert|truncated.*mixture/

/** spec, mean, variance (null: heavy tail, not compared), draws a variate. Means and variances by textbook formula. */
const mixed: DistributionSpec = {
  mixture: [
    { weight: 3, of: { exponential: { mean: 1 } } },
    { weight: 1, of: { constant: 7 } },
  ],
}

const laws: [DistributionSpec, number, number | null, number][] = [
  [{ constant: 3 }, 3, 0, 0],
  [{ uniform: { min: -2, max: 10 } }, 4, 12, 1],
  [{ exponential: { mean: 5 } }, 5, 25, 1],
  [{ erlang: { shape: 3, mean: 6 } }, 6, 12, 3],
  [{ erlang: { shape: 40, mean: 40 } }, 40, 40, 40],
  [{ gamma: { shape: 0.3, mean: 2 } }, 2, 4 / 0.3, 1],
  [{ gamma: { shape: 2.5, mean: 5 } }, 5, 10, 1],
  [{ gamma: { shape: 900, mean: 900 } }, 900, 900, 1],
  [{ weibull: { shape: 2, scale: 2 } }, Math.sqrt(Math.PI), 4 - Math.PI, 1],
  [{ weibull: { shape: 0.5, scale: 1 } }, 2, 20, 1],
  [{ lognormal: { mean: 90, sd: 60 } }, 90, 3600, 1],
  [{ lognormal: { mu: 0, sigma: 1 } }, Math.exp(0.5), (Math.E - 1) * Math.E, 1],
  [{ lognormal: { mean: 1, sd: 20 } }, 1, null, 1],
  [{ normal: { mean: -1, sd: 3 } }, -1, 9, 1],
  [{ triangular: { min: 1, mode: 2, max: 6 } }, 3, 7 / 6, 1],
  [{ triangular: { min: 0, mode: 0, max: 3 } }, 1, 0.5, 1],
  [{ empirical: { values: [4, 0, 1, 1, 10] } }, 2.75, null, 1],
  [{ discrete: { values: [5, 1, 2], weights: [1, 6, 3] } }, 1.7, 1.41, 1],
  [{ discrete: { values: [1, 2, 3, 4, 5, 6] } }, 3.5, 35 / 12, 1],
  [{ zipf: { n: 3, exponent: 1 } }, 18 / 11, 36 / 11 - (18 / 11) ** 2, 1],
  [{ zipf: { n: 1_000_000, exponent: 1 } }, 1e6 / 14.392726722865724, null, 1],
  [{ zipf: { n: 5000, exponent: 0 } }, 2500.5, (5000 ** 2 - 1) / 12, 1],
  [{ zipf: { n: 1e12, exponent: 1.7 } }, 6458.42052271177, null, 1],
  [{ poisson: { mean: 0.2 } }, 0.2, 0.2, 1],
  [{ poisson: { mean: 7.5 } }, 7.5, 7.5, 1],
  [{ poisson: { mean: 12_345.6 } }, 12_345.6, 12_345.6, 1],
  [{ poisson: { mean: 1_000_001 } }, 1_000_001, 1_000_001, 1],
  [{ geometric: { mean: 4 } }, 4, 20, 1],
  [{ geometric: { mean: 0.01 } }, 0.01, 0.0101, 1],
  [{ truncated: { of: { exponential: { mean: 1 } }, min: 2 } }, 3, 1, 1],
  [{ truncated: { of: { exponential: { mean: 1 } }, min: 100 } }, 101, 1, 1],
  [{ truncated: { of: { normal: { mean: 0, sd: 1 } }, min: 8 } }, 8.12136811223618, null, 1],
  [{ truncated: { of: { normal: { mean: 0, sd: 1 } }, min: 0 } }, Math.sqrt(2 / Math.PI), 1 - 2 / Math.PI, 1],
  [{ truncated: { of: { normal: { mean: 0, sd: 1 } }, min: -1, max: 1 } }, 0, 0.2911, 1],
  [{ truncated: { of: { discrete: { values: [1, 2, 3, 4] } }, min: 2, max: 3 } }, 2.5, 0.25, 1],
  [{ pareto: { shape: 5, min: 2 } }, 2.5, 20 / 48, 1],
  [{ pareto: { shape: 1.5, min: 2 } }, 6, null, 1],
  [{ beta: { alpha: 2, beta: 5 } }, 2 / 7, 10 / 49 / 8, 1],
  [{ beta: { alpha: 0.5, beta: 0.5, min: -1, max: 3 } }, 1, 2, 1],
  [{ pert: { min: 1, mode: 2, max: 9 } }, 3, 12 / 7, 1],
  [{ binomial: { n: 20, probability: 0.3 } }, 6, 4.2, 1],
  [{ binomial: { n: 1e9, probability: 0.02 } }, 2e7, 1.96e7, 1],
  [{ hyperexponential: { mean: 5, scv: 4 } }, 5, 100, 1],
  [{ hyperexponential: { means: [1, 10], weights: [2, 1] } }, 4, 52, 1],
  [mixed, 2.5, 55 / 4 - 6.25, 1],
  [{ truncated: { of: mixed, min: 2, max: 8 } }, 5.84268, null, 1],
]

function counted(stream: Stream): Stream & { draws: number } {
  return {
    path: stream.path,
    draws: 0,
    next() {
      this.draws++
      return stream.next()
    },
    below: (n) => stream.below(n),
  }
}

describe.each(laws.map((row) => [JSON.stringify(row[0]), ...row] as const))(
  '%s',
  (name, spec, mean, variance, draws) => {
    const law = distribution(spec)
    const size = slow.test(name) ? FEW : N
    const stream = counted(new Streams('distributions').stream(name))
    const sample = Float64Array.from({ length: size }, () => law.sample(stream))

    test('has the mean and variance of its formula, and so has the sample', () => {
      expect(Math.abs(law.mean - mean)).toBeLessThanOrEqual(1e-4 * Math.max(Math.abs(mean), 1))
      const average = sample.reduce((sum, x) => sum + x, 0) / size
      expect(Math.abs(average - mean)).toBeLessThanOrEqual(6 * Math.sqrt(law.variance / size) + 1e-12)
      if (variance === null) return
      expect(Math.abs(law.variance - variance)).toBeLessThanOrEqual(1e-3 * variance)
      const deviations = sample.map((x) => (x - average) ** 2)
      const spread = deviations.reduce((sum, x) => sum + x, 0) / size
      const fourth = deviations.reduce((sum, x) => sum + x * x, 0) / size
      expect(Math.abs(spread - law.variance)).toBeLessThanOrEqual(
        8 * Math.sqrt((fourth - spread * spread) / size) + 1e-12,
      )
    })

    test('follows its distribution function (Kolmogorov-Smirnov)', () => {
      expect(distance(sample, law.cdf)).toBeLessThan(1)
    })

    test('takes the same number of draws for every variate', () => {
      expect(stream.draws).toBe(draws * size)
    })

    test('the quantile is the least x whose distribution function reaches p', () => {
      for (let i = 1; i < 400; i++) {
        const p = i / 400
        const x = law.quantile(p)
        expect(law.cdf(x)).toBeGreaterThan(p - 1e-9)
        expect(law.cdf(x - Math.abs(x) * 1e-12 - 1e-12)).toBeLessThan(p + 1e-9)
      }
    })
  },
)

test('common random numbers: a longer mean stretches the same variate', () => {
  const short = distribution({ lognormal: { mean: 10, sd: 5 } }).sample(new Streams('1').stream('a'))
  const long = distribution({ lognormal: { mean: 20, sd: 10 } }).sample(new Streams('1').stream('a'))
  expect(long / short).toBeCloseTo(2, 12)
})

test('the least and the greatest draw give finite variates', () => {
  for (const [spec] of laws) {
    for (const u of [0, 1 - 2 ** -53]) {
      const edge: Stream = { path: 'edge', next: () => u, below: () => 0 }
      expect(Number.isFinite(distribution(spec).sample(edge)), `${JSON.stringify(spec)} at ${u}`).toBe(true)
    }
  }
})

test('the first variates are the same on every machine', () => {
  const first = laws.map(([spec]) => distribution(spec).sample(new Streams('golden').stream('a')))
  expect(first).toMatchInlineSnapshot(`
    [
      3,
      8.388755935277581,
      10.039500290856822,
      8.84872289720893,
      35.62916964030074,
      4.631406733888084,
      8.42595639360646,
      933.2616994666804,
      2.834007803921058,
      4.031662643604569,
      146.4801015599436,
      3.023543434631984,
      0.7496437138269887,
      2.319288398922351,
      4.361278921067601,
      1.9007124814036076,
      6.777511870555163,
      2,
      6,
      3,
      144783,
      4329,
      10,
      1,
      11,
      12469,
      1001107,
      8,
      0,
      4.007900058171364,
      102.00790005817133,
      8.243633673028409,
      1.4974725662075528,
      0.6734824557466899,
      3,
      2.9883673222479255,
      7.627401466548547,
      0.47531201293548886,
      2.8246883900215862,
      4.563694295405037,
      8,
      20004898,
      10.472631267044786,
      9.092877695032549,
      7,
      7,
    ]
  `)
})

test.each<[unknown, string]>([
  [{ exponental: { mean: 5 } }, 'distribution {"exponental":{"mean":5}}: give exactly one of constant, uniform'],
  [{}, 'distribution {}: give exactly one of'],
  [{ constant: NaN }, 'constant: NaN: give a finite number'],
  [{ uniform: { min: 3, max: 1 } }, 'uniform: max 1: give a finite number not below min (3)'],
  [{ exponential: { mean: 0 } }, 'exponential: mean 0: give a finite number above 0'],
  [{ erlang: { shape: 1.5, mean: 1 } }, 'erlang: shape 1.5: give a whole number from 1'],
  [{ gamma: { shape: -1, mean: 1 } }, 'gamma: shape -1: give a number above 0'],
  [{ weibull: { shape: 1, scale: Infinity } }, 'weibull: scale Infinity: give a finite number above 0'],
  [{ lognormal: { mean: -5, sd: 1 } }, 'lognormal: mean -5: give a finite number above 0'],
  [{ lognormal: { mu: 0, sigma: 0 } }, 'lognormal: sigma 0: give a finite number above 0, or use constant'],
  [{ normal: { mean: 0, sd: 0 } }, 'normal: sd 0: give a finite number above 0, or use constant'],
  [{ triangular: { min: 0, mode: 7, max: 6 } }, 'triangular: mode 7: give a number from min (0) to max (6)'],
  [{ empirical: { values: [] } }, 'empirical: values []: give at least one, all finite'],
  [{ discrete: { values: [1, 2], weights: [1] } }, 'discrete: weights [1]: give as many as there are values (2)'],
  [{ discrete: { values: [1, 2], weights: [0, 0] } }, 'discrete: weights [0,0]: give finite numbers from 0 upwards'],
  [{ zipf: { n: 0, exponent: 1 } }, 'zipf: n 0: give a whole number from 1 to 1e15'],
  [{ poisson: { mean: 0 } }, 'poisson: mean 0: give a number above 0'],
  [{ geometric: { mean: -1 } }, 'geometric: mean -1: give a number above 0'],
  [
    { truncated: { of: { exponential: { mean: 1 } }, min: 2, max: 1 } },
    'truncated: min 2: give a number below max (1)',
  ],
  [{ truncated: { of: { exponential: { mean: 1 } }, min: 900 } }, 'truncated: bounds [900,null]: widen them: only'],
  [{ uniform: { min: -1e308, max: 1e308 } }, 'uniform: max 1e+308: give a number less far from min (-1e+308)'],
  [{ weibull: { shape: 0.005, scale: 1 } }, 'weibull: shape 0.005: the mean would be Infinity'],
  [{ lognormal: { mu: 0, sigma: 100 } }, 'lognormal: {"mu":0,"sigma":100}: the mean would be Infinity'],
  [{ pareto: { shape: 0, min: 1 } }, 'pareto: shape 0: give a finite number from 0.1'],
  [{ beta: { alpha: 0, beta: 1 } }, 'beta: alpha 0: give a number from 0.01 to 100000'],
  [{ binomial: { n: 2.5, probability: 0.1 } }, 'binomial: n 2.5: give a whole number from 1 to 1e15'],
  [{ hyperexponential: { mean: 1, scv: 0.5 } }, 'hyperexponential: scv 0.5: give a number from 1 to 1e12'],
  [{ mixture: [] }, 'mixture: parts []: give at least one'],
  [{ mixture: [{ weight: -1, of: { constant: 1 } }] }, 'mixture: weights [-1]: give finite numbers from 0 upwards'],
])('%j is refused: %s', (spec, message) => {
  const make = () => distribution(spec as DistributionSpec)
  expect(make).toThrow(ParameterError)
  expect(make).toThrow(message)
})
