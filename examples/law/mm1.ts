/**
 * The delays of the first thousand customers of a single-server queue. After A. M. Law and W. D. Kelton, "Simulation Modeling
 * and Analysis", section 1.4.
 */
import { acquire, hold, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log, customers = 1000) {
  const sim = new Simulation({ seed, unit: 'minute' })
  const server = sim.resource('server', 1)
  const gap = sim.sampler('gaps', { exponential: { mean: 1 } })
  const service = sim.sampler('services', { exponential: { mean: 0.5 } })
  const full = sim.event('thousandth delay')

  function* customer(): Process {
    const ticket = yield acquire(server)
    if (server.usage?.wait.count === customers) full.succeed()
    yield hold(service())
    server.release(ticket)
  }

  sim.source(gap, customer)
  while (!full.triggered) sim.run(sim.now + 1)
  const { meanWait, meanQueue, utilization } = sim.summary(server)
  print(`average delay in queue ${meanWait.toFixed(3)} minutes`)
  print(`average number in queue ${meanQueue.toFixed(3)}`)
  print(`server utilization ${utilization.toFixed(3)}`)
  return { meanWait, meanQueue, utilization }
}

if (import.meta.main) run('mm1')
