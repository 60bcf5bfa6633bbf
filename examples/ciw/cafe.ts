/** A café: cold food, hot food and the till, with a way through them that is drawn. After Ciw's second tutorial. */
import { acquire, hold, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log) {
  const sim = new Simulation({ seed, unit: 'minute' })
  const place = (name: string, servers: number, mean: number) => ({
    counter: sim.resource(name, servers),
    service: sim.sampler(`${name}/services`, { exponential: { mean } }),
  })
  const [cold, hot, till] = [place('cold food', 1, 1), place('hot food', 2, 2.5), place('till', 2, 2)]
  const appetite = sim.stream('appetite')
  let paid = 0

  function* visit({ counter, service }: typeof cold): Process {
    const ticket = yield acquire(counter)
    yield hold(service())
    counter.release(ticket)
  }

  function* guest(first: typeof cold): Process {
    yield* visit(first)
    if (first === cold && appetite.next() < 0.3) yield* visit(hot)
    const came = sim.now
    yield* visit(till)
    if (came < 180) paid++
  }

  sim.source(sim.sampler('cold/gaps', { exponential: { mean: 1 / 0.3 } }), () => guest(cold))
  sim.source(sim.sampler('hot/gaps', { exponential: { mean: 5 } }), () => guest(hot))
  sim.run(200)
  print(`${paid} guests in three hours`)
  return { paid }
}

if (import.meta.main) run('cafe')
