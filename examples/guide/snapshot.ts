// snapshot.ts
import { deserialize, serialize } from 'node:v8'
import { Kernel, Streams } from '#engine/index.ts'

/** A walker who turns about at random. */
function model() {
  const kernel = new Kernel()
  const streams = new Streams('walk')
  const turns = streams.stream('turns')
  const walker = { at: 0 }
  const step = kernel.on('step', 4, (_, direction) => {
    walker.at += direction
    kernel.after(1 + turns.below(10), step, 0, turns.below(2) === 0 ? 1 : -1)
  })
  return {
    kernel,
    begin: () => void kernel.after(0, step, 0, 1),
    save: () => serialize({ kernel: kernel.save(), streams: streams.save(), walker }),
    restore(bytes: Uint8Array) {
      const state = deserialize(bytes)
      kernel.restore(state.kernel)
      streams.restore(state.streams)
      walker.at = state.walker.at
    },
    end: () => `${kernel.executed} steps, at ${walker.at}, history ${kernel.digest.hex()}`,
  }
}

const first = model()
first.begin()
first.kernel.runUntil(50_000)
const bytes = first.save()
first.kernel.runUntil(100_000)

const second = model()
second.restore(bytes)
second.kernel.runUntil(100_000)
console.log(first.end())
console.log(second.end())
