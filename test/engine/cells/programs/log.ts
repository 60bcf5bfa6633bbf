import type { CellContext, CellProgram } from '#engine/cells/program.ts'

/** One event to schedule, or one message to send, at the start. */
export interface Entry {
  readonly cell: number
  readonly at: number
  readonly to?: number
  readonly rank?: number
}

/** Cells that write down what happens to them, from a script. */
export function createCell(spec: unknown, context: CellContext): CellProgram {
  const script = spec as readonly Entry[]
  const { id, kernel, send } = context
  const log: string[] = []
  const kinds = [0, 1, 2, 3, 4].map((rank) =>
    kernel.on(`rank ${rank}`, rank, () => log.push(`${kernel.now} rank ${rank}`)),
  )
  for (const [line, { cell, at, to, rank }] of script.entries()) {
    if (cell !== id) continue
    if (to === undefined) kernel.at(at, kinds[rank ?? 4], 0)
    else send(to, at - kernel.now, line, [])
  }
  return {
    receive: (from, kind) => log.push(`${kernel.now} line ${kind} from ${from}`),
    boundary: (windowEnd) => log.push(`${windowEnd} boundary`),
    finish: () => log,
    save: () => log,
    restore: (state) => log.splice(0, log.length, ...(state as string[])),
  }
}
