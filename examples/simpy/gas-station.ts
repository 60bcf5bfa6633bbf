/** Two pumps on one tank, and a truck that fills it when it runs low. After SimPy's example "Gas Station Refueling". */
import { acquire, hold, join, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log, until = 1000) {
  const sim = new Simulation({ seed, unit: 'second' })
  const station = sim.resource('station', 2)
  const tank = sim.container('tank', { capacity: 200, level: 200 })
  const levels = sim.stream('fuel levels')
  const gaps = sim.stream('gaps')
  const seen = { cars: 0, trucks: 0, time: 0 }

  function* car(number: number): Process {
    const [came, liters] = [sim.now, 50 - (5 + levels.below(21))]
    print(`${came.toFixed(1).padStart(6)} car ${number} comes for ${liters} l`)
    const ticket = yield acquire(station)
    yield tank.get(liters)
    yield hold(liters / 2)
    station.release(ticket)
    seen.cars++
    seen.time += sim.now - came
    print(`${sim.now.toFixed(1).padStart(6)} car ${number} leaves after ${(sim.now - came).toFixed(1)} s`)
  }

  function* control(): Process {
    for (;;) {
      if (tank.level / tank.capacity < 0.1) yield join(sim.start(truck()))
      yield hold(10)
    }
  }

  function* truck(): Process {
    print(`${sim.now.toFixed(1).padStart(6)} the tank truck is called`)
    seen.trucks++
    yield hold(300)
    print(`${sim.now.toFixed(1).padStart(6)} the tank truck brings ${tank.capacity - tank.level} l`)
    yield tank.put(tank.capacity - tank.level)
  }

  sim.start(control())
  sim.source(() => 30 + gaps.below(271), car)
  sim.run(until)
  return { cars: seen.cars, trucks: seen.trucks, meanTime: seen.time / Math.max(1, seen.cars) }
}

if (import.meta.main) run('gas station')
