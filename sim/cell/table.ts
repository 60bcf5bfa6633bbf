/**
 * Tables of a cell. One declaration says what each column holds, and gives its storage, its type, its place in a snapshot,
 * its line in the documentation (`describe`) and its words in a debug print (`print`). Links and timers are empty until
 * they are set.
 */

import { formatInstant } from '#base/civil-time.ts'
import type { Flavoured } from '#base/flavour.ts'
import { formatAmount } from '#base/money.ts'
import type { Duration, Instant } from '#base/time.ts'
import { type ColumnKind, type ColumnsState, columns, NO_ROW } from '#engine/columns.ts'
import type { WideColumn } from '#engine/wide-column.ts'
import type { Lifecycle } from './lifecycle.ts'

/** Marks an empty link or timer. */
export const NONE = NO_ROW

/** Row of a table in this cell; `NONE` for none. */
export type Row<T extends string> = Flavoured<`row of ${T}`>
/** Number of a thing in the whole run, from 1. */
export type Id<T extends string> = Flavoured<`number of ${T}`>
/** A wake-up that was asked for; `NONE` when none is. */
export type Handle = Flavoured<'timer'>
/** 1e-10 of the currency's unit, an hour; a `UnitPrice` is one. */
export type HourPrice = Flavoured<'unit-price'>
/** Whole 1e-8 that float64 holds exactly; `Money` is it. */
export type HourMoney = Flavoured<'money'>
/** Position of a state in its lifecycle. */
export type State<L extends string> = Flavoured<`state of ${L}`>

/** A row of the table `T`, or a plain number: an index that a row of another table is not. */
export type Cells<T extends string, V> = { [row in Row<T>]: V } & WholeColumn

/** What is done with a column as a whole. */
interface WholeColumn {
  readonly length: number
  fill(value: number): unknown
  slice(from: number, to: number): Int32Array | Float64Array | Uint8Array
}

/** Amounts of any size by row. */
export type Amounts<T extends string> = WideColumn<Row<T>>

/** What a column holds: `V` as it is read and written. */
export interface ColumnOf<V> {
  readonly kind: ColumnKind
  readonly text: string
  readonly print: (value: number | bigint) => string
  /** Never set: carries the type alone. */
  readonly value?: V
}

const plain = (value: number | bigint): string => String(value)

function column<V>(kind: ColumnKind, text: string, print: (value: number | bigint) => string = plain): ColumnOf<V> {
  return { kind, text, print }
}

const linkText = (of: string) => (value: number | bigint) => (Number(value) === NONE ? 'none' : `${of}[${value}]`)

/** The row of something in a table of this cell, or nothing. */
export const row = <const T extends string>(of: T) => column<Row<T>>('link', `row of ${of}`, linkText(of))
/** A wake-up, or none. */
export const timer = () => column<Handle>('link', 'timer', linkText('timer'))
/** The number of something in the run, up to 2^53. */
export const id = <const T extends string>(of: T) => column<Id<T>>('f64', `number of ${of}`)
/** A number of something of which there are fewer than 2^31: a specification, a plan, a seller, a pool. */
export const number = <const T extends string>(of: T) => column<Id<T>>('i32', `number of ${of}`)
/** The row, or the number, of something in one of several tables: what else the row holds says which. */
export const rowOfSome = (things: string) => column<number>('link', `row of ${things}`, linkText(things))
export const idOfSome = (things: string) => column<number>('f64', `number of ${things}`)
export const numberOfSome = (things: string) => column<number>('i32', `number of ${things}`)
export const instant = () => column<Instant>('f64', 'instant, ms', (value) => formatInstant(Number(value), 0))
export const duration = () => column<Duration>('f64', 'duration, ms')
export const seconds = () => column<number>('f64', 'seconds')
export const hourPrice = () => column<HourPrice>('f64', 'price of an hour, 1e-10')
/** Money of any size, whole 1e-8. */
export const money = () => column<bigint>('wide', 'money, 1e-8', (value) => formatAmount(BigInt(value)))
/** Money that float64 holds exactly, whole 1e-8: a charge of one hour, for loops over whole columns. */
export const hourMoney = () =>
  column<HourMoney>('f64', 'money of an hour, 1e-8', (value) => formatAmount(BigInt(value)))
