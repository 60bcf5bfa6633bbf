/**
 * A loss system on the engine's kernel: requests of a Poisson process that find `capacity` servers, are refused when all
 * are taken, and stay for a time. As small as it can be, because experiments make tens of thousands of runs.
 */
import { Kernel } from '#engine/kernel.ts'
import { exp } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { Streams } from '#engine/random/streams.ts'

export interface LossSystem {
  readonly capacity: number
  /** Requests an hour; of the hour of the run where it is a function, which never exceeds `mostRequests`. */
  readonly requests: number | ((hour: number) => number)
  readonly mostRequests?: number
  /** Mean life of a server, hours. */
  readonly life: number
  /** `exponential` when left out; `lognormal` has a coefficient of variation of 1.5. */
  readonly law?: 'exponential' | 'lognormal' | 'constant'
  /** Length of the run, hours. It begins empty. */
  readonly hours: number
}

/** Requests and refusals of one run by equal slots of its time. */
export interface LossRun {
  readonly requests: Float64Array
  readonly refusals: Float64Array
  /** Servers admitted, and the sum of the lives that they were given, hours. */
  readonly servers: number
  readonly lives: number
}

const HOUR = 3_600_000
/** Standard deviation of the logarithm for a coefficient of variation of 1.5. */
const SIGMA = Math.sqrt(log(1 + 1.5 * 1.5))

/** The same seed and replication draw the same requests and lives whatever the capacity (common random numbers). */
export function lossRun(system: LossSystem, seed: string, replication: number, slots = 1): LossRun {
  const { capacity, life, law = 'exponential', hours } = system
  const streams = new Streams(seed, replication)
  const [arrivals, lives, thinning] = ['arrivals', 'lives', 'thinning'].map((name) => streams.stream(name))
  const rate = typeof system.requests === 'number' ? system.requests : (system.mostRequests ?? 0)
  const rateAt = typeof system.requests === 'number' ? undefined : system.requests
  const end = hours * HOUR
  const requests = new Float64Array(slots)
  const refusals = new Float64Array(slots)
  const kernel = new Kernel()
  const uniform = (stream: typeof arrivals) => stream.next() || 2 ** -54
  const gap = () => Math.ceil((-log(uniform(arrivals)) / rate) * HOUR)
  const lifeOf = (): number => {
    if (law === 'constant') return life * HOUR
    const u = uniform(lives)
    return (law === 'exponential' ? -log(u) : exp(SIGMA * normalQuantile(u) - (SIGMA * SIGMA) / 2)) * life * HOUR
  }
  let [taken, servers, lived] = [0, 0, 0]
  const ends = kernel.on('server ends', 2, () => {
    taken--
  })
  const asks = kernel.on('request', 4, () => {
    const { now } = kernel
    kernel.after(gap(), asks, 0)
    if (rateAt !== undefined && thinning.next() * rate >= rateAt(now / HOUR)) return
    const stay = lifeOf()
    const slot = Math.floor((now / end) * slots)
    if (slot >= slots) return
    requests[slot]++
    if (taken === capacity) refusals[slot]++
    else {
      taken++
      servers++
      lived += stay / HOUR
      kernel.after(Math.max(1, Math.round(stay)), ends, 0)
    }
  })
  kernel.after(gap(), asks, 0)
  kernel.runUntil(end)
  return { requests, refusals, servers, lives: lived }
}

export const total = (slots: Float64Array): number => slots.reduce((sum, each) => sum + each, 0)

/**
 * Expected share of requests refused by an exponential loss system that begins empty: the forward equations of its states
 * (A. Kolmogorov 1931), integrated by the classical method of Runge and Kutta. Exact to about 1e-9.
 */
export function refusedShare({ capacity, requests, life, hours }: LossSystem): number {
  const rateAt = typeof requests === 'number' ? () => requests : requests
  const slope = (time: number, states: Float64Array): Float64Array => {
    const rate = rateAt(time)
    return states.map((_, n) => {
      const enters = (n > 0 ? rate * states[n - 1] : 0) + (n < capacity ? ((n + 1) / life) * states[n + 1] : 0)
      return enters - ((n < capacity ? rate : 0) + n / life) * states[n]
    })
  }
  const fastest = Math.max(rateAt(0), rateAt(6), rateAt(12), rateAt(18)) * 2 + capacity / life
  const steps = Math.ceil(hours * fastest)
  const step = hours / steps
  let states = new Float64Array(capacity + 1)
  states[0] = 1
  const moved = (by: Float64Array, weight: number) => states.map((share, n) => share + weight * by[n])
  let [asked, refused] = [0, 0]
  for (let i = 0; i < steps; i++) {
    const time = i * step
    const before = rateAt(time) * states[capacity]
    const k1 = slope(time, states)
    const k2 = slope(time + step / 2, moved(k1, step / 2))
    const k3 = slope(time + step / 2, moved(k2, step / 2))
    const k4 = slope(time + step, moved(k3, step))
    states = states.map((share, n) => share + (step / 6) * (k1[n] + 2 * k2[n] + 2 * k3[n] + k4[n]))
    refused += (step * (before + rateAt(time + step) * states[capacity])) / 2
    asked += (step * (rateAt(time) + rateAt(time + step))) / 2
  }
  return refused / asked
}
