/** Lists within columns: each row of one table (an account, a pool, a desk) has a list of rows of another. */
import { type Cells, NONE, type Row } from './table.ts'

/**
 * Where the links are: `first` and `last` by owner, `next` and `previous` by row, all of kind `row`. They are asked for each
 * time, since a table that grows replaces its columns; written out at each list, so that no column is looked up by a name.
 */
export interface Links<O extends string, T extends string> {
  readonly first: () => Cells<O, Row<T>>
  readonly last: () => Cells<O, Row<T>>
  readonly next: () => Cells<T, Row<T>>
  readonly previous: () => Cells<T, Row<T>>
}

/** Lists of rows of `T`, one for each row of `O`. Doubly linked, so that any row leaves in a step. */
export class LinkedList<O extends string, T extends string> {
  readonly #links: Links<O, T>

  constructor(links: Links<O, T>) {
    this.#links = links
  }

  first(owner: Row<O>): Row<T> {
    return this.#links.first()[owner]
  }

  next(row: Row<T>): Row<T> {
    return this.#links.next()[row]
  }

  last(owner: Row<O>): Row<T> {
    return this.#links.last()[owner]
  }

  previous(row: Row<T>): Row<T> {
    return this.#links.previous()[row]
  }

  isEmpty(owner: Row<O>): boolean {
    return this.first(owner) === NONE
  }

  /** Puts a row at the end. */
  append(owner: Row<O>, row: Row<T>): void {
    const next = this.#links.next()
    const last = this.#links.last()
    this.#links.previous()[row] = last[owner]
    next[row] = NONE
    if (last[owner] === NONE) this.#links.first()[owner] = row
    else next[last[owner]] = row
    last[owner] = row
  }

  /** Puts a row at the beginning. */
  prepend(owner: Row<O>, row: Row<T>): void {
    const previous = this.#links.previous()
    const first = this.#links.first()
    this.#links.next()[row] = first[owner]
    previous[row] = NONE
    if (first[owner] === NONE) this.#links.last()[owner] = row
    else previous[first[owner]] = row
    first[owner] = row
  }

  /** Puts a row behind another one of the list; at the beginning where that is NONE. */
  insertAfter(owner: Row<O>, before: Row<T>, row: Row<T>): void {
    if (before === NONE) this.prepend(owner, row)
    else if (before === this.last(owner)) this.append(owner, row)
    else {
      const next = this.#links.next()
      const previous = this.#links.previous()
      const after = next[before]
      next[before] = row
      previous[row] = before
      next[row] = after
      previous[after] = row
    }
  }

  /** Takes a row out; one that is in no list is left alone. */
  remove(owner: Row<O>, row: Row<T>): void {
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
  each(owner: Row<O>, visit: (row: Row<T>) => void): void {
    for (let row = this.first(owner); row !== NONE; ) {
      const next = this.next(row)
      visit(row)
      row = next
    }
  }

  /** The first row of which something holds; NONE when there is none. */
  find(owner: Row<O>, holds: (row: Row<T>) => boolean): Row<T> {
    let row = this.first(owner)
    while (row !== NONE && !holds(row)) row = this.next(row)
    return row
  }
}
