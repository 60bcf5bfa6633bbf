// ring.ts
import type { CreateCell } from '#engine/index.ts'

/** Islands in a ring: ships are built at random, sail to the next island for a day or more, and stay. */
export const createCell: CreateCell = (spec, { id, count, kernel, streams, send }) => {
  const { day } = spec as { day: number }
  const chance = streams.stream(`island/${id}`)
  let ships = 0
  const build = kernel.on('build', 4, () => {
    send((id + 1) % count, day + chance.below(day), 0, [ships])
    kernel.after(1 + chance.below(day), build, 0)
  })
  kernel.after(1 + chance.below(day), build, 0)
  return {
    receive: () => void ships++,
    finish: () => ships,
    save: () => ships,
    restore: (state) => void (ships = state as number),
  }
}
