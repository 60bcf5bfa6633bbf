/** Two washing machines; four cars at first, then one every five to nine minutes. After SimPy's example "Carwash". */
import { acquire, hold, join, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log, until = 20) {
  const sim = new Simulation({ seed, unit: 'minute' })
  const machines = sim.resource('machines', 2)
  const dirt = sim.stream('dirt')
  const gaps = sim.stream('gaps')
  let removed = 0

  function* wash(car: number): Process {
    yield hold(5)
    const percent = 50 + dirt.below(50)
    removed += percent
    print(`the carwash removes ${percent} % of the dirt of car ${car}`)
  }

  function* car(number: number): Process {
    const say = (what: string) => print(`${sim.now.toFixed(2).padStart(5)} car ${number} ${what}`)
    say('arrives')
    const ticket = yield acquire(machines)
    say('enters')
    yield join(sim.start(wash(number)))
    machines.release(ticket)
    say('leaves')
  }

  for (let number = 1; number <= 4; number++) sim.start(car(number))
  sim.source(
    () => 5 + gaps.below(5),
    (number) => car(4 + number),
  )
  const { requests, released, meanWait } = sim.run(until).summary(machines)
  return { arrived: requests, washed: released, meanDirt: removed / Math.max(1, released), meanWait }
}

if (import.meta.main) run('carwash')
