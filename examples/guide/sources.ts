// sources.ts
import {
  CorrelatedInputs,
  distribution,
  MarkovModulatedArrivals,
  meanRate,
  PoissonArrivals,
  RenewalArrivals,
  Streams,
  TraceArrivals,
} from '#engine/index.ts'

const MINUTE = 60_000
const streams = new Streams('sources')
// Two an hour in lulls of 50 minutes, thirty an hour in bursts of ten.
const phases = [
  { rate: 2 / (60 * MINUTE), stay: 50 * MINUTE },
  { rate: 30 / (60 * MINUTE), stay: 10 * MINUTE },
]
const sources = {
  poisson: new PoissonArrivals(meanRate(phases), 0, streams.stream('poisson')),
  'about every ten minutes': new RenewalArrivals(
    distribution({ gamma: { shape: 100, mean: 10 * MINUTE } }),
    0,
    streams.stream('renewal'),
  ),
  bursts: new MarkovModulatedArrivals(phases, 0, streams.stream('bursts'), streams.stream('bursts/phases')),
  'from a log': new TraceArrivals([MINUTE, 3 * MINUTE, 3 * MINUTE, 90 * MINUTE]),
}
for (const [name, source] of Object.entries(sources)) {
  const minutes: number[] = []
  for (let at = source.next(0); at < Infinity && minutes.length < 6; at = source.next(at))
    minutes.push(Math.round(at / MINUTE))
  console.log(`${name}: ${minutes.join(', ')} min`)
}

// Large jobs need more memory, too.
const jobs = new CorrelatedInputs(
  [distribution({ exponential: { mean: 4 } }), distribution({ lognormal: { mean: 16, sd: 8 } })],
  [
    [1, 0.7],
    [0.7, 1],
  ],
)
const draws = streams.stream('jobs')
for (let job = 0; job < 3; job++) {
  const [hours, gigabytes] = jobs.sample(draws)
  console.log(`${hours.toFixed(1)} h, ${gigabytes.toFixed(1)} GB`)
}
