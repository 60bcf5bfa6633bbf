/** A crowd that waits before closed doors, which open by `resize`, in steps, or by the clock. */
import { Kernel } from '#engine/kernel.ts'
import { distribution } from '#engine/random/distribution.ts'
import type { Streams } from '#engine/random/streams.ts'
import { Resource } from '#engine/resources/resource.ts'
import { WorkingHours } from '#engine/resources/working-hours.ts'
import { Tally } from '#engine/statistics/tally.ts'
import { wholeMs } from '../drive.ts'
import type { Model, Quantities } from '../model.ts'

const CROWD = 12
const SERVERS = 3
const HOUR = 3_600_000
const OPENING = 9 * HOUR
const MEAN = HOUR / 4

/** The k-th of a crowd at c exponential servers waits for k - c departures, each 1/c of a mean service after another. */
function waits(): Quantities {
  let sum = 0
  let squares = 0
  for (let k = 0; k < CROWD; k++) {
    const before = Math.max(0, k - SERVERS + 1)
    const wait = OPENING / MEAN + before / SERVERS
    sum += wait
    squares += wait * wait + before / SERVERS ** 2
  }
  return { 'mean wait': sum / CROWD, 'mean square of the wait': squares / CROWD, 'served in the end': CROWD }
}

type Opening = (kernel: Kernel, make: (capacity: number, hours?: WorkingHours) => Resource) => void

/** A crowd for each 48 of `size`, one after another in fresh kernels: a kernel costs more than its crowd. */
function crowds(size: number, streams: Streams, open: Opening): Quantities {
  const service = wholeMs(distribution({ exponential: { mean: MEAN } }), streams.stream('service'))
  const wait = new Tally()
  const square = new Tally()
  const served = new Tally()
  for (let crowd = 0; crowd < size / CROWD / 4; crowd++) {
    const kernel = new Kernel()
    let left = 0
    const make = (capacity: number, hours?: WorkingHours) => {
      const desk: Resource = new Resource(kernel, 'desk', {
        capacity,
        ...(hours && { hours }),
        granted: (customer, ticket) => {
          wait.add(kernel.now / MEAN)
          square.add((kernel.now / MEAN) ** 2)
          kernel.after(service(), leaves, customer, ticket)
        },
      })
      const leaves = kernel.on('leaves', 3, (_, ticket) => {
        desk.release(ticket)
        left++
      })
      return desk
    }
    open(kernel, make)
    kernel.runUntil(OPENING + 7 * HOUR)
    served.add(left)
  }
  return { 'mean wait': wait.mean, 'mean square of the wait': square.mean, 'served in the end': served.mean }
}

const queueUp = (desk: Resource) => {
  for (let customer = 0; customer < CROWD; customer++) desk.request(customer)
}

function opened(name: string, open: Opening): Model {
  return {
    name: `Resource: a crowd of ${CROWD} before ${SERVERS} servers that open ${name}`,
    source: 'order statistics of the exponential law',
    theory: waits,
    simulate: (size, streams) => crowds(size, streams, open),
  }
}

export const changingCapacity: readonly Model[] = [
  opened('by resize', (kernel, make) => {
    const desk = make(0)
    const opens = kernel.on('opens', 0, () => desk.resize(SERVERS))
    queueUp(desk)
    kernel.at(OPENING, opens, 0)
  }),
  opened('one by one', (kernel, make) => {
    const desk = make(0)
    const opens = kernel.on('opens', 0, (units) => desk.resize(units))
    queueUp(desk)
    for (let units = 1; units <= SERVERS; units++) kernel.at(OPENING, opens, units)
  }),
  opened('by the clock', (_, make) => {
    // 1970 began on a Thursday.
    queueUp(make(SERVERS, new WorkingHours([{ day: 3, from: OPENING, to: 24 * HOUR }], 0)))
  }),
]
