// queue.ts
import { distribution, Kernel, Resource, type Run, Streams, type Ticket } from '#engine/index.ts'

/** Waits of the first 6,000 customers of an M/M/c queue, ms, in the order in which they were served. */
export const run: Run<Float64Array> = ({ point, seed, replication }) => {
  const { servers } = point as { servers: number }
  const kernel = new Kernel()
  const streams = new Streams(seed, replication)
  const [gaps, services] = [streams.stream('gaps'), streams.stream('services')]
  const gap = distribution({ exponential: { mean: 1000 } })
  const service = distribution({ exponential: { mean: 4000 } })
  const since = new Float64Array(6000)
  const waits: number[] = []
  const desk = new Resource(kernel, 'desk', {
    capacity: servers,
    granted: (customer: number, ticket: Ticket) => {
      waits.push(kernel.now - since[customer])
      kernel.after(Math.round(service.sample(services)), leave, customer, ticket)
    },
  })
  const leave = kernel.on('leave', 1, (_, ticket) => void desk.release(ticket))
  const come = kernel.on('come', 4, (customer) => {
    since[customer] = kernel.now
    desk.request(customer)
    if (customer + 1 < since.length) kernel.after(Math.round(gap.sample(gaps)), come, customer + 1)
  })
  kernel.after(0, come, 0)
  kernel.runUntil(Number.POSITIVE_INFINITY)
  return Float64Array.from(waits)
}
