import { expect, test } from 'vitest'
import { numberText } from '#base/decimal-text.ts'
import { distribution } from '#engine/random/distribution.ts'
import { money, percent, unitPrice, weightsOf } from '#scenarios/amounts.ts'
import { countDistribution, durationDistribution } from '#scenarios/distributions.ts'
import { load } from '#scenarios/sections/load.ts'
import { type Threshold, thresholds } from '#scenarios/sections/thresholds.ts'
import { utcOffset, workingHours } from '#scenarios/time.ts'
import { parseDuration, parseInstant, parseRate } from '#scenarios/time-text.ts'

test.each([
  ['0s', 0],
  ['90d', 90 * 86_400_000],
  ['6h', 21_600_000],
  ['15min', 900_000],
  ['1h30min', 5_400_000],
  ['2w', 14 * 86_400_000],
  ['250ms', 250],
  ['1.5h', null],
  ['90', null],
  ['-1h', null],
  ['1 h', null],
  ['1m', null],
  ['', null],
  ['9999999999999d', null],
])('duration %s is %s ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

test.each([
  ['1970-01-01T00:00:00Z', 0],
  ['2023-06-12T00:00:00+08:00', 1_686_499_200_000],
  ['2024-02-29T12:00Z', 1_709_208_000_000],
  ['2024-02-29T12:00:00.5Z', 1_709_208_000_500],
  ['2023-02-29T12:00Z', null],
  ['2024-04-31T00:00:00+08:00', null],
  ['2024-13-01T00:00Z', null],
  ['2024-01-01T25:00Z', null],
  ['2024-01-01', null],
  ['2024-01-01T00:00:00', null],
])('instant %s is %s', (text, instant) => {
  expect(parseInstant(text)).toBe(instant)
})

test.each([
  ['3/week', { count: 3, perMs: 604_800_000 }],
  ['0.5/h', { count: 0.5, perMs: 3_600_000 }],
  ['20/min', { count: 20, perMs: 60_000 }],
  ['3/month', null],
  ['-3/h', null],
  ['3 / h', null],
])('rate %s', (text, rate) => {
  expect(parseRate(text)).toEqual(rate)
})

test.each([
  [0.1, '0.1'],
  [1e-7, '0.0000001'],
  [1.25e-9, '0.00000000125'],
  [123456789012345, '123456789012345'],
  [1e21, '1000000000000000000000'],
  [1.5e22, '15000000000000000000000'],
  [-1e-7, '-0.0000001'],
])('the number %s is the decimal text %s', (value, text) => {
  expect(numberText(value)).toBe(text)
})

test.each([
  [money, '12.50', '12.50'],
  [money, 0.1, '0.1'],
  [money, '89999999.99999999', '89999999.99999999'],
  [money, '90000000', '90000000'],
  [money, '1000000000000001', null],
  [money, '1.123456789', null],
  [money, '-1', null],
  [money, '1e3', null],
  [money, ' 1', null],
  [money, '', null],
  [money, true, null],
  [unitPrice, '0.0000000001', '0.0000000001'],
  [unitPrice, '0.00000000001', null],
  [unitPrice, '899999.9999999999', '899999.9999999999'],
  [unitPrice, 1e-10, '0.0000000001'],
  [percent, '6.5%', '6.5'],
  [percent, '6.5 %', '6.5'],
  [percent, '.5', '0.5'],
  [money, '.01', '0.01'],
  [money, '00.50', '00.50'],
  [money, '.', null],
  [percent, 15, '15'],
  [percent, 'x', null],
])('%# amount %s is %s', (schema, written, read) => {
  expect(schema.safeParse(written).data ?? null).toBe(read)
})

test('weights left out are 0, and not all may be', () => {
  const channels = weightsOf('search', 'popular')
  expect(channels.parse({ popular: 2 })).toEqual({ search: 0, popular: 2 })
  expect(channels.safeParse({ search: 0 }).success).toBe(false)
})

test('offsets and working hours', () => {
  expect(utcOffset.parse('-05:30')).toBe(-(5 * 60 + 30) * 60_000)
  expect(utcOffset.safeParse('+15:00').success).toBe(false)
  expect(workingHours.parse({ days: ['fri', 'mon'], to: '24:00' })).toEqual({
    days: [0, 4],
    from: 9 * 3_600_000,
    to: 86_400_000,
  })
  expect(workingHours.safeParse({ from: '18:00', to: '09:00' }).success).toBe(false)
})

const h = 3_600_000
test.each([
  ['5h', { constant: 5 * h }],
  [{ constant: '5h' }, { constant: 5 * h }],
  [{ uniform: { min: '0s', max: '1h' } }, { uniform: { min: 0, max: h } }],
  [{ exponential: { mean: '1h' } }, { exponential: { mean: h } }],
  [{ erlang: { shape: 3, mean: '1h' } }, { erlang: { shape: 3, mean: h } }],
  [{ gamma: { shape: 0.5, mean: '1h' } }, { gamma: { shape: 0.5, mean: h } }],
  [{ weibull: { shape: 2, scale: '1h' } }, { weibull: { shape: 2, scale: h } }],
  [{ lognormal: { mean: '1h', sd: '2h' } }, { lognormal: { mean: h, sd: 2 * h } }],
  [{ normal: { mean: '1h', sd: '1h' } }, { normal: { mean: h, sd: h } }],
  [{ triangular: { min: '1h', mode: '1h', max: '2h' } }, { triangular: { min: h, mode: h, max: 2 * h } }],
  [{ empirical: { values: ['1h', '3h'] } }, { empirical: { values: [h, 3 * h] } }],
  [{ discrete: { values: ['1h', '2h'] } }, { discrete: { values: [h, 2 * h], weights: [1, 1] } }],
  [
    { truncated: { of: { normal: { mean: '1h', sd: '1h' } }, min: '0s' } },
    { truncated: { of: { normal: { mean: h, sd: h } }, min: 0 } },
  ],
])('the law of durations %j', (written, spec) => {
  const law = durationDistribution.parse(written)
  expect(law).toEqual(spec)
  expect(distribution(law).mean).toBeGreaterThan(0)
})

test.each([
  [3],
  [{ zipf: { n: 10, exponent: 1.1 } }],
  [{ poisson: { mean: 3 } }],
  [{ geometric: { mean: 0.5 } }],
  [{ uniform: { min: 1, max: 12 } }],
])('the law of counts %j', (written) => {
  expect(distribution(countDistribution.parse(written)).mean).toBeGreaterThan(0)
})

test('a law that cannot be built is refused when it is read', () => {
  const far = { truncated: { of: { exponential: { mean: '1s' } }, min: '10h' } }
  expect(durationDistribution.safeParse(far).error?.issues[0].message).toContain(
    'parameters that the distribution allows',
  )
  expect(durationDistribution.safeParse({ constant: '1h', uniform: { min: '1h', max: '2h' } }).success).toBe(false)
  expect(durationDistribution.safeParse({}).success).toBe(false)
})

test('a load says its kind once read', () => {
  const week = 604_800_000
  expect(load.parse({ poisson: { total: '3/week' } })).toEqual({
    kind: 'poisson',
    perBuyer: false,
    rate: { count: 3, perMs: week },
    batch: null,
  })
  expect(
    load.parse({
      stages: {
        perBuyer: true,
        steps: [
          { to: '1/week', over: '1d' },
          { to: '2/week', over: '1d' },
        ],
      },
    }),
  ).toEqual({
    kind: 'stages',
    perBuyer: true,
    steps: [
      { from: { count: 0, perMs: 1 }, to: { count: 1, perMs: week }, over: 86_400_000 },
      { from: { count: 1, perMs: week }, to: { count: 2, perMs: week }, over: 86_400_000 },
    ],
    batch: null,
  })
  const day = Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 0 : 3))
  const profile = load.parse({ profile: { total: '3/h', day } })
  if (profile.kind !== 'profile') throw new Error('no profile')
  expect(profile.weights).toHaveLength(168)
  expect(profile.weights.slice(22, 26)).toEqual([2, 2, 0, 0])
  expect(load.parse({ closed: { thinkTime: '1h' } })).toEqual({ kind: 'closed', thinkTime: { constant: h } })
})

test.each<[name: string, text: unknown, threshold: Partial<Threshold> | null]>([
  [
    'orders.refused',
    '== 0',
    { figure: 'orders.refused', filter: {}, op: '==', value: '0', unit: 'number', severity: 'fail' },
  ],
  [
    'sla.p95{region=ap-1, kind=saas}',
    '<= 5min',
    { filter: { region: 'ap-1', kind: 'saas' }, value: '300000', unit: 'ms' },
  ],
  ['served', { test: '>= 99.5 %', severity: 'warn' }, { op: '>=', value: '99.5', unit: 'percent', severity: 'warn' }],
  ['served', 0, { op: '==', value: '0' }],
  ['served', '~ 3', null],
  ['served', '<= 5 minutes', null],
  ['served{region}', '== 0', null],
  ['served{a=1,a=2}', '== 0', null],
])('threshold %s %j', (name, text, threshold) => {
  const read = thresholds.safeParse({ [name]: text })
  if (threshold === null) expect(read.success).toBe(false)
  else expect(read.data).toMatchObject([threshold])
})
