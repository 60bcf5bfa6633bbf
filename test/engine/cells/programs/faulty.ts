import type { CellContext, CellProgram } from '#engine/cells/program.ts'

/** What goes wrong, in cell `cell` at time `at` (or at the call named). */
export interface FaultySpec {
  readonly fault:
    | 'none'
    | 'throw'
    | 'throw text'
    | 'throw everywhere'
    | 'throw in receive'
    | 'throw in boundary'
    | 'throw in createCell'
    | 'throw in finish'
    | 'throw in save'
    | 'exit'
    | 'exhaust the heap'
    | 'symbol as result'
    | 'send too soon'
    | 'send nowhere'
    | 'send too much'
    | 'send in finish'
  readonly cell: number
  readonly at: number
}

class OwnError extends Error {
  override name = 'OwnError'
}

const fail = () => {
  throw new OwnError('the bridge is out')
}

/** Ticks every 10 ms, sends a word round the ring every 100 ms, and does as the spec says. */
export function createCell(specAsGiven: unknown, context: CellContext): CellProgram {
  const { fault, cell, at } = specAsGiven as FaultySpec
  const { id, count, kernel, send } = context
  const mine = id === cell
  if (mine && fault === 'throw in createCell') fail()
  const acts: Partial<Record<FaultySpec['fault'], () => void>> = {
    throw: fail,
    'throw text': () => {
      throw 'only a text'
    },
    exit: () => process.exit(3),
    // Long-lived young objects: what aborts the whole process where a collection exceeds the reserve of a worker.
    'exhaust the heap': () => {
      const texts: string[] = []
      for (let i = 0; ; i++) texts.push(`x${i}`)
    },
    'send too soon': () => send((id + 1) % count, 99, 0, []),
    'send nowhere': () => send(count, 100, 0, []),
    'send too much': () => send(0, 100, 0, new Array(13).fill(0)),
  }
  const tick = kernel.on('tick', 4, () => {
    if (mine && kernel.now >= at) acts[fault]?.()
    // Later cells fail earlier, but in the same window.
    if (fault === 'throw everywhere' && id >= cell && kernel.now >= at + 50 - 10 * id) fail()
    kernel.after(10, tick, 0)
    if (kernel.now % 100 === 0) send((id + 1) % count, 100, 1, [id])
  })
  kernel.after(0, tick, 0)
  return {
    receive() {
      if (mine && fault === 'throw in receive') fail()
    },
    boundary(windowEnd) {
      if (mine && fault === 'throw in boundary' && windowEnd > at) fail()
    },
    finish() {
      if (mine && fault === 'throw in finish') fail()
      if (mine && fault === 'send in finish') send(0, 100, 0, [])
      return mine && fault === 'symbol as result' ? Symbol('no data') : id
    },
    save() {
      if (mine && fault === 'throw in save') fail()
      return null
    },
    restore() {},
  }
}
