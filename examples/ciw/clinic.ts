/** A clinic for babies and children: one reception, two kinds of specialists. After Ciw's fourth tutorial. */
import { acquire, hold, type Process, type Resource, Simulation, Tally } from '#engine/index.ts'

export function run(seed: string, print = console.log, hours = 30) {
  const sim = new Simulation({ seed, unit: 'hour' })
  const reception = sim.resource('reception', 1)
  const waits = Object.fromEntries(
    ['reception, babies', 'reception, children', 'baby specialists', 'child specialists'].map((name) => [
      name,
      new Tally(),
    ]),
  )
  const visit = sim.sampler('visits', { exponential: { mean: 1 } })

  function* stay(desk: Resource, name: string, service: () => number): Process {
    const came = sim.now
    const ticket = yield acquire(desk)
    if (came > 3 && came < hours - 3) waits[name].add(sim.now - came)
    yield hold(service())
    desk.release(ticket)
  }

  for (const [kind, specialist, servers, gap, registration] of [
    ['babies', 'baby specialists', 2, 1, 1 / 4],
    ['children', 'child specialists', 3, 1 / 2, 1 / 6],
  ] as const) {
    const register = sim.sampler(`${kind}/registrations`, { exponential: { mean: registration } })
    const room = sim.resource(specialist, servers)
    function* patient(): Process {
      yield* stay(reception, `reception, ${kind}`, register)
      yield* stay(room, specialist, visit)
    }
    sim.source(sim.sampler(`${kind}/gaps`, { exponential: { mean: gap } }), patient)
  }
  sim.run(hours)
  for (const [name, { mean }] of Object.entries(waits))
    print(`${name.padEnd(20)} wait ${(60 * mean).toFixed(1).padStart(5)} minutes`)
  return Object.fromEntries(Object.entries(waits).map(([name, { mean }]) => [`wait, ${name}`, mean]))
}

if (import.meta.main) run('clinic')
