import { CellError } from './cell-error.ts'
import type { CreateCell } from './program.ts'
import { described } from './thrown.ts'

/** Loads a program's module in this thread. Throws `CellError`. */
export async function loadCreateCell(module: string, thread: number, threads: number): Promise<CreateCell> {
  const place = { phase: 'load', cell: -1, thread, threads, time: 0 } as const
  let exported: { createCell?: unknown }
  try {
    exported = await import(/* @vite-ignore */ module)
  } catch (thrown) {
    const error = described(thrown)
    throw new CellError({ ...place, ...error, message: `${module}: ${error.message}` })
  }
  if (typeof exported.createCell !== 'function') {
    throw new CellError({ ...place, name: 'TypeError', message: `${module} exports no function createCell` })
  }
  return exported.createCell as CreateCell
}
