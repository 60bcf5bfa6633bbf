import { lastNotAbove } from '../sorted.ts'
import { demand } from '../variate.ts'
import type { RateFunction } from './rate.ts'

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
  }
}
