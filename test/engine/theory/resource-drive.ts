import { Kernel } from '#engine/kernel.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import type { Streams } from '#engine/random/streams.ts'
import { Resource, type Ticket } from '#engine/resources/resource.ts'
import type { Usage } from '#engine/resources/usage.ts'
import { Tally } from '#engine/statistics/tally.ts'
import { WARM_UP, wholeMs } from './drive.ts'
import { LITTLE, type Quantities } from './model.ts'

export interface ResourcePlan {
  servers: number
  service: Distribution
  patience?: Distribution
  /** Priority class, 0 first; default one class. */
  classOf?: (customer: number) => number
  classes?: number
  /** Whether a better class takes the server from a worse one, which resumes later. */
  preemptive?: boolean
}

/** What a run through a `Resource` leaves behind: its own statistics, and what happened to each class of customers. */
export interface Seen {
  readonly usage: Usage
  /** Waits before service or abandonment, ms. */
  readonly waits: readonly Tally[]
  /** From arrival to departure, ms. */
  readonly times: readonly Tally[]
}

/** `size` customers from outside who ask a `Resource` for a unit: the counterpart of `runOpen`. */
export function runResource(
  size: number,
  streams: Streams,
  interarrival: Distribution,
  plan: ResourcePlan,
  read: (seen: Seen, now: number) => Quantities,
): Quantities {
  const { classes = 1, classOf = () => 0, preemptive = false } = plan
  const kernel = new Kernel()
  const gap = wholeMs(interarrival, streams.stream('arrivals'))
  const service = wholeMs(plan.service, streams.stream('servers/service'))
  const patience = plan.patience ? wholeMs(plan.patience, streams.stream('servers/patience')) : () => Infinity
  const waits = Array.from({ length: classes }, () => new Tally())
  const times = Array.from({ length: classes }, () => new Tally())
  const since = new Float64Array(size)
  /** Service still to be had, NaN before the first; the end of the present one; the handle of that event. */
  const left = new Float64Array(size).fill(Number.NaN)
  const until = new Float64Array(size)
  const timers = new Int32Array(size)
  let spent = 0

  const begin = (customer: number, ticket: Ticket) => {
    if (Number.isNaN(left[customer])) {
      waits[classOf(customer)].add(kernel.now - since[customer])
      left[customer] = service()
    }
    until[customer] = kernel.now + left[customer]
    timers[customer] = kernel.after(left[customer], ends, customer, ticket)
  }
  const leave = (customer: number) => {
    times[classOf(customer)].add(kernel.now - since[customer])
    spent += kernel.now - since[customer]
  }
  const servers = new Resource(kernel, 'servers', {
    capacity: plan.servers,
    discipline: classes > 1 ? 'priority' : 'fifo',
    preemptive,
    granted: begin,
    reneged: (customer) => {
      waits[classOf(customer)].add(kernel.now - since[customer])
      leave(customer)
    },
    preempted: (customer) => {
      kernel.cancel(timers[customer])
      left[customer] = until[customer] - kernel.now
      servers.request(customer, classOf(customer))
    },
  })
  const ends = kernel.on('service ends', 3, (customer, ticket) => {
    servers.release(ticket)
    leave(customer)
  })

  const usage = servers.usage as Usage
  const present = () => usage.queue.area(kernel.now) + usage.busy.area(kernel.now)
  let presentBefore = 0
  let measured: Quantities = {}
  const arrives = kernel.on('customer arrives', 4, (customer) => {
    if (customer === Math.floor(size * WARM_UP)) {
      presentBefore = present()
      usage.reset(kernel.now)
      for (const tally of [...waits, ...times]) tally.reset()
    }
    since[customer] = kernel.now
    servers.request(customer, classOf(customer), patience())
    if (customer + 1 < size) kernel.after(gap(), arrives, customer + 1)
    else measured = read({ usage, waits, times }, kernel.now)
  })
  kernel.after(gap(), arrives, 0)
  kernel.runUntil(Infinity)
  return { ...measured, [LITTLE]: presentBefore + present() - spent }
}
