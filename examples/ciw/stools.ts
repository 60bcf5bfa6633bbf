/**
 * Three work stations on a conveyor belt that is short: a full belt blocks the station before it, and stools that find the
 * first one full fall down. After Ciw's third tutorial.
 */
import { hold, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log) {
  const [now, improved] = [breakages(seed, 3, 5), breakages(seed, 3.5, 4.5)]
  print(`${now} stools broken in an hour; ${improved} when a leg takes 3.5 to 4.5 s`)
  return { now, improved }
}

function breakages(seed: string, min: number, max: number): number {
  const sim = new Simulation({ seed, unit: 'second' })
  const belts = [1, 2, 3].map((number) => sim.store<number>(`belt ${number}`, { capacity: 3 }))
  let broken = 0

  function* station(number: number): Process {
    const leg = sim.sampler(`legs ${number}`, { uniform: { min, max } })
    for (;;) {
      const stool = yield* belts[number].get()
      yield hold(leg())
      if (number < 2) yield belts[number + 1].put(stool)
    }
  }

  function* seat(number: number): Process {
    yield hold(0)
    if (belts[0].level < 3) belts[0].put(number)
    else if (sim.now > 600) broken++
  }

  for (const number of belts.keys()) sim.start(station(number))
  sim.source(() => 4, seat)
  sim.run(4200)
  return broken
}

if (import.meta.main) run('stools')
