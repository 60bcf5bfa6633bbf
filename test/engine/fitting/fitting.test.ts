/** Maximum likelihood estimators find the parameters of what was drawn, also where lifetimes are cut off. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitBursts } from '#engine/fitting/bursts.ts'
import { fitPopulation } from '#engine/fitting/counts.ts'
import { dispersedLogLikelihood, poissonLogLikelihood } from '#engine/fitting/dispersed.ts'
import { type FamilyName, fitLifetimes } from '#engine/fitting/families.ts'
import { kaplanMeier, largestDistance, quantileOf, quantilesOf, restrictedMean } from '#engine/fitting/kaplan-meier.ts'
import { nelderMead } from '#engine/fitting/nelder-mead.ts'
import { type Lifetime, lifetimesOf } from '#engine/fitting/sample.ts'
import { MarkovModulatedArrivals } from '#engine/random/arrivals/markov-modulated.ts'
import { type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'

/** `count` lifetimes, of which those beyond a limit drawn for each are cut off. */
function drawn(spec: DistributionSpec, count: number, cutOff: DistributionSpec | undefined, seed: string): Lifetime[] {
  const streams = new Streams(seed, 0)
  const [lives, limits] = [streams.stream('lives'), streams.stream('limits')]
  const fitted = distribution(spec)
  const limit = cutOff === undefined ? undefined : distribution(cutOff)
  return Array.from({ length: count }, () => {
    const time = fitted.sample(lives)
    const most = limit?.sample(limits) ?? Infinity
    return time <= most ? { time, ended: true } : { time: most, ended: false }
  })
}

const families: readonly [FamilyName, DistributionSpec, Readonly<Record<string, number>>][] = [
  ['exponential', { exponential: { mean: 5 } }, { mean: 5 }],
  ['gamma', { gamma: { shape: 2.5, mean: 40 } }, { shape: 2.5, mean: 40 }],
  ['gamma', { gamma: { shape: 0.5, mean: 3 } }, { shape: 0.5, mean: 3 }],
  ['weibull', { weibull: { shape: 0.7, scale: 10 } }, { shape: 0.7, scale: 10 }],
  ['weibull', { weibull: { shape: 3, scale: 9e6 } }, { shape: 3, scale: 9e6 }],
  ['lognormal', { lognormal: { mu: 2, sigma: 1.2 } }, { mu: 2, sigma: 1.2 }],
  ['pareto', { pareto: { shape: 1.8, min: 2 } }, { shape: 1.8 }],
  [
    'hyperexponential',
    { hyperexponential: { means: [1, 30], weights: [0.7, 0.3] } },
    { 'fast mean': 1, 'slow mean': 30, 'fast weight': 0.7 },
  ],
]
const medianOf = (spec: DistributionSpec): number => distribution(spec).quantile(0.5)

describe.each(families)('%s %o', (name, spec, expected) => {
  test.each([
    ['all ended', undefined],
    ['about a third cut off', 3],
  ] as const)('%s: each parameter is within four standard errors, and the family has the smallest AIC', (_, factor) => {
    const cutOff = factor === undefined ? undefined : { exponential: { mean: factor * medianOf(spec) } }
    const fits = fitLifetimes(lifetimesOf(drawn(spec, 2000, cutOff, 'fit')))
    expect(fits[0].name).toBe(name)
    for (const [parameter, value] of Object.entries(expected)) {
      const found = fits[0].parameters.find((each) => each.name === parameter)
      expect(found?.standardError, parameter).toBeGreaterThan(0)
      const distance = Math.abs((found?.value ?? 0) - value) / (found?.standardError ?? 0)
      expect(distance, `${parameter} ${found?.value}`).toBeLessThan(4)
      expect(Math.abs((found?.value ?? 0) / value - 1), parameter).toBeLessThan(0.25)
    }
  })
})

test('standard errors are the spread of the estimates over samples', () => {
  const estimates = Array.from({ length: 24 }, (_, seed) => {
    const sample = drawn({ weibull: { shape: 1.5, scale: 10 } }, 200, { exponential: { mean: 25 } }, `spread ${seed}`)
    return fitLifetimes(lifetimesOf(sample)).find((fit) => fit.name === 'weibull')?.parameters ?? []
  })
  for (const index of [0, 1]) {
    const values = estimates.map((each) => each[index].value)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
    const stated = estimates.reduce((sum, each) => sum + (each[index].standardError ?? 0), 0) / values.length
    expect(stated / spread).toBeGreaterThan(0.65)
    expect(stated / spread).toBeLessThan(1.5)
  }
})

