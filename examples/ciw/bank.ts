/**
 * A bank with three servers, then four, seen for a day after a warm-up, in ten trials. After Ciw's first tutorial.
 */
import { acquire, hold, type Process, Simulation, Tally } from '#engine/index.ts'

export function run(seed: string, print = console.log, trials = 10) {
  const waits: Record<string, number> = {}
  for (const servers of [3, 4]) {
    const means = new Tally()
    for (let trial = 0; trial < trials; trial++) means.add(day(seed, trial, servers))
    print(
      `${servers} servers: ${means.mean.toFixed(2)} minutes, from ${means.min.toFixed(2)} to ${means.max.toFixed(2)}`,
    )
    waits[`wait, ${servers} servers`] = means.mean
  }
  return waits
}

/** Mean wait of the customers who come within the day. */
function day(seed: string, replication: number, servers: number): number {
  const sim = new Simulation({ seed, replication, unit: 'minute' })
  const bank = sim.resource('bank', servers)
  const service = sim.sampler('services', { exponential: { mean: 10 } })
  const waits = new Tally()

  function* customer(): Process {
    const came = sim.now
    const ticket = yield acquire(bank)
    if (came > 100 && came < 1540) waits.add(sim.now - came)
    yield hold(service())
    bank.release(ticket)
  }

  sim.source(sim.sampler('gaps', { exponential: { mean: 5 } }), customer)
  sim.run(1640)
  return waits.mean
}

if (import.meta.main) run('bank')
