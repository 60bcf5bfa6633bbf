/**
 * Five groups of machines; jobs of three types, each with its own way through them. A year of eight-hour days. After Law and
 * Kelton, section 2.7.
 */
import { acquire, hold, type Process, Simulation, Tally } from '#engine/index.ts'

/** Share of each type; station and mean hours of each task. */
const types = [
  {
    share: 0.3,
    tasks: [
      [3, 0.5],
      [1, 0.6],
      [2, 0.85],
      [5, 0.5],
    ],
  },
  {
    share: 0.5,
    tasks: [
      [4, 1.1],
      [1, 0.8],
      [3, 0.75],
    ],
  },
  {
    share: 0.2,
    tasks: [
      [2, 1.2],
      [5, 0.25],
      [1, 0.7],
      [4, 0.9],
      [3, 1],
    ],
  },
] as const

export function run(seed: string, print = console.log, hours = 365 * 8) {
  const sim = new Simulation({ seed, unit: 'hour' })
  const stations = [3, 2, 4, 3, 1].map((machines, i) => sim.resource(`station ${i + 1}`, machines))
  const type = sim.sampler('types', { discrete: { values: [0, 1, 2], weights: types.map(({ share }) => share) } })
  const work = sim.sampler('work', { erlang: { shape: 2, mean: 1 } })
  const delays = types.map(() => new Tally())

  function* job(): Process {
    const kind = type()
    let delay = 0
    for (const [station, mean] of types[kind].tasks) {
      const came = sim.now
      const ticket = yield acquire(stations[station - 1])
      delay += sim.now - came
      yield hold(mean * work())
      stations[station - 1].release(ticket)
    }
    delays[kind].add(delay)
  }

  sim.source(sim.sampler('gaps', { exponential: { mean: 0.25 } }), job)
  sim.run(hours)
  const results: Record<string, number> = {}
  for (const [i, { mean }] of delays.entries()) {
    print(`type ${i + 1}: average total delay ${mean.toFixed(3)} hours`)
    results[`delay, type ${i + 1}`] = mean
  }
  for (const station of stations) {
    const { meanQueue, utilization, meanWait } = sim.summary(station)
    print(
      `${station.name}: ${meanQueue.toFixed(3)} in queue, ${utilization.toFixed(3)} in use, delay ${meanWait.toFixed(3)} hours`,
    )
    results[`use, ${station.name}`] = utilization
  }
  return results
}

if (import.meta.main) run('job shop')
