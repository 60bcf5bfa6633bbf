/** Lists within columns: each row of one table (an account, a pool, a desk) has a list of rows of another. */
import { NONE } from './table.ts'

type Links = { readonly [column: string]: unknown }

/** Doubly linked, so that any row leaves in a step. The columns are named, since a table that grows replaces them. */
export class LinkedList {
  readonly #owners: Record<string, Int32Array>
  readonly #rows: Record<string, Int32Array>
  readonly #first: string
  readonly #last: string
  readonly #next: string
  readonly #previous: string

  /** `first` and `last` are columns of the owners, `next` and `previous` of the rows; all of kind `row`. */
  constructor(
    owners: Links,
    [first, last]: readonly [string, string],
    rows: Links,
    [next, previous]: readonly [string, string],
  ) {
    this.#owners = owners as Record<string, Int32Array>
    this.#rows = rows as Record<string, Int32Array>
    this.#first = first
    this.#last = last
    this.#next = next
    this.#previous = previous
  }

  first(owner: number): number {
    return this.#owners[this.#first][owner]
  }

  next(row: number): number {
    return this.#rows[this.#next][row]
  }

  isEmpty(owner: number): boolean {
    return this.first(owner) === NONE
  }

  /** Puts a row at the end. */
  append(owner: number, row: number): void {
    const last = this.#owners[this.#last]
    this.#rows[this.#previous][row] = last[owner]
    this.#rows[this.#next][row] = NONE
    if (last[owner] === NONE) this.#owners[this.#first][owner] = row
    else this.#rows[this.#next][last[owner]] = row
    last[owner] = row
  }

  /** Puts a row at the beginning. */
  prepend(owner: number, row: number): void {
    const first = this.#owners[this.#first]
    this.#rows[this.#next][row] = first[owner]
    this.#rows[this.#previous][row] = NONE
    if (first[owner] === NONE) this.#owners[this.#last][owner] = row
    else this.#rows[this.#previous][first[owner]] = row
    first[owner] = row
  }

  /** Takes a row out; one that is in no list is left alone. */
  remove(owner: number, row: number): void {
    const next = this.#rows[this.#next][row]
    const previous = this.#rows[this.#previous][row]
    if (previous === NONE && this.first(owner) !== row) return
    if (previous === NONE) this.#owners[this.#first][owner] = next
    else this.#rows[this.#next][previous] = next
    if (next === NONE) this.#owners[this.#last][owner] = previous
    else this.#rows[this.#previous][next] = previous
    this.#rows[this.#next][row] = NONE
    this.#rows[this.#previous][row] = NONE
  }

  /** Visits the rows from the first on; the visitor may remove the one it is given. */
  each(owner: number, visit: (row: number) => void): void {
    for (let row = this.first(owner); row !== NONE; ) {
      const next = this.next(row)
      visit(row)
      row = next
    }
  }

  /** The first row of which something holds; NONE when there is none. */
  find(owner: number, holds: (row: number) => boolean): number {
    let row = this.first(owner)
    while (row !== NONE && !holds(row)) row = this.next(row)
    return row
  }
}
