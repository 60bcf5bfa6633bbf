/** Poisson arrivals whose rate changes in time: counts by the hour, and the customers present at a station with room for all. */
import { Kernel } from '#engine/kernel.ts'
import { NonHomogeneousArrivals } from '#engine/random/arrivals/non-homogeneous.ts'
import type { ArrivalProcess } from '#engine/random/arrivals/process.ts'
import { profileRate } from '#engine/random/arrivals/profile.ts'
import type { RateFunction } from '#engine/random/arrivals/rate.ts'
import { distribution } from '#engine/random/distribution.ts'
import { LevelSeries } from '#engine/statistics/level-series.ts'
import { Series } from '#engine/statistics/series.ts'
import { Tally } from '#engine/statistics/tally.ts'
import { stationOf } from '../drive.ts'
import { LITTLE, type Model, type Quantities } from '../model.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const WATCHED = [3, 9, 14, 20]

/** Arrivals an hour, from 00:00 on. */
const profile = [4, 3, 2, 1, 0.5, 1, 3, 6, 12, 16, 18, 17, 14, 15, 18, 20, 19, 16, 12, 10, 8, 7, 6, 5]
const perDay = profile.reduce((sum, count) => sum + count, 0)

/** Calls `act` at each arrival before `end`, by events of the kernel, and runs it empty. */
function runArrivals(kernel: Kernel, arrivals: ArrivalProcess, end: number, act: (customer: number) => void): void {
  const schedule = (customer: number) => {
    const at = arrivals.next(kernel.now)
    if (at < end) kernel.at(at, arrives, customer)
  }
  const arrives = kernel.on('customer arrives', 4, (customer) => {
    act(customer)
    schedule(customer + 1)
  })
  schedule(0)
  kernel.runUntil(Infinity)
}

/** Counts of an hour over the days are Poisson: as variable as they are large, and unrelated to the next hour's. */
const counts: Model = {
  name: 'NHPP with a day profile, counts by the hour',
  source: 'Lewis, Shedler 1979',
  theory: () => ({
    ...Object.fromEntries(WATCHED.map((hour) => [`mean count of hour ${hour}`, profile[hour]])),
    'mean count of a day': perDay,
    'variance of the count of hour 9': profile[9],
    'variance of the count of a day': perDay,
    'covariance of hours 9 and 10': 0,
  }),
  simulate: (size, streams) => {
    const days = Math.ceil(size / perDay)
    const arrivals = new NonHomogeneousArrivals(profileRate(1 / HOUR, profile, 0), 0, streams.stream('arrivals'))
    const kernel = new Kernel()
    const series = new Series(0, HOUR)
    runArrivals(kernel, arrivals, days * DAY, () => series.add(kernel.now))
    const byHour = profile.map(() => new Tally())
    const byDay = new Tally()
    const nineAndTen = new Tally()
    for (let day = 0; day < days; day++) {
      const hours = profile.map((_, hour) => series.count(24 * day + hour))
      for (const [hour, count] of hours.entries()) byHour[hour].add(count)
      byDay.add(hours.reduce((sum, count) => sum + count, 0))
      nineAndTen.add(hours[9] + hours[10])
    }
    return {
      ...Object.fromEntries(WATCHED.map((hour) => [`mean count of hour ${hour}`, byHour[hour].mean])),
      'mean count of a day': byDay.mean,
      'variance of the count of hour 9': byHour[9].variance,
      'variance of the count of a day': byDay.variance,
      'covariance of hours 9 and 10': (nineAndTen.variance - byHour[9].variance - byHour[10].variance) / 2,
    }
  },
}

/** Offered load, relative amplitude, and services per radian of the day. */
const LOAD = 30
const AMPLITUDE = 0.8
const MEAN_STAY = 3 * HOUR
const TURN = (2 * Math.PI) / DAY

const sinusoidal: RateFunction = {
  at: (t) => (LOAD / MEAN_STAY) * (1 + AMPLITUDE * Math.sin(TURN * t)),
  bound: () => (LOAD / MEAN_STAY) * (1 + AMPLITUDE),
  until: () => Infinity,
  isStepwise: false,
}

/** Mean of the number present in an hour of the day: the wave of the rate, flattened and late. */
function meanPresent(hour: number): number {
  const lag = TURN * MEAN_STAY
  const antiderivative = (t: number) => (-Math.cos(TURN * t) - lag * Math.sin(TURN * t)) / TURN / (1 + lag ** 2)
  return LOAD * (1 + (AMPLITUDE * (antiderivative((hour + 1) * HOUR) - antiderivative(hour * HOUR))) / HOUR)
}

function named(value: (hour: number) => number): Quantities {
  return Object.fromEntries(WATCHED.map((hour) => [`mean number present in hour ${hour}`, value(hour)]))
}

const timeVaryingInfinity: Model = {
  name: `Mt/M/infinity, sinusoidal rate, ${LOAD} erlangs on average`,
  source: 'Eick, Massey, Whitt 1993',
  theory: () => ({ ...named(meanPresent), [LITTLE]: 0 }),
  simulate: (size, streams) => {
    const days = Math.ceil((size * MEAN_STAY) / LOAD / DAY) + 2
    const kernel = new Kernel()
    const arrivals = new NonHomogeneousArrivals(sinusoidal, 0, streams.stream('arrivals'))
    const present = new LevelSeries(0, HOUR)
    const plan = {
      servers: Infinity,
      service: distribution({ exponential: { mean: MEAN_STAY } }),
      onLeave: () => present.add(kernel.now, -1),
    }
    // Twice what is expected, with a margin for the shortest runs.
    const station = stationOf(kernel, streams, 'station', 2 * size + 2_000, plan)
    runArrivals(kernel, arrivals, days * DAY, (customer) => {
      station.arrive(customer)
      present.add(kernel.now, 1)
    })
    const means = present.means(kernel.now)
    const byHour = WATCHED.map(() => new Tally())
    // The first two days, sixteen mean stays, are warm-up.
    for (let day = 2; day < days; day++) {
      for (const [i, hour] of WATCHED.entries()) byHour[i].add(means[24 * day + hour])
    }
    return { ...named((hour) => byHour[WATCHED.indexOf(hour)].mean), [LITTLE]: station.littleDifference }
  },
}

export const nonstationary: readonly Model[] = [counts, timeVaryingInfinity]