test('to leave out that lifetimes are cut off would be wrong: the mean of an exponential with most of them cut off', () => {
  const sample = drawn({ exponential: { mean: 100 } }, 1500, { constant: 40 }, 'cut')
  const fit = fitLifetimes(lifetimesOf(sample)).find(({ name }) => name === 'exponential')
  expect(Math.abs((fit?.parameters[0].value ?? 0) - 100)).toBeLessThan(12)
  const ended = sample.filter((life) => life.ended)
  expect(ended.reduce((sum, { time }) => sum + time, 0) / ended.length).toBeLessThan(25)
})

test('equal times are constant, bounds of equally likely ones are the least and the largest', () => {
  expect(fitLifetimes(lifetimesOf([1, 2, 3].map(() => ({ time: 7, ended: true }))))[0].spec).toEqual({ constant: 7 })
  const cut = [...[1, 2].map(() => ({ time: 7, ended: true })), { time: 5, ended: false }]
  expect(fitLifetimes(lifetimesOf(cut))[0].spec).toEqual({ constant: 7 })
  const [fit] = fitLifetimes(lifetimesOf(drawn({ uniform: { min: 3, max: 4 } }, 500, undefined, 'u')))
  expect(fit.name).toBe('uniform')
  expect(fit.parameters.map(({ value }) => Math.round(value * 10) / 10)).toEqual([3, 4])
})

test('where nothing ended, nothing is estimated; nor is a time of 0', () => {
  expect(() => fitLifetimes(lifetimesOf([{ time: 5, ended: false }]))).toThrow('no lifetime ended')
  expect(() => lifetimesOf([{ time: 0, ended: true }])).toThrow('a lifetime of 0')
})

test('scaling all times scales the estimates and keeps the shapes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ time: fc.integer({ min: 1, max: 1000 }), ended: fc.boolean() }), {
        minLength: 12,
        maxLength: 40,
      }),
      fc.constantFrom(10, 1000),
      (lives, factor) => {
        fc.pre(lives.filter(({ ended }) => ended).length > 6)
        const own = fitLifetimes(lifetimesOf(lives))
        const scaled = fitLifetimes(lifetimesOf(lives.map(({ time, ended }) => ({ time: time * factor, ended }))))
        for (const name of ['exponential', 'weibull'] as const) {
          const [a, b] = [own, scaled].map((fits) => fits.find((fit) => fit.name === name))
          if (a === undefined || b === undefined) continue
          for (const [index, { name: parameter, value }] of a.parameters.entries()) {
            const unit = parameter === 'shape' ? 1 : factor
            expect(b.parameters[index].value / (value * unit)).toBeCloseTo(1, 6)
          }
        }
      },
    ),
    { numRuns: 50 },
  )
})

describe('Kaplan and Meier', () => {
  test('the example of their paper: deaths at 0.8, 3.1, 5.4, 9.2, losses at 1.0, 2.7, 7.0, 12.1', () => {
    const lives = [
      ...[0.8, 3.1, 5.4, 9.2].map((time) => ({ time, ended: true })),
      ...[1.0, 2.7, 7.0, 12.1].map((time) => ({ time, ended: false })),
    ]
    const steps = kaplanMeier(lifetimesOf(lives))
    expect(steps.map(({ time, survival }) => `${time} ${survival.toFixed(3)}`)).toEqual([
      ...['0.8 0.875', '3.1 0.700', '5.4 0.525', '9.2 0.263'],
    ])
  })

  test('without losses it is the empirical distribution, and its quantiles are the values', () => {
    const steps = kaplanMeier(lifetimesOf([1, 2, 3, 4].map((time) => ({ time, ended: true }))))
    expect(steps.map(({ survival }) => survival)).toEqual([0.75, 0.5, 0.25, 0])
    expect(quantilesOf(steps, 4, 4)).toEqual([1, 2, 3, 4])
    expect(largestDistance(steps, (time) => 1 - time / 4)).toBeCloseTo(0.25)
  })
})

