/** Sums by keys of whole numbers: a hash table of columns, whose rows stay in the order in which their keys first came. */
import { WideColumn } from '#engine/wide-column.ts'

const EMPTY = -1
/** Rows that a table has room for at first: a power of two. */
const ROOM = 1024

/** A row has a key of three numbers of float64, two counts and an amount of any size. */
export class KeyedSums {
  rows = 0
  #a = new Float64Array(ROOM)
  #b = new Float64Array(ROOM)
  #c = new Float64Array(ROOM)
  #first = new Float64Array(ROOM)
  #second = new Float64Array(ROOM)
  #amount = new WideColumn(ROOM)
  /** Twice as many places as there is room for rows: the row that a key hashes to, or EMPTY. */
  #places = new Int32Array(ROOM * 2).fill(EMPTY)

  /** The row of a key; a new one begins with nothing. */
  rowOf(a: number, b: number, c: number): number {
    const places = this.#places
    const mask = places.length - 1
    let place = hash(a, b, c) & mask
    for (let row = places[place]; row !== EMPTY; row = places[place]) {
      if (this.#a[row] === a && this.#b[row] === b && this.#c[row] === c) return row
      place = (place + 1) & mask
    }
    if (this.rows === this.#a.length) {
      this.#grow()
      return this.rowOf(a, b, c)
    }
    const row = this.rows++
    places[place] = row
    this.#a[row] = a
    this.#b[row] = b
    this.#c[row] = c
    return row
  }

  /** Adds an amount that float64 holds exactly. */
  add(row: number, first: number, second: number, amount: number): void {
    this.#first[row] += first
    this.#second[row] += second
    this.#amount.addSafe(row, amount)
  }

  addVast(row: number, first: number, second: number, amount: bigint): void {
    this.#first[row] += first
    this.#second[row] += second
    this.#amount.add(row, amount)
  }

  at(row: number) {
    return {
      a: this.#a[row],
      b: this.#b[row],
      c: this.#c[row],
      first: this.#first[row],
      second: this.#second[row],
      amount: this.#amount.at(row),
    }
  }

  #grow(): void {
    const room = this.#a.length * 2
    const grown = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const wider = new Float64Array(room)
      wider.set(column)
      return wider
    }
    this.#a = grown(this.#a)
    this.#b = grown(this.#b)
    this.#c = grown(this.#c)
    this.#first = grown(this.#first)
    this.#second = grown(this.#second)
    const amount = new WideColumn(room)
    amount.copy(this.#amount)
    this.#amount = amount
    const places = new Int32Array(room * 2).fill(EMPTY)
    const mask = places.length - 1
    for (let row = 0; row < this.rows; row++) {
      let place = hash(this.#a[row], this.#b[row], this.#c[row]) & mask
      while (places[place] !== EMPTY) place = (place + 1) & mask
      places[place] = row
    }
    this.#places = places
  }
}

/** Mixes all bits of the key: the parts of a packed number are above bit 32 as well. */
function hash(a: number, b: number, c: number): number {
  let mixed = Math.imul(a | 0, 0x9e3779b1) ^ Math.imul(b | 0, 0x85ebca6b)
  mixed ^= Math.imul(c | 0, 0xc2b2ae35) ^ Math.imul(Math.floor(c / 4_294_967_296) | 0, 0x27d4eb2f)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return mixed ^ (mixed >>> 13)
}
