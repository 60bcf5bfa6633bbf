/** Times of many things with their labels: columns in the order of the times, from which percentiles and sums are taken. */
import { inOrderOf } from '#sim/record/number-order.ts'

/** A label of each time: the number of a name. */
export interface LabelColumn {
  readonly codes: Int32Array
  readonly names: readonly string[]
}

export interface Times {
  /** Milliseconds, ascending. */
  readonly values: Float64Array
  /** How often each counts; left out where each counts once. */
  readonly weights?: Float64Array
  readonly labels: Readonly<Record<string, LabelColumn>>
}

/** Times and numbers that their labels follow from, as they are found. */
export class TimeList {
  #size = 0
  #values = new Float64Array(1024)
  readonly #keys: Float64Array[]

  constructor(keys: number) {
    this.#keys = Array.from({ length: keys }, () => new Float64Array(1024))
  }

  add(milliseconds: number, ...keys: readonly number[]): void {
    const at = this.#size++
    if (at === this.#values.length) {
      this.#values = grown(this.#values)
      for (const [key, column] of this.#keys.entries()) this.#keys[key] = grown(column)
    }
    this.#values[at] = milliseconds
    for (let key = 0; key < keys.length; key++) this.#keys[key][at] = keys[key]
  }

  /**
   * In the order of times; `labels`: which key each follows from, and its text by the number there; undefined leaves the time out;
   * `weight`: the key that says how often each counts.
   */
  times(
    labels: Readonly<Record<string, readonly [key: number, text: (number: number) => string | undefined]>>,
    weight?: number,
  ): Times {
    const named = Object.entries(labels).map(([label, [key, text]]) => [label, this.#named(key, text)] as const)
    const values = this.#values.subarray(0, this.#size)
    const order = inOrderOf(values)
    let size = 0
    for (const row of order) if (named.every(([, { codes }]) => codes[row] >= 0)) order[size++] = row
    const chosen = order.subarray(0, size)
    return {
      values: picked(values, chosen, new Float64Array(size)),
      ...(weight === undefined ? {} : { weights: picked(this.#keys[weight], chosen, new Float64Array(size)) }),
      labels: Object.fromEntries(
        named.map(([label, { codes, names }]) => [
          label,
          { codes: picked(codes, chosen, new Int32Array(size)), names },
        ]),
      ),
    }
  }

  #named(key: number, text: (number: number) => string | undefined): LabelColumn {
    const column = this.#keys[key]
    const codes = new Int32Array(this.#size)
    const names: string[] = []
    const codeOf = new Map<number, number>()
    for (let row = 0; row < this.#size; row++) {
      let code = codeOf.get(column[row])
      if (code === undefined) {
        const name = text(column[row])
        code = name === undefined ? -1 : names.indexOf(name)
        if (name !== undefined && code < 0) code = names.push(name) - 1
        codeOf.set(column[row], code)
      }
      codes[row] = code
    }
    return { codes, names }
  }
}

/** The numbers of some rows, put into a column. */
function picked<Column extends Float64Array | Int32Array>(
  numbers: Float64Array | Int32Array,
  rows: Int32Array,
  into: Column,
): Column {
  for (let place = 0; place < rows.length; place++) into[place] = numbers[rows[place]]
  return into
}

function grown(column: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(column.length * 2)
  wider.set(column)
  return wider
}
