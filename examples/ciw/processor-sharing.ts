/**
 * One processor shared by all who are there; by three at most; and with three processors. After Ciw's guide to processor
 * sharing.
 */
import { type Process, Simulation, serve, Tally } from '#engine/index.ts'

const systems = {
  'shared by all': { load: 4 / 9, options: {} },
  'shared by three at most': { load: 4 / 9, options: { limit: 3 } },
  'three processors': { load: 10 / 12, options: { servers: 3 } },
} as const

export function run(seed: string, print = console.log, jobs = 5000) {
  const stays: Record<string, number> = {}
  for (const [name, { load, options }] of Object.entries(systems)) {
    const sim = new Simulation({ seed: `${seed}/${name}` })
    const processor = sim.sharing('processor', options)
    const work = sim.sampler('work', { exponential: { mean: load } })
    const times = new Tally()
    function* job(): Process {
      const came = sim.now
      yield serve(processor, work())
      times.add(sim.now - came)
    }
    sim.source(sim.sampler('gaps', { exponential: { mean: 1 } }), job, { count: jobs })
    sim.run()
    print(`${name}: ${times.mean.toFixed(3)} mean gaps in the system`)
    stays[`stay, ${name}`] = times.mean
  }
  return stays
}

if (import.meta.main) run('sharing')
