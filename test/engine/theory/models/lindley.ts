import { Kernel } from '#engine/kernel.ts'
import { distribution } from '#engine/random/distribution.ts'
import type { Streams } from '#engine/random/streams.ts'
import { wholeMs } from '../drive.ts'
import { LITTLE, type Model, SERVICE } from '../model.ts'
import { Station } from '../station.ts'

const interarrival = distribution({ weibull: { shape: 0.7, scale: SERVICE } })
const service = distribution({ lognormal: { mean: SERVICE, sd: SERVICE } })

/** Gaps before each customer and service times, whole ms. */
export function drawCustomers(size: number, streams: Streams): { gaps: Float64Array; services: Float64Array } {
  const gap = wholeMs(interarrival, streams.stream('arrivals'))
  const serve = wholeMs(service, streams.stream('service'))
  return { gaps: new Float64Array(size).map(gap), services: new Float64Array(size).map(serve) }
}

/** The wait of each customer from the wait, the service and the gap of the one before (D. V. Lindley 1952). */
export function recursion(gaps: Float64Array, services: Float64Array): Float64Array {
  const waits = new Float64Array(gaps.length)
  for (let n = 1; n < gaps.length; n++) waits[n] = Math.max(0, waits[n - 1] + services[n - 1] - gaps[n])
  return waits
}

/** The same waits by simulation, and what Little's law is off by. */
export function simulated(gaps: Float64Array, services: Float64Array): { waits: Float64Array; little: number } {
  const kernel = new Kernel()
  const waits = new Float64Array(gaps.length)
  const station = new Station(kernel, 'station', {
    customers: gaps.length,
    servers: 1,
    service: (customer) => services[customer],
    onLeave: (customer, time) => {
      waits[customer] = time - services[customer]
    },
  })
  const arrives = kernel.on('customer arrives', 4, (customer) => {
    station.arrive(customer)
    if (customer + 1 < gaps.length) kernel.after(gaps[customer + 1], arrives, customer + 1)
  })
  kernel.after(gaps[0], arrives, 0)
  kernel.runUntil(Infinity)
  return { waits, little: station.littleDifference }
}

/** Not in the mean but customer by customer, to the millisecond. */
export const lindley: Model = {
  name: 'G/G/1: Weibull gaps, lognormal service',
  source: 'Lindley 1952',
  theory: () => ({ 'largest difference of a wait, ms': 0, [LITTLE]: 0 }),
  simulate: (size, streams) => {
    const { gaps, services } = drawCustomers(size, streams)
    const { waits, little } = simulated(gaps, services)
    const expected = recursion(gaps, services)
    const difference = waits.reduce((most, wait, n) => Math.max(most, Math.abs(wait - expected[n])), 0)
    return { 'largest difference of a wait, ms': difference, [LITTLE]: little }
  },
}
