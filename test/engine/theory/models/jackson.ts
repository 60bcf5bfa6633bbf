import { Kernel } from '#engine/kernel.ts'
import { distribution } from '#engine/random/distribution.ts'
import type { Stream, Streams } from '#engine/random/streams.ts'
import { Tally } from '#engine/statistics/tally.ts'
import { stationOf, WARM_UP, wholeMs } from '../drive.ts'
import { erlangC } from '../formulas.ts'
import { LITTLE, type Model, type Quantities, SERVICE } from '../model.ts'
import type { Station } from '../station.ts'

/** Arrivals from outside, all at station 1, per SERVICE ms. */
const ARRIVALS = 0.5

/** Servers, mean service time in SERVICE ms, and the chance to continue to each station; the rest leave. */
const stations = [
  { servers: 1, mean: 1, next: [0, 0.6, 0.3] },
  { servers: 2, mean: 3, next: [0.25, 0, 0.25] },
  { servers: 1, mean: 0.8, next: [0.2, 0, 0.2] },
]

/** Visits per unit of time: what comes from outside and from the stations, solved by iteration. */
function throughputs(): number[] {
  let visits = stations.map(() => 0)
  for (let round = 0; round < 1000; round++) {
    visits = stations.map(
      (_, to) => (to === 0 ? ARRIVALS : 0) + stations.reduce((sum, { next }, from) => sum + visits[from] * next[to], 0),
    )
  }
  return visits
}

/** Each station is an M/M/c of its own, although what flows between them is not Poisson. */
function theory(): Quantities {
  const visits = throughputs()
  const present = stations.map(({ servers, mean }, i) => {
    const load = visits[i] * mean
    return load + (load * erlangC(servers, load)) / (servers - load)
  })
  return {
    'mean number at station 1': present[0],
    'mean number at station 2': present[1],
    'mean number at station 3': present[2],
    'mean time in the network': present.reduce((sum, number) => sum + number, 0) / ARRIVALS,
    [LITTLE]: 0,
  }
}

/** The station a customer goes to next, or -1 to leave. */
function route(from: number, stream: Stream): number {
  const u = stream.next()
  let upTo = 0
  for (let to = 0; to < stations.length; to++) {
    upTo += stations[from].next[to]
    if (u < upTo) return to
  }
  return -1
}

function simulate(size: number, streams: Streams): Quantities {
  const kernel = new Kernel()
  const gap = wholeMs(distribution({ exponential: { mean: SERVICE / ARRIVALS } }), streams.stream('arrivals'))
  const routing = streams.stream('routing')
  const since = new Float64Array(size)
  const times = new Tally()
  const warm = Math.floor(size * WARM_UP)
  let measured: Quantities = {}
  const network: Station[] = stations.map(({ servers, mean }, from) => {
    const onLeave = (customer: number) => {
      const to = route(from, routing)
      if (to >= 0) network[to].arrive(customer)
      else if (customer >= warm) times.add(kernel.now - since[customer])
    }
    const service = distribution({ exponential: { mean: mean * SERVICE } })
    return stationOf(kernel, streams, `station ${from + 1}`, size, { servers, service, onLeave })
  })
  const arrives = kernel.on('customer arrives', 4, (customer) => {
    if (customer === warm) for (const station of network) station.observe()
    since[customer] = kernel.now
    network[0].arrive(customer)
    if (customer + 1 < size) kernel.after(gap(), arrives, customer + 1)
    else {
      const present = network.map((station) => station.present.mean(kernel.now))
      measured = {
        'mean number at station 1': present[0],
        'mean number at station 2': present[1],
        'mean number at station 3': present[2],
      }
    }
  })
  kernel.after(gap(), arrives, 0)
  kernel.runUntil(Infinity)
  const imbalances = network.map((station) => Math.abs(station.littleDifference))
  return { ...measured, 'mean time in the network': times.mean / SERVICE, [LITTLE]: Math.max(...imbalances) }
}

export const jackson: Model = {
  name: 'Jackson network, 3 stations with feedback',
  source: 'Jackson 1957',
  theory,
  simulate,
}
