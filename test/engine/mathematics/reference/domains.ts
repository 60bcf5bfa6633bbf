/**
 * The 10,000 points at which each function is compared with its stored 113-bit value. They are computed, not stored:
 * by a generator of their own, and by nothing but additions, products, divisions and powers of two, so that they are
 * the same float64 on every machine and for every version of the engine.
 */
import { fromBits } from '../ulps.ts'

export const POINTS = 10_000

/** Uniform numbers on [0, 1) for one function: the sfc32 generator (C. Doty-Humphrey, PractRand), 53 bits a call. */
class Uniforms {
  #state: [number, number, number, number]

  constructor(name: string) {
    const letters = [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7)
    this.#state = [letters, 0x9e3779b9 | 0, 0x243f6a88, 1]
    for (let i = 0; i < 16; i++) this.#word()
  }

  next(): number {
    return (this.#word() * 2 ** 21 + (this.#word() >>> 11)) / 2 ** 53
  }

  /** Uniform between two numbers. */
  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  /** Positive, as often in each binade from 2^low up to 2^high. */
  binade(low: number, high: number): number {
    const exponent = low + Math.floor((high - low) * this.next())
    const fraction = 1 + this.next()
    return exponent < -1000 ? fraction * power(exponent + 100) * power(-100) : fraction * power(exponent)
  }

  sign(): number {
    return this.next() < 0.5 ? -1 : 1
  }

  #word(): number {
    const [a, b, c, d] = this.#state
    const t = (((a + b) | 0) + d) | 0
    this.#state = [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + t) | 0, (d + 1) | 0]
    return t >>> 0
  }
}

/** 2^k for k from -1022 to 1023. */
const power = (k: number): number => fromBits((k + 1023) << 20, 0)

type Point = readonly number[]
/** Kinds of points, taken in turn. */
type Domain = readonly ((u: Uniforms) => Point)[]

const shape = (u: Uniforms): number => u.binade(-10, 17)
/** About `deviations` standard deviations around the mean of a gamma variate, and above 0. */
const near = (u: Uniforms, mean: number, deviations: number): number => {
  const x = mean + deviations * u.between(-1, 1) * (Math.sqrt(mean) + 1)
  return x > 0 ? x : mean * u.next() + power(-1000)
}
const probability = (u: Uniforms): number => (u.next() < 0.5 ? u.next() || 0.5 : u.binade(-60, -1))
const upTo1 = (u: Uniforms): number => (u.next() < 0.3 ? 1 - u.binade(-50, -1) : probability(u))
const freedom = (u: Uniforms): number => (u.next() < 0.5 ? 1 + Math.floor(u.binade(0, 12)) : u.binade(-2, 20))

/** A base and an exponent whose power stays within float64. */
const powerOf = (u: Uniforms, x: number): Point => {
  const k = Math.floor(16 * Math.abs(x - 1)) / 16
  const size = x > 2 || x < 0.5 ? Math.max(1, Math.abs(exponentOf(x))) * 0.75 : Math.max(Math.abs(x - 1), k / 2)
  return [x, (u.between(-1, 1) * 690) / Math.max(size, power(-40))]
}

const exponentOf = (x: number): number => {
  let k = 0
  for (let rest = x; rest >= 2; rest /= 2) k++
  for (let rest = x; rest < 1; rest *= 2) k--
  return k
}

