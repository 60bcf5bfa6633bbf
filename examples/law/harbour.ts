/**
 * A harbour with two berths and two cranes. A ship alone has both cranes, two ships have one each: the cranes are a processor
 * that up to two ships share. After Law and Kelton, chapter 2, problem of the port.
 */
import { type Process, Simulation, serve, Tally } from '#engine/index.ts'

export function run(seed: string, print = console.log, days = 90) {
  const sim = new Simulation({ seed, unit: 'day' })
  const cranes = sim.sharing('cranes', { limit: 2 })
  const unloading = sim.sampler('unloading', { uniform: { min: 0.5, max: 1.5 } })
  const stays = new Tally()

  function* ship(): Process {
    const came = sim.now
    yield serve(cranes, unloading() / 2)
    stays.add(sim.now - came)
  }

  sim.source(sim.sampler('gaps', { exponential: { mean: 1.25 } }), ship)
  sim.run(days)
  const present = cranes.present.mean(sim.kernel.now)
  print(
    `${stays.count} ships stayed ${stays.mean.toFixed(3)} days, from ${stays.min.toFixed(3)} to ${stays.max.toFixed(3)}`,
  )
  print(`${present.toFixed(3)} ships in the harbour on average`)
  return { ships: stays.count, meanStay: stays.mean, present }
}

if (import.meta.main) run('harbour')
