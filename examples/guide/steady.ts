// steady.ts
import { distribution, effectiveSize, LevelSeries, replicateUntil, Streams, steadyState } from '#engine/index.ts'

const [gap, work] = [distribution({ exponential: { mean: 10 } }), distribution({ exponential: { mean: 7 } })]

/** Waiting times of an M/M/1 queue at load 0.7 that begins empty, by Lindley's recursion; theory: 16.33. */
function waits(replication: number, customers: number): Float64Array {
  const streams = new Streams('steady', replication)
  const [arrivals, service] = [streams.stream('arrivals'), streams.stream('service')]
  let wait = 0
  return Float64Array.from({ length: customers }, () => {
    const waited = wait
    wait = Math.max(0, wait + work.sample(service) - gap.sample(arrivals))
    return waited
  })
}

const runs = Array.from({ length: 10 }, (_, replication) => waits(replication, 20_000))
const { mean, halfWidth, discard } = steadyState(runs)
console.log(`${mean.toFixed(2)} ± ${halfWidth.toFixed(2)} after a warm-up of ${discard} customers`)
console.log(`${runs[0].length} waiting times are worth ${Math.round(effectiveSize([runs[0]]).effective)}`)

const precise = replicateUntil({ relative: 0.05 }, (replication) => {
  const run = waits(replication, 5_000)
  return run.reduce((sum, wait) => sum + wait, 0) / run.length
})
console.log(`${precise.mean.toFixed(2)} ± ${precise.halfWidth.toFixed(2)} after ${precise.count} runs`)

// A level by the hour: two servers from 00:30 on, none after 02:15.
const HOUR = 3_600_000
const busy = new LevelSeries(0, HOUR)
busy.set(HOUR / 2, 2)
busy.set(2.25 * HOUR, 0)
console.log(busy.means(3 * HOUR).join(' '))