describe('up to a horizon', () => {
  test('without losses: the mean of the times, cut off there, of their squares, and the error of a mean', () => {
    const steps = kaplanMeier(lifetimesOf([1, 2, 3, 10].map((time) => ({ time, ended: true }))))
    const { mean, square, error } = restrictedMean(steps, 4)
    expect([mean, square]).toEqual([10 / 4, (1 + 4 + 9 + 16) / 4])
    expect(error).toBeCloseTo(Math.sqrt((30 / 4 - 2.5 ** 2) / 4), 9)
  })

  test('what was cut off counts as it is likely to have gone on', () => {
    const lives = [...[1, 2, 4, 4].map((time) => ({ time, ended: true })), { time: 2, ended: false }]
    // Of 5, 4 are longer than 1; of those 3 longer than 2, one of which was cut off; the others last 4.
    expect(restrictedMean(kaplanMeier(lifetimesOf(lives)), 10).mean).toBeCloseTo(1 + 0.8 + 0.6 * 2, 9)
    const tail = quantilesOf(
      kaplanMeier(
        lifetimesOf([
          { time: 1, ended: true },
          { time: 2, ended: false },
        ]),
      ),
      2,
      4,
      (share) => 10 + share,
    )
    expect(tail).toEqual([1, 1, 10.75, 10.25])
  })
})

describe('bursts', () => {
  const counts = (
    hours: number,
    [low, high]: readonly [number, number],
    [calm, burst]: readonly [number, number],
    name: string,
  ) => {
    const hour = 3_600_000
    const streams = new Streams('bursts').stream(`${name} arrivals`)
    const changes = new Streams('bursts').stream(`${name} phases`)
    const phases = [
      { rate: low / hour, stay: calm * hour },
      { rate: high / hour, stay: burst * hour },
    ]
    const arrivals = new MarkovModulatedArrivals(phases, 0, streams, changes)
    const found = new Float64Array(hours)
    for (let at = arrivals.next(0); at < hours * hour; at = arrivals.next(at)) found[Math.floor(at / hour)]++
    return found
  }

  test('rates and lengths of two phases are within three standard errors, also of phases shorter than an interval', () => {
    for (const [rates, stays] of [
      [
        [1, 12],
        [20, 4],
      ],
      [
        [2, 40],
        [6, 0.7],
      ],
    ] as const) {
      const fit = fitBursts(counts(1200, rates, stays, String(rates)))
      const found = [...(fit?.rates ?? []), ...(fit?.stays ?? [])]
      for (const [index, known] of [...rates, ...stays].entries())
        expect(Math.abs(Math.log(found[index] / known)) / (fit?.errors[index] ?? 0), `${known}`).toBeLessThan(3)
    }
  })

  test('Poisson counts have no phases that lead by AIC', () => {
    const stream = new Streams('plain').stream('plain')
    const plain = Float64Array.from({ length: 500 }, () => distribution({ poisson: { mean: 4 } }).sample(stream))
    const mean = plain.reduce((sum, count) => sum + count, 0) / 500
    const aic =
      2 -
      2 *
        poissonLogLikelihood(
          plain,
          plain.map(() => mean),
        )
    expect(fitBursts(plain)?.aic ?? Infinity).toBeGreaterThan(aic - 2)
  })
})

describe('counts that vary more than Poisson counts', () => {
  test.each([
    // ln of 2^3 e^-2 / 3!, and of C(4,3) (1/2)^2 (1/2)^3: a negative binomial of shape 2 around 2.
    [[3], [2], Math.log(8 / 6) - 2],
    [[0, 0], [0, 1], -1],
    [[1], [0], Number.NEGATIVE_INFINITY],
  ])('Poisson counts %j around %j', (counts, means, known) => {
    const found = poissonLogLikelihood(Float64Array.from(counts), Float64Array.from(means))
    if (Number.isFinite(known)) expect(found).toBeCloseTo(known, 10)
    else expect(found).toBe(known)
  })

  test('the best shape is at least as likely as any other, and no less than Poisson counts where these vary less', () => {
    const logOf = (count: number, mean: number, shape: number): number => {
      let coefficient = 0
      for (let each = 0; each < count; each++) coefficient += Math.log((shape + each) / (each + 1))
      return coefficient + shape * Math.log(shape / (shape + mean)) + count * Math.log(mean / (shape + mean))
    }
    const counts = Float64Array.from([0, 0, 9, 1, 0, 14, 2, 0, 3])
    const means = counts.map((_, index) => 2 + index / 4)
    const best = dispersedLogLikelihood(counts, means)
    const of = (shape: number) => counts.reduce((sum, count, index) => sum + logOf(count, means[index], shape), 0)
    for (const shape of [0.05, 0.2, 0.3, 0.5, 0.8, 1, 2, 5, 50]) expect(best).toBeGreaterThan(of(shape) - 1e-4)
    const even = Float64Array.from({ length: 40 }, () => 3)
    const same = even.map(() => 3)
    expect(dispersedLogLikelihood(even, same)).toBeCloseTo(poissonLogLikelihood(even, same), 1)
  })
})

