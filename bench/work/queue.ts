import { Kernel } from '#engine/kernel.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import { acquire, hold, type Process, Processes } from '#engine/process.ts'
import { Resource } from '#engine/resources/resource.ts'
import { hexadecimal, mix, type Running, type Work } from './work.ts'

/** Quantiles of an exponential time with mean 1000 ms, whole and at least 1: every subject draws from this table. */
export const exponential = Int32Array.from({ length: 4096 }, (_, i) => Math.max(1, -1000 * log((i + 0.5) / 4096)))

const SERVERS = 10
/** Mean service over mean gap: at ten servers, a load of 0.8. */
const SERVICE = 8

function gap(customer: number): number {
  return exponential[mix(customer, 1) >>> 20]
}

function service(customer: number): number {
  return SERVICE * exponential[mix(customer, 2) >>> 20]
}

/** M/M/10: customers come, wait for one of ten servers and go; statistics are kept of servers and queue. */
function callbacks(customers: number, statistics: boolean): Running {
  const sum = new Int32Array(1)
  function batch(): number {
    const kernel = new Kernel()
    const servers = new Resource(kernel, 'servers', {
      capacity: SERVERS,
      statistics,
      granted: (customer, ticket) => void kernel.after(service(customer), leave, customer, ticket),
    })
    const leave = kernel.on('leave', 1, (customer, ticket) => {
      sum[0] += mix(kernel.now, customer)
      servers.release(ticket)
    })
    const come = kernel.on('come', 4, (customer) => {
      servers.request(customer)
      if (customer + 1 < customers) kernel.after(gap(customer + 1), come, customer + 1)
    })
    kernel.after(gap(0), come, 0)
    kernel.runUntil(Number.POSITIVE_INFINITY)
    return customers
  }
  return { batch, digest: () => hexadecimal(sum[0]) }
}

function generators(customers: number): Running {
  const sum = new Int32Array(1)
  function batch(): number {
    const kernel = new Kernel()
    const processes = new Processes(kernel)
    const servers = processes.resource('servers', { capacity: SERVERS })
    function* customer(number: number): Process {
      const ticket = yield acquire(servers)
      yield hold(service(number))
      servers.release(ticket)
      sum[0] += mix(kernel.now, number)
    }
    function* source(): Process {
      for (let number = 0; number < customers; number++) {
        yield hold(gap(number))
        processes.start(customer(number))
      }
    }
    processes.start(source())
    kernel.runUntil(Number.POSITIVE_INFINITY)
    return customers
  }
  return { batch, digest: () => hexadecimal(sum[0]) }
}

const sizes = [1e6]

export const queue: Work = { work: 'queue', subject: 'marketsim', sizes, start: (n) => callbacks(n, true) }
export const queueUnmonitored: Work = { ...queue, subject: 'marketsim-unmonitored', start: (n) => callbacks(n, false) }
export const queueGenerators: Work = { ...queue, subject: 'marketsim-generators', start: generators }
