/**
 * Tables of a cell. One declaration says what each column holds, and gives its storage, its type, its place in a snapshot,
 * its line in the documentation (`describe`) and its words in a debug print (`print`). Links and timers are empty until
 * they are set.
 */

import { formatInstant } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import { type ColumnKind, type ColumnsState, columns, NO_ROW } from '#engine/columns.ts'
import type { WideColumn } from '#engine/wide-column.ts'
import type { Lifecycle } from './lifecycle.ts'

/** Marks an empty link or timer. */
export const NONE = NO_ROW

declare const flavour: unique symbol

/** A number that says what it counts: plain numbers may become one, but a row of orders never a row of accounts. */
export type Flavoured<F extends string> = number & { readonly [flavour]?: F }

/** Row of a table in this cell; `NONE` for none. */
export type Row<T extends string> = Flavoured<`row of ${T}`>
/** Number of a thing in the whole run, from 1. */
export type Id<T extends string> = Flavoured<`number of ${T}`>
/** A wake-up that was asked for; `NONE` when none is. */
export type Handle = Flavoured<'timer'>
/** Milliseconds since the epoch. */
export type Instant = Flavoured<'instant'>
/** Milliseconds. */
export type Duration = Flavoured<'duration'>
/** 1e-10 of the currency's unit, an hour. */
export type HourPrice = Flavoured<'price of an hour'>
/** Position of a state in its lifecycle. */
export type State<L extends string> = Flavoured<`state of ${L}`>

type Storage<T, Array> = Array & { [row: number]: T }

/** What a column holds: `T` as it is read and written, `A` as it is stored. */
export interface ColumnOf<A> {
  readonly kind: ColumnKind
  readonly text: string
  readonly print: (value: number | bigint) => string
  /** Never set: carries the type alone. */
  readonly stored?: A
}

const plain = (value: number | bigint): string => String(value)

function column<A>(kind: ColumnKind, text: string, print: (value: number | bigint) => string = plain): ColumnOf<A> {
  return { kind, text, print }
}

const linkText = (of: string) => (value: number | bigint) => (Number(value) === NONE ? 'none' : `${of}[${value}]`)

/** The row of something in a table of this cell, or nothing. */
export const row = <const T extends string>(of: T) =>
  column<Storage<Row<T>, Int32Array>>('link', `row of ${of}`, linkText(of))
/** A wake-up, or none. */
export const timer = () => column<Storage<Handle, Int32Array>>('link', 'timer', linkText('timer'))
/** The number of something in the run, up to 2^53. */
export const id = <const T extends string>(of: T) => column<Storage<Id<T>, Float64Array>>('f64', `number of ${of}`)
/** A number of something of which there are fewer than 2^31: a specification, a plan, a seller, a pool. */
export const number = <const T extends string>(of: T) => column<Storage<Id<T>, Int32Array>>('i32', `number of ${of}`)
export const instant = () =>
  column<Storage<Instant, Float64Array>>('f64', 'instant, ms', (value) => formatInstant(Number(value), 0))
export const duration = () => column<Storage<Duration, Float64Array>>('f64', 'duration, ms')
export const seconds = () => column<Float64Array>('f64', 'seconds')
export const hourPrice = () => column<Storage<HourPrice, Float64Array>>('f64', 'price of an hour, 1e-10')
/** Money of any size, whole 1e-8. */
export const money = () => column<WideColumn>('wide', 'money, 1e-8', (value) => formatAmount(BigInt(value)))
/** Money that float64 holds exactly, whole 1e-8: a charge of one hour, for loops over whole columns. */
export const hourMoney = () =>
  column<Float64Array>('f64', 'money of an hour, 1e-8', (value) => formatAmount(BigInt(value)))
export const count = () => column<Int32Array>('i32', 'count')
/** A quantity bought; whole, and up to 2^53. */
export const quantity = () => column<Float64Array>('f64', 'quantity')
export const milliseconds = () => column<Float64Array>('f64', 'ms')
export const flag = () => column<Uint8Array>('u8', '0 or 1', (value) => (Number(value) === 1 ? 'yes' : 'no'))
/** One of a list of names, by its position. */
export const code = (names: readonly string[]) =>
  column<Uint8Array>('u8', names.join(', '), (value) => names[Number(value)] ?? `${value}?`)
/** The state of a lifecycle: a new row is in its first one. */
export const state = <S extends string, E extends string>({ name, states }: Lifecycle<S, E>) =>
  column<Uint8Array>('u8', `state of the lifecycle '${name}'`, (value) => states[Number(value)] ?? `${value}?`)

export type Declaration = Readonly<Record<string, ColumnOf<unknown>>>
type StoredIn<C> = C extends ColumnOf<infer A> ? A : never

export type Table<D extends Declaration> = {
  /** Rows in use or once used: valid row numbers are 0 .. rows - 1. */
  readonly rows: number
  /** An empty row. */
  add(): number
  /** Frees a row; the caller drops its number. */
  remove(row: number): void
  save(): ColumnsState
  restore(state: ColumnsState): void
} & { readonly [C in keyof D]: StoredIn<D[C]> }

const declarations = new WeakMap<object, { name: string; declaration: Declaration }>()

/** Makes a table. Do not keep a column in a variable across an `add`, which may replace it by a longer one. */
export function table<const D extends Declaration>(name: string, declaration: D, capacity = 16): Table<D> {
  const kinds = Object.fromEntries(Object.entries(declaration).map(([column, { kind }]) => [column, kind]))
  const made = columns(kinds, Math.max(1, capacity)) as unknown as Table<D>
  declarations.set(made, { name, declaration })
  return made
}

function declared(made: object): { name: string; declaration: Declaration } {
  const found = declarations.get(made)
  if (found === undefined) throw new TypeError('this table was not made by `table`')
  return found
}

/** What a table is called and what its columns hold, for the documentation. */
export function describe(made: object): { name: string; columns: { name: string; text: string }[] } {
  const { name, declaration } = declared(made)
  return { name, columns: Object.entries(declaration).map(([column, { text }]) => ({ name: column, text })) }
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
