import type { CellContext, CellProgram } from '#engine/cells/program.ts'

/** A random cell graph, as plain data. Times in ms. */
export interface GossipSpec {
  /** Local events each cell begins with. */
  readonly seeds: number
  /** The longest gap between a cell's own events. */
  readonly gap: number
  readonly lookahead: number
  /** Messages leave with lookahead + 0 .. spread. */
  readonly spread: number
  /** Of 100 events, how many send a message. */
  readonly chatter: number
  /** Of 100 messages received, how many start a local event. */
  readonly stir: number
}

/** Cells that do local work at random times and send random messages to random cells, themselves included. */
export function createCell(specAsGiven: unknown, context: CellContext): CellProgram {
  const spec = specAsGiven as GossipSpec
  const { id, count, kernel, streams, send } = context
  const chance = streams.stream(`cell/${id}`)
  let heard = 0
  let boundaries = 0
  const work = kernel.on('work', 4, (entity) => {
    if (chance.below(100) < spec.chatter) {
      const payload = Array.from({ length: chance.below(13) }, () => chance.next())
      send(chance.below(count), spec.lookahead + chance.below(spec.spread + 1), chance.below(5), payload)
    }
    kernel.after(1 + chance.below(spec.gap), work, entity)
  })
  const stir = kernel.on('stir', 4, (entity) => {
    if (chance.below(2) === 0) send(entity, spec.lookahead + chance.below(spec.spread + 1), 7, [])
  })
  for (let entity = 0; entity < spec.seeds; entity++) kernel.after(chance.below(spec.gap), work, entity)
  if (count > 1) send((id + 1) % count, spec.lookahead, 9, [id])
  return {
    receive(from, kind, payload) {
      heard += payload.length
      kernel.digest.fold(from * 16 + kind)
      if (chance.below(100) < spec.stir) kernel.after(chance.below(spec.gap), stir, from)
    },
    boundary() {
      boundaries++
    },
    finish: () => ({ id, heard, boundaries, now: kernel.now, left: chance.next() }),
    save: () => ({ heard, boundaries }),
    restore(state) {
      ;({ heard, boundaries } = state as { heard: number; boundaries: number })
    },
  }
}
