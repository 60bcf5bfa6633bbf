import type { CellContext, CellProgram } from '#engine/cells/program.ts'

/** Each cell sends `burst` messages of 12 words to every cell at the same instant; each receiver notes their order. */
export function createCell(spec: unknown, context: CellContext): CellProgram {
  const { burst } = spec as { burst: number }
  const { id, count, kernel, send } = context
  const expected = new Array<number>(count).fill(0)
  let inOrder = true
  let last = -1
  const pour = kernel.on('pour', 4, () => {
    for (let n = 0; n < burst; n++) {
      for (let to = 0; to < count; to++) send(to, 1000, 1, [n, id, to, 3, 4, 5, 6, 7, 8, 9, 10, n + 0.5])
    }
  })
  kernel.after(5, pour, 0)
  return {
    receive(from, _kind, payload) {
      inOrder &&= payload[0] === expected[from]++ && payload[11] === payload[0] + 0.5 && payload[2] === id
      inOrder &&= from >= last
      last = from
    },
    finish: () => ({ inOrder, received: expected }),
    save: () => null,
    restore() {},
  }
}
