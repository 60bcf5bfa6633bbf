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
    const order = inOrderOf(values).filter((row) => named.every(([, { codes }]) => codes[row] >= 0))
    return {
      values: Float64Array.from(order, (row) => values[row]),
      ...(weight === undefined ? {} : { weights: Float64Array.from(order, (row) => this.#keys[weight][row]) }),
      labels: Object.fromEntries(
        named.map(([label, { codes, names }]) => [
          label,
          { codes: Int32Array.from(order, (row) => codes[row]), names },
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

function grown(column: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(column.length * 2)
  wider.set(column)
  return wider
}
