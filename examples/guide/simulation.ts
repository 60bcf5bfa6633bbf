// simulation.ts
import { acquire, hold, type Process, Simulation } from '#engine/index.ts'

const sim = new Simulation({ seed: 'engine.md', unit: 'minute' })
const desk = sim.resource('desk', { capacity: 1, queueLimit: 4 })
const gap = sim.sampler('gaps', { exponential: { mean: 6 } })
const service = sim.sampler('services', { exponential: { mean: 5 } })

function* customer(): Process {
  const ticket = yield acquire(desk, { patience: 20 })
  if (ticket < 0) return
  yield hold(service())
  desk.release(ticket)
}

sim.source(gap, customer)
sim.warmUp(1_000)
sim.run(500_000)
const { granted, reneged, refused, meanWait, utilization } = sim.summary(desk)
console.log(`${granted} served, ${reneged} lost patience, ${refused} found the queue full`)
console.log(`waited ${meanWait.toFixed(2)} minutes; desk busy ${(100 * utilization).toFixed(1)} % of the time`)
