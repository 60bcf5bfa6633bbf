import { Kernel } from '#engine/kernel.ts'
import { hexadecimal, mix, type Running, type Work } from './work.ts'

/** Delays are 1 .. 2^(32 - shift) ms: about as many as there are events, so that some share an instant. */
export function holdShift(pending: number): number {
  return Math.clz32(pending - 1) - 1
}

/** How long it takes until so many events have happened, ms. */
export function holdSpan(pending: number, operations: number): number {
  return Math.ceil((operations / pending) * 2 ** (31 - holdShift(pending)))
}

/** HOLD (Jones 1986): each event schedules the next one of its entity, so that as many are pending as ever. */
export function holdRunning(
  pending: number,
  list: 'wheel' | 'heap',
  operations = Math.max(100_000, pending),
  span = holdSpan(pending, operations),
): Running {
  const kernel = new Kernel({ list })
  const shift = holdShift(pending)
  const sum = new Int32Array(1)
  const act = kernel.on('act', 0, (entity) => {
    const chance = mix(kernel.now, entity)
    sum[0] += chance
    kernel.after(1 + (chance >>> shift), act, entity)
  })
  for (let entity = 0; entity < pending; entity++) kernel.at(1 + (mix(0, entity) >>> shift), act, entity)
  return { batch: () => kernel.runUntil(kernel.now + span), digest: () => hexadecimal(sum[0]) }
}

const sizes = [1e3, 1e5, 1e6]

export const hold: Work = {
  work: 'hold',
  subject: 'marketsim',
  sizes,
  start: (pending) => holdRunning(pending, 'wheel'),
}
export const holdHeap: Work = { ...hold, subject: 'marketsim-heap', start: (pending) => holdRunning(pending, 'heap') }