describe('how often members of a population come', () => {
  const counts = (size: number, mean: number, activity: DistributionSpec) => {
    const streams = new Streams('population', 0)
    const [rates, visits] = [streams.stream('rates'), streams.stream('visits')]
    const fitted = distribution(activity)
    return Array.from({ length: size }, () => {
      const rate = mean * fitted.sample(rates)
      return rate > 0 ? distribution({ poisson: { mean: rate } }).sample(visits) : 0
    }).filter((count) => count > 0)
  }

  test('of equal rates: those who never came are counted too', () => {
    const { size, mean, shape } = fitPopulation(counts(1000, 1.5, { constant: 1 }))
    expect(Math.abs(size / 1000 - 1)).toBeLessThan(0.08)
    expect(Math.abs(mean / 1.5 - 1)).toBeLessThan(0.08)
    expect(shape).toBe(Infinity)
  })

  test('of gamma distributed rates: size, mean and shape', () => {
    const { size, mean, shape } = fitPopulation(counts(2000, 6, { gamma: { shape: 1.5, mean: 1 } }))
    expect(Math.abs(size / 2000 - 1)).toBeLessThan(0.05)
    expect(Math.abs(mean / 6 - 1)).toBeLessThan(0.08)
    expect(Math.abs(shape / 1.5 - 1)).toBeLessThan(0.2)
  })

  test('who all came once say nothing of those who did not', () => {
    expect(fitPopulation([1, 1, 1])).toMatchObject({ size: 3, mean: 1, shape: Infinity })
  })
})

test('Nelder and Mead find the least value of the valley of Rosenbrock', () => {
  const { at } = nelderMead(([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1], { most: 1000 })
  expect(at.map((x) => Math.round(x * 1000) / 1000)).toEqual([1, 1])
})

describe('intervals without a curvature', () => {
  test('a quantile has the times at which its share is within that of the survival', () => {
    const steps = kaplanMeier(lifetimesOf(Array.from({ length: 100 }, (_, at) => ({ time: at + 1, ended: true }))))
    // Survival 0.5 at 50, error of ln(-ln) 0.1443: 0.5^(e^±0.283) is 0.60 and 0.40.
    expect(quantileOf(steps, 0.5)).toEqual({ time: 50, low: 40, high: 60 })
    const { time, high } = quantileOf(steps.slice(0, 20), 0.5)
    expect([time, high]).toEqual([undefined, undefined])
  })

  // 0.05^(-1/4) - 1 is 1.11474, for four values besides the one at the bound. Chi-squared of 8 degrees of freedom: 2.17973 (2.5 %), 17.53455 (97.5 %).
  test.each([
    ['uniform', [1, 3, 5, 7, 9], [0, 1, 9, 9 + 8 * 1.11474]],
    [
      'pareto',
      [1, 2, 3, 4, 5],
      [2.17973 / 2 / Math.log(120), 17.53455 / 2 / Math.log(120), Math.exp((-Math.log(120) / 5) * 1.11474), 1],
    ],
  ] as const)('bounds of %s, and the shape of a Pareto distribution', (name, times, expected) => {
    const fits = fitLifetimes(lifetimesOf(times.map((time) => ({ time, ended: true }))))
    const bounds = fits.find((fit) => fit.name === name)?.parameters.flatMap(({ interval }) => interval ?? []) ?? []
    expect(bounds).toHaveLength(expected.length)
    for (const [place, bound] of bounds.entries()) expect(bound).toBeCloseTo(expected[place], 4)
  })
})
