/** Several servers with one queue; with impatience; with priorities. Times are in mean service times. */
import { type Distribution, distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import { type Reading, runOpen } from '../drive.ts'
import { birthDeath, erlangC, expectation } from '../formulas.ts'
import { LITTLE, type Model, SERVICE } from '../model.ts'

const service = distribution({ exponential: { mean: SERVICE } })

/** Exponential gaps for an offered load in erlangs. */
export function poissonArrivals(load: number): Distribution {
  return distribution({ exponential: { mean: SERVICE / load } })
}

const readQueue: Reading = (station, now) => ({
  'share delayed': station.delayed / station.arrived,
  'mean wait': station.waits[0].mean / SERVICE,
  'mean queue': station.queue.mean(now),
  'mean busy': station.busy.mean(now),
  'mean number present': station.present.mean(now),
})

export function mmc(servers: number, load: number): Model {
  return {
    name: `M/M/${servers}, ${load} erlangs`,
    source: 'Erlang C (1917)',
    theory: () => {
      const delayed = erlangC(servers, load)
      const wait = delayed / (servers - load)
      return {
        'share delayed': delayed,
        'mean wait': wait,
        'mean queue': load * wait,
        'mean busy': load,
        'mean number present': load * (wait + 1),
        [LITTLE]: 0,
      }
    },
    simulate: (size, streams) => runOpen(size, streams, poissonArrivals(load), { servers, service }, readQueue),
  }
}

/** Customers of an M/M/c+M give up at rate `impatience` per mean service time. */
export function erlangA(servers: number, load: number, impatience: number): Model {
  const patience = distribution({ exponential: { mean: SERVICE / impatience } })
  return {
    name: `M/M/${servers}+M, ${load} erlangs`,
    source: 'Erlang A: Palm 1946; Garnett, Mandelbaum, Reiman 2002',
    theory: () => {
      const inQueue = (n: number) => Math.max(0, n - servers)
      const death = (n: number) => Math.min(n, servers) + inQueue(n) * impatience
      const states = birthDeath(servers + 400, () => load, death)
      const queue = expectation(states, inQueue)
      return {
        'share abandoned': (impatience * queue) / load,
        'share delayed': expectation(states, (n) => (n >= servers ? 1 : 0)),
        'mean wait': queue / load,
        'mean queue': queue,
        'mean busy': expectation(states, (n) => Math.min(n, servers)),
        'mean number present': expectation(states, (n) => n),
        [LITTLE]: 0,
      }
    },
    simulate: (size, streams) =>
      runOpen(size, streams, poissonArrivals(load), { servers, service, patience }, (station, now) => ({
        ...readQueue(station, now),
        'share abandoned': station.abandoned / station.arrived,
      })),
  }
}

/** Shares of the arrivals in the three priority classes. */
export const SHARES = [0.2, 0.3, 0.5]

/** Each customer's class is drawn when it is first asked for: customers are first asked in order of their numbers. */
export function classesOf(size: number, stream: Stream): (customer: number) => number {
  const classes = Int8Array.from({ length: size }, () => {
    const u = stream.next()
    return u < SHARES[0] ? 0 : u < SHARES[0] + SHARES[1] ? 1 : 2
  })
  return (customer) => classes[customer]
}

/** Non-preemptive priorities; `remaining` is the mean time until a server is free for one who finds all busy or not. */
export function cobham(name: string, servers: number, load: number, service: Distribution, remaining: number): Model {
  return {
    name,
    source: 'Cobham 1954',
    theory: () => {
      const busyWith = SHARES.map((_, k) => SHARES.slice(0, k + 1).reduce((sum, share) => sum + share, 0))
      const left = [1, ...busyWith.map((share) => 1 - (share * load) / servers)]
      const waits = SHARES.map((_, k) => remaining / (left[k] * left[k + 1]))
      return {
        'mean wait of class 1': waits[0],
        'mean wait of class 2': waits[1],
        'mean wait of class 3': waits[2],
        'mean queue': load * waits.reduce((sum, wait, k) => sum + wait * SHARES[k], 0),
        [LITTLE]: 0,
      }
    },
    simulate: (size, streams) => {
      const classOf = classesOf(size, streams.stream('classes'))
      const plan = { servers, service, classOf, classes: SHARES.length }
      return runOpen(size, streams, poissonArrivals(load), plan, (station, now) => ({
        'mean wait of class 1': station.waits[0].mean / SERVICE,
        'mean wait of class 2': station.waits[1].mean / SERVICE,
        'mean wait of class 3': station.waits[2].mean / SERVICE,
        'mean queue': station.queue.mean(now),
      }))
    },
  }
}

const erlang3 = distribution({ erlang: { shape: 3, mean: SERVICE } })

export const multiServer: readonly Model[] = [
  mmc(5, 4),
  mmc(10, 7),
  erlangA(5, 6, 0.5),
  cobham('M/E3/1 with 3 priorities, load 0.8', 1, 0.8, erlang3, (0.8 * (1 + 1 / 3)) / 2),
  cobham('M/M/4 with 3 priorities, 3.2 erlangs', 4, 3.2, service, erlangC(4, 3.2) / 4),
]
