/** Lists within columns: each row of one table (an account, a pool, a desk) has a list of rows of another. */
import { NONE } from './table.ts'

/**
 * Where the links are: `first` and `last` by owner, `next` and `previous` by row, all of kind `row`. They are asked for each
 * time, since a table that grows replaces its columns; written out at each list, so that no column is looked up by a name.
 */
export interface Links {
  readonly first: () => Int32Array
  readonly last: () => Int32Array
  readonly next: () => Int32Array
  readonly previous: () => Int32Array
}

/** Doubly linked, so that any row leaves in a step. */
export class LinkedList {
  readonly #links: Links

  constructor(links: Links) {
    this.#links = links
  }

  first(owner: number): number {
    return this.#links.first()[owner]
  }

  next(row: number): number {
    return this.#links.next()[row]
  }

  isEmpty(owner: number): boolean {
    return this.first(owner) === NONE
  }

  /** Puts a row at the end. */
  append(owner: number, row: number): void {
    const next = this.#links.next()
    const last = this.#links.last()
    this.#links.previous()[row] = last[owner]
    next[row] = NONE
    if (last[owner] === NONE) this.#links.first()[owner] = row
    else next[last[owner]] = row
    last[owner] = row
  }

  /** Puts a row at the beginning. */
  prepend(owner: number, row: number): void {
    const previous = this.#links.previous()
    const first = this.#links.first()
    this.#links.next()[row] = first[owner]
    previous[row] = NONE
    if (first[owner] === NONE) this.#links.last()[owner] = row
    else previous[first[owner]] = row
    first[owner] = row
  }

  /** Takes a row out; one that is in no list is left alone. */
  remove(owner: number, row: number): void {
    const next = this.#links.next()
    const previous = this.#links.previous()
    const [after, before] = [next[row], previous[row]]
    if (before === NONE && this.first(owner) !== row) return
    if (before === NONE) this.#links.first()[owner] = after
    else next[before] = after
    if (after === NONE) this.#links.last()[owner] = before
    else previous[after] = before
    next[row] = NONE
    previous[row] = NONE
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
