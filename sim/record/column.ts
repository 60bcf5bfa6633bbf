/**
 * Columns of fact tables. Facts are rows of whole numbers. A column's `unit` says how to read it:
 *  id        a key of this table or of the one named in the column's text
 *  word      a key of `words`: states, events, kinds, rules, ledger accounts
 *  instant   milliseconds since the epoch (T-01)
 *  day       a civil day (T-02): whole days since 1 January 1970
 *  money     whole 1e-8 of the run's currency (M-01); the column `x` has a column `x_high` next to it, see `wide.ts`
 *  charge    whole 1e-8 of the run's currency: one metered hour, at most 90,071,992.54740991
 *  price     whole 1e-10 of the run's currency (M-02)
 *  quantity  whole 1e-8 of the product's quantity attribute (C-04)
 *  count, seconds, months, flag (0 or 1)
 */
export type Unit =
  | 'id'
  | 'word'
  | 'instant'
  | 'day'
  | 'money'
  | 'charge'
  | 'price'
  | 'quantity'
  | 'count'
  | 'seconds'
  | 'milliseconds'
  | 'months'
  | 'flag'

export interface Column {
  readonly unit: Unit
  readonly text: string
}

export interface FactTable {
  /** What a row is. */
  readonly text: string
  readonly columns: Readonly<Record<string, Column>>
}

/** Of a unit; the text says what it means. */
export const column = <U extends Unit>(unit: U, text: string) => ({ unit, text }) as const

/** Columns that many tables share. */
export const at = column('instant', 'when it happened')
export const rule = column('word', 'the rule that applied')
export const account = column('id', 'the buyer: `accounts`')
export const order = column('id', 'the order: `orders`')
export const instance = column('id', 'the ECS instance: `instances`')
export const specification = column('id', 'the specification: `specifications`')
export const pool = column('id', 'the ECS pool: `pools`, 0 when none')
/** Of the tables that tell the steps of a lifecycle. */
export const step = {
  at,
  event: column('word', 'what happened'),
  from_state: column('word', 'the state before; 0 for the first step'),
  to_state: column('word', 'the state after'),
  rule,
}
