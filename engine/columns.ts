/**
 * Tables as columns: each column a typed array, all growing together. No object per row, so a hundred thousand agents
 * snapshot in milliseconds and the same state always serialises to the same bytes.
 */
import { fastRecord } from './fast-record.ts'
import { WideColumn, type WideState } from './wide-column.ts'

const arrays = { f64: Float64Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array, link: Int32Array } as const

/** What an unused cell holds, where that is not 0: the row of nothing, which no table has. */
export const NO_ROW = -1

/** `wide` holds whole numbers of any size as bigint; a `link` is the row of something, or `NO_ROW` until it is set. */
export type ColumnKind = keyof typeof arrays | 'wide'
export type ColumnKinds = Readonly<Record<string, ColumnKind>>
type ArrayOf<K extends ColumnKind> = K extends keyof typeof arrays ? InstanceType<(typeof arrays)[K]> : WideColumn

/** The saved form of a table: its row count, free rows and columns cut to size. */
export interface ColumnsState {
  readonly rows: number
  readonly free: Int32Array
  readonly columns: Readonly<Record<string, ArrayBufferView | WideState>>
}

interface Rows {
  /** Rows in use or once used: valid row numbers are 0 .. rows - 1. */
  readonly rows: number
  /** An empty row (zeros, and links to nothing): a freed one if there is one, else a new one at the end. */
  add(): number
  /** Gives a row back; the caller forgets its number. */
  remove(row: number): void
  save(): ColumnsState
  restore(state: ColumnsState): void
}

export type Columns<K extends ColumnKinds> = Rows & { readonly [C in keyof K]: ArrayOf<K[C]> }

const made = (kind: ColumnKind, rows: number) => {
  if (kind === 'wide') return new WideColumn(rows)
  return kind === 'link' ? new Int32Array(rows).fill(NO_ROW) : new arrays[kind](rows)
}

const saved = (column: ReturnType<typeof made>, rows: number) =>
  column instanceof WideColumn ? column.save(rows) : column.slice(0, rows)

/**
 * Makes a table. Read and write a cell as `table.column[row]`, one of a wide column by its methods; do not keep a column in
 * a variable across an `add`, since growing replaces it.
 */
export function columns<const K extends ColumnKinds>(kinds: K, capacity = 16): Columns<K> {
  const names = Object.keys(kinds)
  let free: number[] = []
  let room = capacity
  const table = fastRecord(['rows', 'add', 'remove', 'save', 'restore', ...names])
  /** The columns once more, in the order of their names: a loop over them needs no look-up. */
  const list = names.map((name) => made(kinds[name], room))
  names.forEach((name, index) => {
    table[name] = list[index]
  })
  table.rows = 0
  const empty = names.map((name) => (kinds[name] === 'link' ? NO_ROW : 0))

  function grow(size: number): void {
    room = Math.max(size, room * 2)
    names.forEach((name, index) => {
      const [old, wider] = [list[index], made(kinds[name], room)]
      if (old instanceof WideColumn) (wider as WideColumn).copy(old)
      else (wider as Float64Array).set(old)
      list[index] = wider
      table[name] = wider
    })
  }

  table.add = (): number => {
    const reused = free.pop()
    if (reused !== undefined) return reused
    const row = table.rows as number
    if (row === room) grow(row + 1)
    table.rows = row + 1
    return row
  }
  table.remove = (row: number): void => {
    for (let index = 0; index < list.length; index++) {
      const column = list[index]
      if (column instanceof WideColumn) column.put(row, 0n)
      else column[row] = empty[index]
    }
    free.push(row)
  }
  table.save = (): ColumnsState => ({
    rows: table.rows as number,
    free: Int32Array.from(free),
    columns: Object.fromEntries(names.map((name, index) => [name, saved(list[index], table.rows as number)])),
  })
  table.restore = (state: ColumnsState): void => {
    if (state.rows > room) grow(state.rows)
    table.rows = state.rows
    free = Array.from(state.free)
    names.forEach((name, index) => {
      const column = list[index]
      if (column instanceof WideColumn) column.restore(state.columns[name] as WideState)
      else {
        column.fill(empty[index])
        column.set(state.columns[name] as Float64Array)
      }
    })
  }
  return table as unknown as Columns<K>
}
