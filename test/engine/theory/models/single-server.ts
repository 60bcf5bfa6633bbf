/** Queues with one server, unlimited room, first come first served. Times are in mean service times. */
import { type Distribution, distribution } from '#engine/random/distribution.ts'
import type { Streams } from '#engine/random/streams.ts'
import { Histogram } from '#engine/statistics/histogram.ts'
import { type Reading, runOpen, WARM_UP } from '../drive.ts'
import { LITTLE, type Model, type Quantities, SERVICE } from '../model.ts'

const read: Reading = (station, now) => ({
  utilisation: station.busy.mean(now),
  'share delayed': station.delayed / station.arrived,
  'mean wait': station.waits[0].mean / SERVICE,
  'variance of the wait': station.waits[0].variance / SERVICE ** 2,
  'mean queue': station.queue.mean(now),
  'mean time in system': station.times.mean / SERVICE,
  'mean number present': station.present.mean(now),
})

/** Moments of the service time over those powers of its mean: second and third, 1 both for a constant. */
interface Moments {
  second: number
  third: number
}

/** Pollaczek-Khinchine for the means, Takacs for the variance. */
function pollaczekKhinchine(load: number, { second, third }: Moments): Quantities {
  const wait = (load * second) / (2 * (1 - load))
  return {
    utilisation: load,
    'share delayed': load,
    'mean wait': wait,
    'variance of the wait': wait ** 2 + (load * third) / (3 * (1 - load)),
    'mean queue': load * wait,
    'mean time in system': wait + 1,
    'mean number present': load * (wait + 1),
    [LITTLE]: 0,
  }
}

function poissonArrivals(load: number): Distribution {
  return distribution({ exponential: { mean: SERVICE / load } })
}

function mg1(name: string, load: number, service: Distribution, moments: Moments): Model {
  return {
    name: `${name}, load ${load}`,
    source: 'Pollaczek-Khinchine; Takacs 1962 for the variance',
    theory: () => pollaczekKhinchine(load, moments),
    simulate: (size: number, streams: Streams) =>
      runOpen(size, streams, poissonArrivals(load), { servers: 1, service }, read),
  }
}

const exponential = distribution({ exponential: { mean: SERVICE } })

/** Times in system are exponential too, hence their percentiles, read off the HDR histogram. */
const mm1: Model = {
  name: 'M/M/1, load 0.7',
  source: 'Kleinrock, Queueing Systems I, 3.2',
  theory: () => ({
    ...pollaczekKhinchine(0.7, { second: 2, third: 6 }),
    'time, 50th percentile': Math.log(2) / 0.3,
    'time, 99th percentile': Math.log(100) / 0.3,
  }),
  simulate: (size, streams) => {
    const times = new Histogram(3)
    const onLeave = (customer: number, time: number) => {
      if (customer >= size * WARM_UP) times.add(time)
    }
    const measured = runOpen(size, streams, poissonArrivals(0.7), { servers: 1, service: exponential, onLeave }, read)
    return {
      ...measured,
      'time, 50th percentile': times.percentile(50) / SERVICE,
      'time, 99th percentile': times.percentile(99) / SERVICE,
    }
  },
}

/** Variance of the lognormal service over the square of its mean; its k-th moment is (1 + v)^(k (k - 1) / 2). */
const LOGNORMAL_SCV = 1.5

export const singleServer: readonly Model[] = [
  mm1,
  mg1('M/D/1', 0.8, distribution({ constant: SERVICE }), { second: 1, third: 1 }),
  mg1('M/G/1 uniform', 0.75, distribution({ uniform: { min: 0, max: 2 * SERVICE } }), { second: 4 / 3, third: 2 }),
  mg1('M/G/1 lognormal', 0.5, distribution({ lognormal: { mean: SERVICE, sd: SERVICE * Math.sqrt(LOGNORMAL_SCV) } }), {
    second: 1 + LOGNORMAL_SCV,
    third: (1 + LOGNORMAL_SCV) ** 3,
  }),
]
