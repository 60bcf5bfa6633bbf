// experiment.ts
import { expectedReplications, pairedDifference, replicationDeletion, runMany, Tally, wilson } from '#engine/index.ts'

const meanOf = (waits: Float64Array) => waits.reduce((sum, wait) => sum + wait, 0) / waits.length
// As many replications as a mean within 15 % takes, at least ten: the runs so far say how many more.
const more = (runs: readonly Float64Array[]) => {
  const means = new Tally()
  for (const run of runs) means.add(meanOf(run))
  return Math.max(0, expectedReplications(means, { relative: 0.15, most: 200 }) - runs.length)
}
const results = await runMany<Float64Array>({
  module: new URL('./queue.ts', import.meta.url),
  points: [{ servers: 5 }, { servers: 6 }],
  replications: 10,
  seed: 'experiment',
  threads: 2,
  more,
})
const [five, six] = results
for (const [i, runs] of results.entries()) {
  const { mean, halfWidth, discard } = replicationDeletion(runs)
  console.log(
    `${5 + i} servers: ${mean.toFixed(0)} +- ${halfWidth.toFixed(0)} ms in ${runs.length} runs, ${discard} waits of each deleted`,
  )
}
const pairs = Math.min(five.length, six.length)
const saved = pairedDifference(five.slice(0, pairs).map(meanOf), six.slice(0, pairs).map(meanOf))
console.log(
  `the sixth saves ${saved.low.toFixed(0)} to ${saved.high.toFixed(0)} ms; correlation ${saved.correlation.toFixed(2)}`,
)
const delayed = five.filter((run) => meanOf(run) > 2000).length
const { low, high } = wilson(delayed, five.length)
console.log(`more than 2 s on average in ${delayed} of ${five.length} runs: ${low.toFixed(2)} to ${high.toFixed(2)}`)
