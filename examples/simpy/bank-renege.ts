/** A bank with one counter, whose customers leave when they have waited too long. After SimPy's example "Bank Renege". */
import { acquire, hold, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log) {
  const sim = new Simulation({ seed })
  const counter = sim.resource('counter', 1)
  const gap = sim.sampler('gaps', { exponential: { mean: 10 } })
  const patience = sim.sampler('patience', { uniform: { min: 1, max: 3 } })
  const service = sim.sampler('services', { exponential: { mean: 12 } })

  function* customer(number: number): Process {
    const came = sim.now
    const say = (what: string) => print(`${sim.now.toFixed(4).padStart(8)} customer ${number} ${what}`)
    say('comes')
    const ticket = yield acquire(counter, { patience: patience() })
    const waited = (sim.now - came).toFixed(3)
    if (ticket < 0) return say(`gives up after ${waited}`)
    say(`has waited ${waited}`)
    yield hold(service())
    counter.release(ticket)
    say('leaves')
  }

  sim.source(gap, customer, { count: 5, first: 0 })
  const { granted, reneged } = sim.run().summary(counter)
  return { served: granted, reneged, end: sim.now }
}

if (import.meta.main) run('bank')
