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

type Column = ReturnType<typeof made>

const saved = (column: Column, rows: number) =>
  column instanceof WideColumn ? column.save(rows) : column.slice(0, rows)

/** The arrays of a table by what they store: a loop over arrays of one kind is some stores, over all kinds look-ups. */
class Cells {
  readonly floats: Float64Array[] = []
  readonly links: Int32Array[] = []
  readonly integers: Int32Array[] = []
  readonly naturals: Uint32Array[] = []
  readonly bytes: Uint8Array[] = []

  constructor(kinds: readonly ColumnKind[], list: readonly Column[]) {
    list.forEach((column, index) => {
      if (column instanceof WideColumn) this.floats.push(column.low, column.high)
      else if (column instanceof Float64Array) this.floats.push(column)
      else if (column instanceof Uint32Array) this.naturals.push(column)
      else if (column instanceof Uint8Array) this.bytes.push(column)
      else if (kinds[index] === 'link') this.links.push(column)
      else this.integers.push(column)
    })
  }
}

function clearRow({ floats, links, integers, naturals, bytes }: Cells, row: number): void {
  for (let at = 0; at < floats.length; at++) floats[at][row] = 0
  for (let at = 0; at < links.length; at++) links[at][row] = NO_ROW
  for (let at = 0; at < integers.length; at++) integers[at][row] = 0
  for (let at = 0; at < naturals.length; at++) naturals[at][row] = 0
  for (let at = 0; at < bytes.length; at++) bytes[at][row] = 0
}

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
  const kindsInOrder = names.map((name) => kinds[name])
  let cells = new Cells(kindsInOrder, list)

  function grow(size: number): void {
    room = Math.max(size, room * 2)
    names.forEach((name, index) => {
      const [old, wider] = [list[index], made(kinds[name], room)]
      if (old instanceof WideColumn) (wider as WideColumn).copy(old)
      else (wider as Float64Array).set(old)
      list[index] = wider
      table[name] = wider
    })
    cells = new Cells(kindsInOrder, list)
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
    clearRow(cells, row)
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
