/** How often the interval of a change per day, from one pair of runs, holds the expected change. */
import { singleRunMean } from '#engine/statistics/overlapping-batches.ts'
import type { Effort, Outcome } from './experiment.ts'
import { type LossSystem, lossRun, refusedShare } from './loss-system.ts'

const pairs = [
  { capacities: [18, 20], days: 28 },
  { capacities: [18, 20], days: 90 },
  { capacities: [10, 12], days: 28 },
  { capacities: [18, 18], days: 28 },
] as const

/** Refusals a day of two capacities under common random numbers, 12 erlangs and lives of an hour. */
export function comparedDays({ runs, seed }: Effort): Outcome[] {
  return pairs.map(({ capacities, days }) => {
    const [before, after] = capacities.map(
      (capacity): LossSystem => ({ capacity, requests: 12, life: 1, hours: 24 * days }),
    )
    const truth = 12 * 24 * (refusedShare(after) - refusedShare(before))
    // Of the same capacity, with demand of its own.
    const other = capacities[0] === capacities[1] ? '/other' : ''
    const tries = Math.ceil(runs / 4)
    let [given, happened] = [0, 0]
    for (let run = 0; run < tries; run++) {
      const name = `${seed}/days/${capacities.join('-')}-${days}`
      const [a, b] = [lossRun(before, name, run, days), lossRun(after, `${name}${other}`, run, days)]
      const found = singleRunMean(
        Array.from(b.refusals, (refused, day) => refused - a.refusals[day]),
        24 * days,
      )
      if (!('low' in found)) continue
      given++
      if (found.low <= truth && truth <= found.high) happened++
    }
    return {
      experiment: 'days',
      cell: `${capacities.join(' and ')} servers, ${days} days`,
      happened,
      tries: given,
      least: 0.94,
      most: 0.96,
      note: `given in ${((100 * given) / tries).toFixed(1)} % of ${tries.toLocaleString('en')} pairs`,
    }
  })
}
