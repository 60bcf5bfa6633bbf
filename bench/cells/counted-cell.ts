/** A cell of a marketplace that counts the events of each of its windows and the messages that it sends. */
import type { CellContext, CellProgram } from '#engine/cells/program.ts'
import { createCell as createMarketplace } from '#sim/run/cell.ts'

/** What a cell counted, handed over as its result. */
export interface CellCounts {
  /** Events by window. */
  readonly events: number[]
  /** Messages by the number of the cell that gets them. */
  readonly sent: number[]
}

export function createCell(spec: unknown, context: CellContext): CellProgram {
  const { kernel, count, send } = context
  const counts = { events: [] as number[], sent: new Array<number>(count).fill(0) }
  let executed = 0
  const program = createMarketplace(spec, {
    ...context,
    kernel,
    send(to, delay, kind, payload) {
      counts.sent[to]++
      send(to, delay, kind, payload)
    },
  })
  return {
    receive: (from, kind, payload) => program.receive(from, kind, payload),
    boundary(end) {
      program.boundary?.(end)
      counts.events.push(kernel.executed - executed)
      executed = kernel.executed
    },
    finish() {
      program.finish()
      return counts
    },
    save: () => program.save(),
    restore: (state) => program.restore(state),
  }
}
