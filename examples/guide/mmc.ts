// mmc.ts
import { distribution, Kernel, Resource, Streams } from '#engine/index.ts'

const kernel = new Kernel()
const streams = new Streams('engine.md')
const [gaps, services] = [streams.stream('gaps'), streams.stream('services')]
const gap = distribution({ exponential: { mean: 1000 } })
const service = distribution({ exponential: { mean: 8000 } })

const servers = new Resource(kernel, 'servers', {
  capacity: 10,
  granted: (customer, ticket) => {
    kernel.after(Math.round(service.sample(services)), leave, customer, ticket)
  },
})
const leave = kernel.on('leave', 1, (_customer, ticket) => {
  servers.release(ticket)
})
const arrive = kernel.on('arrive', 4, (customer) => {
  servers.request(customer)
  kernel.after(Math.round(gap.sample(gaps)), arrive, customer + 1)
})

kernel.after(0, arrive, 1)
kernel.runUntil(500_000_000)
const { wait, queue, busy } = servers.usage!
console.log(`${wait.count} customers waited ${wait.mean.toFixed(0)} ms on average`)
console.log(`${queue.mean(kernel.now).toFixed(3)} waited and ${busy.mean(kernel.now).toFixed(3)} were served at a time`)
console.log(`history ${kernel.digest.hex()}`)
