import { lastNotAbove } from '../sorted.ts'
import { demand } from '../variate.ts'
import type { RateFunction, RateIntegral } from './rate.ts'

/** In `over` ms the rate (per ms) goes evenly from `from` to `to`; over 0 ms it jumps. */
export interface Stage {
  readonly from: number
  readonly to: number
  readonly over: number
}

/** A ramp is bounded in this many slices, so that thinning rejects one candidate in 16 even on a ramp from 0. */
const SLICES = 8

/** A rate that is led through stages from `start` (ms) on; 0 before, and after the last stage what that one ended at. */
export function stagesRate(start: number, stages: readonly Stage[]): RateFunction {
  demand(stages.length > 0, 'stages:', stages.length, 'give at least one')
  const begins: number[] = [-Infinity]
  const rates: number[] = [0]
  const slopes: number[] = [0]
  let time = start
  for (const { from, to, over } of stages) {
    for (const rate of [from, to]) {
      demand(rate >= 0 && rate < Infinity, 'stages: rate', rate, 'give a finite number from 0 upwards')
    }
    demand(over >= 0 && over < Infinity, 'stages: over', over, 'give a finite number of ms from 0 upwards')
    const slices = over === 0 ? 0 : from === to ? 1 : SLICES
    for (let i = 0; i < slices; i++) {
      begins.push(time + (over * i) / slices)
      rates.push(from + ((to - from) * i) / slices)
      slopes.push((to - from) / over)
    }
    time += over
  }
  begins.push(time)
  rates.push(stages[stages.length - 1].to)
  slopes.push(0)
  return piecewiseLinear(Float64Array.from(begins), Float64Array.from(rates), Float64Array.from(slopes))
}

function piecewiseLinear(begins: Float64Array, rates: Float64Array, slopes: Float64Array): RateFunction {
  const last = begins.length - 1
  const piece = (t: number) => lastNotAbove(begins, t)
  const within = (i: number, t: number) => (slopes[i] === 0 ? rates[i] : rates[i] + slopes[i] * (t - begins[i]))
  return {
    at: (t) => {
      const i = piece(t)
      return within(i, t)
    },
    bound: (t) => {
      const i = piece(t)
      return slopes[i] > 0 ? within(i, begins[i + 1]) : within(i, t)
    },
    until: (t) => {
      const i = piece(t)
      return i === last ? Infinity : begins[i + 1]
    },
    isStepwise: slopes.every((slope) => slope === 0),
    integral: piecewiseIntegral(begins, rates, slopes),
  }
}

/** Of pieces that begin at `begins` (the first at -Infinity, at rate 0) and continue from `rates` by `slopes`. */
function piecewiseIntegral(begins: Float64Array, rates: Float64Array, slopes: Float64Array): RateIntegral {
  /** Arrivals expected before each piece. */
  const before = new Float64Array(begins.length)
  const within = (i: number, time: number) => (rates[i] + (slopes[i] * time) / 2) * time
  for (let i = 2; i < begins.length; i++) before[i] = before[i - 1] + within(i - 1, begins[i] - begins[i - 1])
  const sum = (t: number) => {
    const i = lastNotAbove(begins, t)
    return i === 0 ? 0 : before[i] + within(i, t - begins[i])
  }
  return {
    between: (from, to) => sum(to) - sum(from),
    reach(from, expected) {
      const target = sum(from) + expected
      let i = lastNotAbove(before, target)
      // A piece that brings nothing begins and ends with the same sum; what is reached is reached before it.
      while (i > 1 && before[i] === target) i--
      const left = target - before[i]
      const [rate, slope] = [rates[i], slopes[i]]
      // The root of `within`, in the form that loses no digits; on a ramp down to 0 rounding may take it below.
      const time = left === 0 ? 0 : (2 * left) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * left)))
      const end = i + 1 < begins.length ? begins[i + 1] : Infinity
      return Math.max(from, Math.min(begins[i] + time, end))
    },
  }
}
