/** Preemptive priorities: the better class takes the server, and the other resumes later. */
import { distribution } from '#engine/random/distribution.ts'
import { erlangC } from '../formulas.ts'
import { LITTLE, type Model, SERVICE } from '../model.ts'
import { runResource } from '../resource-drive.ts'
import { classesOf, poissonArrivals, SHARES } from './multi-server.ts'

const service = distribution({ exponential: { mean: SERVICE } })

/** Mean number present of M/M/c. */
function present(servers: number, load: number): number {
  return load === 0 ? 0 : load + (load * erlangC(servers, load)) / (servers - load)
}

/**
 * No class notices those behind it, and exponential services have no memory: the first k classes together are an M/M/c
 * of their own. The k-th has what is left when the first k - 1 are taken away.
 */
function preemptive(servers: number, load: number): Model {
  return {
    name: `Resource: M/M/${servers} with 3 preemptive priorities, ${load} erlangs`,
    source: 'White, Christie 1958',
    theory: () => {
      const upTo = [0, ...SHARES.map((_, k) => load * SHARES.slice(0, k + 1).reduce((sum, share) => sum + share, 0))]
      const time = (k: number) => (present(servers, upTo[k + 1]) - present(servers, upTo[k])) / (load * SHARES[k])
      return {
        'mean time of class 1': time(0),
        'mean time of class 2': time(1),
        'mean time of class 3': time(2),
        utilisation: load / servers,
        'mean number present': present(servers, load),
        [LITTLE]: 0,
      }
    },
    simulate: (size, streams) => {
      const classOf = classesOf(size, streams.stream('classes'))
      const plan = { servers, service, classOf, classes: SHARES.length, preemptive: true }
      return runResource(size, streams, poissonArrivals(load), plan, ({ usage, times }, now) => ({
        ...Object.fromEntries(times.map(({ mean }, k) => [`mean time of class ${k + 1}`, mean / SERVICE])),
        utilisation: usage.utilization(now),
        'mean number present': usage.queue.mean(now) + usage.busy.mean(now),
      }))
    },
  }
}

export const preemption: readonly Model[] = [preemptive(1, 0.7), preemptive(3, 2.4)]