export const count = () => column<number>('i32', 'count')
/** A quantity bought; whole, and up to 2^53. */
export const quantity = () => column<number>('f64', 'quantity')
export const milliseconds = () => column<Duration>('f64', 'ms')
export const flag = () => column<number>('u8', '0 or 1', (value) => (Number(value) === 1 ? 'yes' : 'no'))
/** One of a list of names, by its position. */
export const code = (names: readonly string[]) =>
  column<number>('u8', names.join(', '), (value) => names[Number(value)] ?? `${value}?`)
/** The state of a lifecycle: a new row is in its first one. */
export const state = <S extends string, E extends string>({ name, states }: Lifecycle<S, E>) =>
  column<number>('u8', `state of the lifecycle '${name}'`, (value) => states[Number(value)] ?? `${value}?`)

export type Declaration = Readonly<Record<string, ColumnOf<unknown>>>
type StoredIn<T extends string, C> = C extends ColumnOf<infer V> ? (V extends bigint ? Amounts<T> : Cells<T, V>) : never

/** A table whose rows are rows of `T`: its own, or those of another table (`sideTable`). */
export type Table<T extends string, D extends Declaration> = {
  /** Rows in use or once used: valid row numbers are 0 .. rows - 1. */
  readonly rows: number
  /** An empty row. */
  add(): Row<T>
  /** Frees a row; the caller drops its number. */
  remove(row: Row<T>): void
  save(): ColumnsState
  restore(state: ColumnsState): void
} & { readonly [C in keyof D]: StoredIn<T, D[C]> }

interface Declared {
  readonly name: string
  readonly rowsOf: string
  readonly declaration: Declaration
}

const declarations = new WeakMap<object, Declared>()

/** Makes a table. Do not keep a column in a variable across an `add`, which may replace it by a longer one. */
export function table<const T extends string, const D extends Declaration>(
  name: T,
  declaration: D,
  capacity = 16,
): Table<T, D> {
  return made(name, declaration, capacity)
}

/** Makes a table that keeps more of each row of another, `of`: the rows of both are the same. */
export function sideTable<const T extends string, const D extends Declaration>(
  name: string,
  rowsOf: T,
  declaration: D,
  capacity = 16,
): Table<T, D> {
  return made(name, declaration, capacity, rowsOf)
}

function made<T extends string, D extends Declaration>(
  name: string,
  declaration: D,
  capacity: number,
  rowsOf = name,
): Table<T, D> {
  const kinds = Object.fromEntries(Object.entries(declaration).map(([column, { kind }]) => [column, kind]))
  const whole = columns(kinds, Math.max(1, capacity)) as unknown as Table<T, D>
  declarations.set(whole, { name, rowsOf, declaration })
  return whole
}

function declared(made: object): Declared {
  const found = declarations.get(made)
  if (found === undefined) throw new TypeError('this table was not made by `table`')
  return found
}

/** What a table is called, whose rows it has and what its columns hold, for the documentation. */
export function describe(made: object): { name: string; rowsOf: string; columns: { name: string; text: string }[] } {
  const { name, rowsOf, declaration } = declared(made)
  return { name, rowsOf, columns: Object.entries(declaration).map(([column, { text }]) => ({ name: column, text })) }
}

/** A row as a person reads it, for debugging: `orders[3] { id: 4, account: accounts[0], state: pending-payment, … }`. */
export function print(made: object, at: number): string {
  const { name, declaration } = declared(made)
  const cells = Object.entries(declaration).map(([column, { kind, print }]) => {
    const stored = (made as Record<string, Float64Array | WideColumn>)[column]
    return `${column}: ${print(kind === 'wide' ? (stored as WideColumn).at(at) : (stored as Float64Array)[at])}`
  })
  return `${name}[${at}] { ${cells.join(', ')} }`
}
