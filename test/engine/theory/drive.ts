import { Kernel } from '#engine/kernel.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import type { Stream, Streams } from '#engine/random/streams.ts'
import { LITTLE, type Quantities } from './model.ts'
import { Station, type StationOptions } from './station.ts'

/** Share of the arrivals that pass before anything is observed. */
export const WARM_UP = 0.2

/** Variates of a distribution over ms, rounded to the kernel's whole milliseconds. */
export function wholeMs(distribution: Distribution, stream: Stream): () => number {
  return () => Math.round(distribution.sample(stream))
}

/** What the models read off a station at the end of the observation. */
export type Reading = (station: Station, now: number) => Quantities

interface Laws {
  service: Distribution
  patience?: Distribution
}

export type StationPlan = Omit<StationOptions, 'customers' | 'service' | 'patience'> & Laws

/** A station whose times are drawn from streams named after it. */
export function stationOf(
  kernel: Kernel,
  streams: Streams,
  name: string,
  customers: number,
  plan: StationPlan,
): Station {
  const { service, patience, ...rest } = plan
  const options: StationOptions = { ...rest, customers, service: wholeMs(service, streams.stream(`${name}/service`)) }
  if (patience) options.patience = wholeMs(patience, streams.stream(`${name}/patience`))
  return new Station(kernel, name, options)
}

/**
 * One station with `size` customers from outside. It is observed from the end of the warm-up to the last arrival, and
 * then runs empty, so that Little's law has nothing left to be off by.
 */
export function runOpen(
  size: number,
  streams: Streams,
  interarrival: Distribution,
  plan: StationPlan,
  read: Reading,
): Quantities {
  const kernel = new Kernel()
  const station = stationOf(kernel, streams, 'station', size, plan)
  const gap = wholeMs(interarrival, streams.stream('arrivals'))
  const warm = Math.floor(size * WARM_UP)
  let measured: Quantities = {}
  const arrives = kernel.on('customer arrives', 4, (customer) => {
    if (customer === warm) station.observe()
    station.arrive(customer)
    if (customer + 1 < size) kernel.after(gap(), arrives, customer + 1)
    else measured = read(station, kernel.now)
  })
  kernel.after(gap(), arrives, 0)
  kernel.runUntil(Infinity)
  return { ...measured, [LITTLE]: station.littleDifference }
}

/**
 * One station and a finite population: each customer stays away for a time, comes, leaves served or refused, and stays
 * away again; `size` arrivals in all.
 */
export function runClosed(
  size: number,
  streams: Streams,
  population: number,
  away: Distribution,
  plan: StationPlan,
  read: Reading,
): Quantities {
  const kernel = new Kernel()
  const gap = wholeMs(away, streams.stream('away'))
  const warm = Math.floor(size * WARM_UP)
  let arrivals = 0
  let measured: Quantities = {}
  const onLeave = (customer: number) => {
    if (arrivals < size) kernel.after(gap(), arrives, customer)
  }
  const station = stationOf(kernel, streams, 'station', population, { ...plan, onLeave })
  const arrives = kernel.on('customer arrives', 4, (customer) => {
    if (arrivals >= size) return
    if (arrivals === warm) station.observe()
    arrivals++
    station.arrive(customer)
    if (arrivals === size) measured = read(station, kernel.now)
  })
  for (let customer = 0; customer < population; customer++) kernel.after(gap(), arrives, customer)
  kernel.runUntil(Infinity)
  return { ...measured, [LITTLE]: station.littleDifference }
}
