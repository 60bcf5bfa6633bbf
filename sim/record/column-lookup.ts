/**
 * A few rows of a mass table, found in its column files: what explains one thing asks for the rows of an account, an order
 * or a transaction, and writing an image of the whole table for SQL (`mass-images.ts`) takes longer than all its answers.
 */
import type { ColumnFacts, FactColumn, FactRows } from './column-facts.ts'
import type { MassTable } from './column-files.ts'
import { factColumns } from './columns.ts'

const comparisons = {
  '=': (cell: number, value: number): boolean => cell === value,
  '<>': (cell: number, value: number): boolean => cell !== value,
  '<': (cell: number, value: number): boolean => cell < value,
  '<=': (cell: number, value: number): boolean => cell <= value,
  '>': (cell: number, value: number): boolean => cell > value,
  '>=': (cell: number, value: number): boolean => cell >= value,
} as const

export type Comparison = keyof typeof comparisons
export const isComparison = (word: string): word is Comparison => Object.hasOwn(comparisons, word)

/** What a row has to meet: all conditions of a list. */
export interface Condition {
  readonly column: string
  readonly comparison: Comparison
  readonly value: bigint | number
}

/** A row by the names of its columns, amounts whole, and `row_number`: its place among all, from 1, or its id. */
export type FoundRow = Readonly<Record<string, bigint>>

/** Columns of parts that are kept, decoded: at most 64 MiB of a large record. */
const MOST_KEPT = 256

/** A part of a table, with the least and the largest number of each column that was asked for. */
interface Part {
  readonly facts: FactRows
  /** Rows of the parts before it. */
  readonly before: number
  readonly ranges: Map<string, readonly [least: number, most: number]>
}

export class ColumnLookup {
  readonly #facts: ColumnFacts
  readonly #parts = new Map<MassTable, readonly Part[]>()
  /** By table, part and column, the one that was used last at the end. */
  readonly #columns = new Map<string, FactColumn>()

  constructor(facts: ColumnFacts) {
    this.#facts = facts
  }

  /** Rows that meet all conditions, in the order of their numbers. @throws ParquetDamage */
  rows(table: MassTable, conditions: readonly Condition[]): FoundRow[] {
    const found = this.#partsOf(table).flatMap((part) => this.#rowsIn(table, part, conditions))
    return found.sort((a, b) => (a.row_number < b.row_number ? -1 : 1))
  }

  #partsOf(table: MassTable): readonly Part[] {
    let parts = this.#parts.get(table)
    if (parts === undefined) {
      let before = 0
      parts = this.#facts.parts(table).map((facts) => {
        const part = { facts, before, ranges: new Map() }
        before += facts.rows
        return part
      })
      this.#parts.set(table, parts)
    }
    return parts
  }

  #rowsIn(table: MassTable, part: Part, conditions: readonly Condition[]): FoundRow[] {
    let places: number[] | undefined
    for (const condition of conditions) {
      if (!this.#mayHave(table, part, condition)) return []
      const { values } = this.#column(table, part, condition.column)
      const meets = comparisons[condition.comparison]
      const value = Number(condition.value)
      if (places === undefined) {
        places = []
        for (let place = 0; place < values.length; place++) if (meets(values[place], value)) places.push(place)
      } else places = places.filter((place) => meets(values[place], value))
      if (places.length === 0) return []
    }
    const columns = factColumns(table).map((name) => [name, this.#column(table, part, name)] as const)
    const id = factColumns(table).includes('id') ? this.#column(table, part, 'id') : undefined
    return (places ?? Array.from({ length: part.facts.rows }, (_, place) => place)).map((place) => ({
      row_number: BigInt(id === undefined ? part.before + place + 1 : id.values[place]),
      ...Object.fromEntries(columns.map(([name, column]) => [name, cellOf(column, place)])),
    }))
  }

  /** Whether a part can have what an equality asks for: most keys are in one or two parts. */
  #mayHave(table: MassTable, part: Part, { column, comparison, value }: Condition): boolean {
    if (comparison !== '=') return true
    let range = part.ranges.get(column)
    if (range === undefined) {
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      for (const cell of this.#column(table, part, column).values) {
        if (cell < least) least = cell
        if (cell > most) most = cell
      }
      part.ranges.set(column, (range = [least, most]))
    }
    return value >= range[0] && value <= range[1]
  }

  #column(table: MassTable, part: Part, name: string): FactColumn {
    const key = `${table} ${part.before} ${name}`
    const known = this.#columns.get(key)
    const column = known ?? part.facts.column(name)
    if (known !== undefined) this.#columns.delete(key)
    this.#columns.set(key, column)
    const [oldest] = this.#columns.keys()
    if (this.#columns.size > MOST_KEPT) this.#columns.delete(oldest)
    return column
  }
}

const cellOf = ({ values, vast }: FactColumn, place: number): bigint => vast?.get(place) ?? BigInt(values[place])
