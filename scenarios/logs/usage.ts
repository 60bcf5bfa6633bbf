/** What a log says of one use: some units of something, by an account, from an instant on. */

/** The lifetime that a trace has for a use without an end, ms: longer than any run. */
export const ENDLESS = '999999999999999'

export interface Usage {
  line: number
  /** Whole ms since the epoch. */
  at: number
  /** Whole ms; -1 where the log does not say when it ends. */
  lifetimeMs: number
  /** Servers, from 1. */
  quantity: number
  account: string
  resource: string
  /** Empty where the log names none, as the next two. */
  flavour: string
  zone: string
  product: string
  /** The kind of buyer that it belongs to, where the log is asked for one; else empty. */
  segment: string
  /** Months of a term that it is bought for; 0: none. */
  months: number
}

/** What each column of a log may be for. */
export const roles = {
  at: 'when it begins, or is asked for',
  wait: 'delay from the request to the beginning',
  end: 'when it ends',
  lifetime: 'how long it lasts',
  quantity: 'units: servers, processors, instances',
  hours: 'unit-hours used from `at` to `end`, instead of lifetime and quantity',
  unit: 'unit of `hours`: rows of other units than hours are skipped',
  account: 'who uses it',
  resource: 'what it is called',
  flavour: 'its size: columns joined by +',
  zone: 'where it is',
  product: 'what is installed on it',
  cost: 'what it costs, for the totals',
  currency: 'currency of the costs',
} as const

/** Further roles, of a log that a scenario is fitted to. */
export const fitRoles = {
  term: 'how long a term is that is bought: months, P1Y, 1 year',
  renewed: 'when its last term began',
  segment: 'which segment of buyers it belongs to',
} as const

export type ImportRole = keyof typeof roles
export type Role = ImportRole | keyof typeof fitRoles
export const isRole = (word: string): word is ImportRole => Object.hasOwn(roles, word)

/**
 * Columns by role. The first of the list that the file has is read, and where a row says nothing in it, the next; `+` joins
 * columns into one name.
 */
export type ColumnMap = Partial<Readonly<Record<Role, readonly string[]>>>
