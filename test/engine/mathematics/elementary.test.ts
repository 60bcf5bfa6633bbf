import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exp, expm1 } from '#engine/mathematics/exponential.ts'
import { log, log1p } from '#engine/mathematics/logarithm.ts'
import { pow } from '#engine/mathematics/power.ts'
import { cos, sin } from '#engine/mathematics/trigonometry.ts'
import { Streams } from '#engine/random/streams.ts'
import { fromBits, ulps } from './ulps.ts'

const POINTS = 250_000
const stream = new Streams('mathematics').stream('points')
const between = (low: number, high: number) => () => low + (high - low) * stream.next()
const anyPositive = () => fromBits(stream.below(0x7ff00000), stream.below(2 ** 32))
const tiny = () => (stream.next() < 0.5 ? -1 : 1) * 2 ** -stream.below(60) * stream.next()

/** Ours, the platform's, where; most float64 between the two: both are within 1 ulp of the truth. */
const functions: [string, (x: number) => number, (x: number) => number, () => number][] = [
  ['log of anything', log, Math.log, anyPositive],
  ['log near 1', log, Math.log, between(0.5, 2)],
  ['log1p near 0', log1p, Math.log1p, tiny],
  ['log1p above -1', log1p, Math.log1p, between(-1, 3)],
  ['log1p of anything', log1p, Math.log1p, anyPositive],
  ['exp', exp, Math.exp, between(-708, 709)],
  ['exp near 0', exp, Math.exp, tiny],
  ['exp of subnormal results', exp, Math.exp, between(-746, -708)],
  ['expm1', expm1, Math.expm1, between(-40, 709)],
  ['expm1 near 0', expm1, Math.expm1, tiny],
  ['expm1 around its steps', expm1, Math.expm1, between(-2, 2)],
  ['sin', sin, Math.sin, between(-10, 10)],
  ['sin of large angles', sin, Math.sin, between(-1e6, 1e6)],
  ['cos', cos, Math.cos, between(-10, 10)],
  ['cos of large angles', cos, Math.cos, between(-1e6, 1e6)],
  ['cos near 0', cos, Math.cos, tiny],
]

test.each(functions)('%s is within 2 ulp of the platform’s', (_, ours, platform, point) => {
  let worst = 0
  for (let i = 0; i < POINTS; i++) {
    const x = point()
    worst = Math.max(worst, ulps(ours(x), platform(x)))
  }
  expect(worst).toBeLessThanOrEqual(2)
})

test.each<[string, () => [number, number]]>([
  ['large powers', () => [10 ** (stream.next() * 20 - 10), stream.next() * 60 - 30]],
  ['bases near 1', () => [1 + (stream.next() - 0.5) * 1e-4, (stream.next() - 0.5) * 1e6]],
  ['whole exponents', () => [stream.next() * 50, stream.below(25) - 12]],
  ['roots of anything', () => [anyPositive(), 2 * stream.next() - 1]],
])('pow, %s, is within 2 ulp of the platform’s', (_, point) => {
  let worst = 0
  for (let i = 0; i < POINTS; i++) {
    const [x, y] = point()
    worst = Math.max(worst, ulps(pow(x, y), x ** y))
  }
  expect(worst).toBeLessThanOrEqual(2)
})

const special = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 710, -746, 1e300, -1e300, 5e-324, -5e-324, 1e-310, 2 ** 53]
const edges = [...special, Infinity, -Infinity, NaN, Number.MAX_VALUE, 2 ** -1022, 709.782712893384, -745.1332191019411]

describe('special values are those of ECMAScript', () => {
  test.each([
    ['log', log, Math.log],
    ['log1p', log1p, Math.log1p],
    ['exp', exp, Math.exp],
    ['expm1', expm1, Math.expm1],
  ])('%s', (_, ours, platform) => {
    for (const x of edges) expectAlike(ours(x), platform(x), `${x}`)
  })

  test('pow, every pair', () => {
    for (const x of edges) for (const y of edges) expectAlike(pow(x, y), x ** y, `${x} ** ${y}`)
  })

  test('sin and cos; angles too large to know are refused', () => {
    for (const x of [0, -0, NaN, Infinity, -Infinity, 1e-300, 5e-324]) {
      expectAlike(sin(x), Math.sin(x), `${x}`)
      expectAlike(cos(x), Math.cos(x), `${x}`)
    }
    expect(() => sin(1e7)).toThrow('angle 10000000 rad: bring it into [-1000000, 1000000]')
  })
})

/** The same special value, sign of zero and all, or the same within 1 ulp. */
function expectAlike(a: number, b: number, at: string): void {
  expect(Object.is(a, b) || (b !== 0 && ulps(a, b) <= 1), `${at}: ${a}, not ${b}`).toBe(true)
}

test('whole powers of whole numbers are exact wherever a float64 holds them', () => {
  for (let base = 1n; base <= 60n; base++) {
    for (let power = 0n; base ** power <= 2n ** 53n && power <= 60n; power++) {
      expect(pow(Number(base), Number(power))).toBe(Number(base ** power))
    }
  }
})

test('log takes back what exp does', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(Math.abs(log(exp(x)) - x)).toBeLessThanOrEqual(4e-16 * (1 + Math.abs(x)))
    }),
  )
})

test('100,000 results have the same bits on every machine', () => {
  const points = new Streams('digest').stream('points')
  const results = new Float64Array(100_000)
  for (let i = 0; i < results.length; i += 10) {
    const u = points.next()
    const x = 40 * (u - 0.5)
    const y = points.next()
    results.set([log(u), log(1e9 * y), log1p(u - y), exp(x), expm1(x / 9), pow(u, x), pow(1 / y, y), sin(x), cos(x)], i)
    results[i + 9] = exp(-700 * y)
  }
  const bytes = new DataView(new ArrayBuffer(8 * results.length))
  results.forEach((result, i) => {
    bytes.setFloat64(8 * i, result)
  })
  expect(createHash('sha256').update(bytes).digest('hex')).toMatchInlineSnapshot(
    `"20da66b6fbb66edef52538ca0dd72ddc113c0d2a9c5e126d71a690e059c97127"`,
  )
})
