// processes.ts
import { acquire, distribution, hold, Kernel, type Process, Processes, Streams } from '#engine/index.ts'

const kernel = new Kernel()
const processes = new Processes(kernel)
const servers = processes.resource('servers', { capacity: 10 })
const streams = new Streams('engine.md')
const [gaps, services] = [streams.stream('gaps'), streams.stream('services')]
const gap = distribution({ exponential: { mean: 1000 } })
const service = distribution({ exponential: { mean: 8000 } })

function* customer(): Process {
  const ticket = yield acquire(servers)
  yield hold(Math.round(service.sample(services)))
  servers.release(ticket)
}

function* source(): Process {
  for (;;) {
    processes.start(customer())
    yield hold(Math.round(gap.sample(gaps)))
  }
}

processes.start(source())
kernel.runUntil(500_000_000)
const { wait } = servers.usage!
console.log(`${wait.count} customers waited ${wait.mean.toFixed(0)} ms on average`)
