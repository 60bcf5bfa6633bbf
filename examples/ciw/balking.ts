/** A queue that some do not join: half of those who see three to six others, all who see more. After Ciw's guide to baulking. */
import { acquire, hold, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log, hours = 500) {
  const sim = new Simulation({ seed, unit: 'hour' })
  const server = sim.resource('server', 1)
  const service = sim.sampler('services', { exponential: { mean: 0.1 } })
  const mood = sim.stream('moods')
  const seen = { came: 0, balked: 0 }

  function* customer(): Process {
    const others = server.busy + server.queueLength
    seen.came++
    if (others >= 7 || (others >= 3 && mood.next() < 0.5)) {
      seen.balked++
      return
    }
    const ticket = yield acquire(server)
    yield hold(service())
    server.release(ticket)
  }

  sim.source(sim.sampler('gaps', { exponential: { mean: 0.2 } }), customer)
  const { utilization, meanQueue } = sim.run(hours).summary(server)
  print(`${seen.balked} of ${seen.came} did not join; server busy ${(100 * utilization).toFixed(1)} % of the time`)
  return { balked: seen.balked / seen.came, utilization, meanQueue }
}

if (import.meta.main) run('balking')