export const domains = {
  log: [(u) => [u.binade(-1022, 1023)], (u) => [u.between(0.5, 2)], (u) => [1 + u.sign() * u.binade(-50, -2)]],
  log1p: [
    (u) => [u.sign() * u.binade(-60, -1)],
    (u) => [u.between(-1, 3)],
    (u) => [u.binade(0, 1023)],
    (u) => [u.binade(-30, 60) - 1],
  ],
  exp: [(u) => [u.between(-708, 709)], (u) => [u.sign() * u.binade(-60, 0)], (u) => [u.between(-2, 2)]],
  expm1: [
    (u) => [u.between(-40, 709)],
    (u) => [u.sign() * u.binade(-60, 0)],
    (u) => [u.between(-2, 2)],
    (u) => [u.between(0.3, 1.1)],
  ],
  pow: [
    (u) => powerOf(u, u.binade(-1022, 1023)),
    (u) => powerOf(u, u.between(0.5, 2)),
    (u) => powerOf(u, u.between(0.6, 0.8)),
    (u) => powerOf(u, 1 + u.sign() * u.binade(-30, -4)),
    (u) => [u.between(0, 100), u.between(-8, 8)],
  ],
  sin: [(u) => [u.between(-10, 10)], (u) => [u.between(-1e6, 1e6)], (u) => [u.sign() * u.binade(-40, 0)]],
  cos: [(u) => [u.between(-10, 10)], (u) => [u.between(-1e6, 1e6)], (u) => [u.sign() * u.binade(-40, 0)]],
  erf: [(u) => [u.between(-6, 6)], (u) => [u.sign() * u.binade(-60, 1)], (u) => [u.between(0.6, 0.8)]],
  erfc: [(u) => [u.between(-6, 26.5)], (u) => [u.sign() * u.binade(-60, 1)], (u) => [u.between(0.6, 0.8)]],
  normalCdf: [(u) => [u.between(-37.5, 9)], (u) => [u.between(-2, 2)], (u) => [u.between(-38, -30)]],
  normalQuantile: [(u) => [u.next() || 0.5], (u) => [u.binade(-1022, -1)], (u) => [1 - u.binade(-53, -2)]],
  lgamma: [
    (u) => [u.between(0, 30)],
    (u) => [u.binade(-300, 300)],
    (u) => [u.between(0.9, 2.1)],
    (u) => [u.between(-20, 0)],
  ],
  gammaTerm: [(u) => gammaPoint(u, 30), (u) => gammaPoint(u, 3)],
  incompleteGammaLower: [(u) => gammaPoint(u, 3), (u) => gammaPoint(u, 12), smallShape],
  incompleteGammaUpper: [(u) => gammaPoint(u, 3), (u) => gammaPoint(u, 12), smallShape],
  gammaQuantile: [
    (u) => [shape(u), upTo1(u)],
    (u) => [u.binade(-3, 12), upTo1(u)],
    (u) => [u.binade(4, 17), probability(u)],
  ],
  incompleteBetaLower: [
    (u) => betaPoint(u, 3),
    (u) => betaPoint(u, 10),
    (u) => [u.binade(-3, 16), u.binade(-3, 4), u.next() || 0.5],
  ],
  incompleteBetaUpper: [
    (u) => betaPoint(u, 3),
    (u) => betaPoint(u, 10),
    (u) => [u.binade(-3, 16), u.binade(-3, 4), u.next() || 0.5],
  ],
  betaQuantile: [
    (u) => [u.binade(-3, 16), u.binade(-3, 16), upTo1(u)],
    (u) => [u.binade(-3, 5), u.binade(-3, 5), upTo1(u)],
  ],
  studentTTail: [
    (u) => [u.between(-8, 8), freedom(u)],
    (u) => [u.sign() * u.binade(-20, 20), u.binade(-2, 5)],
    (u) => [u.sign() * u.binade(-20, 4), freedom(u)],
  ],
  studentTQuantile: [(u) => [u.next() || 0.25, freedom(u)], (u) => [upTo1(u), freedom(u)]],
} satisfies Record<string, Domain>

export type FunctionName = keyof typeof domains

function gammaPoint(u: Uniforms, deviations: number): Point {
  const a = shape(u)
  return [a, near(u, a, deviations)]
}

/** About `deviations` standard deviations around the mean of a beta variate. */
function betaPoint(u: Uniforms, deviations: number): Point {
  const [a, b] = [u.binade(-3, 16), u.binade(-3, 16)]
  const mean = a / (a + b)
  const x = mean + deviations * u.between(-1, 1) * Math.sqrt((mean * (1 - mean)) / (a + b + 1))
  return [a, b, x > 0 && x < 1 ? x : u.next() || 0.5]
}

function smallShape(u: Uniforms): Point {
  return [u.binade(-20, 1), u.binade(-40, 4)]
}

/** The points of a function, each with as many arguments as it takes. */
export function pointsOf(name: FunctionName): readonly Point[] {
  const uniforms = new Uniforms(name)
  const domain: Domain = domains[name]
  return Array.from({ length: POINTS }, (_, i) => domain[i % domain.length](uniforms))
}
