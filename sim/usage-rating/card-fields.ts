/** Fields of a rate card: mappings, names, choices, conditions, currencies and instants, read from YAML or JSON. */
import { BillingError } from '#base/billing-error.ts'
import { formatInstant, formatMonth, monthOf, parseInstant, startOfMonth } from '#base/civil-time.ts'
import { shown } from '#base/shown.ts'
import { type Currency, currencyFrom } from '#scenarios/currencies.ts'

export type Fields = Readonly<Record<string, unknown>>

export function fieldsOf(value: unknown, where: string, hint: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new BillingError(where, `${shown(value)} is not a mapping`, hint)
}

export function oneOf<T extends string>(value: unknown, choices: readonly T[], where: string): T {
  const found = choices.find((each) => each === value)
  if (found !== undefined) return found
  throw new BillingError(where, `${shown(value)} is none of its values`, `write one of ${choices.join(', ')}`)
}

export function textOf(value: unknown, where: string, hint: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new BillingError(where, `${shown(value)} is not a name`, hint)
}

/** `{ region: eu, size: [s, m] }` */
export function filterOf(value: unknown, where: string): ReadonlyMap<string, ReadonlySet<string>> {
  if (value === undefined) return new Map()
  const fields = fieldsOf(value, where, 'write { region: eu }')
  return new Map(
    Object.entries(fields).map(([column, values]) => [
      column,
      new Set([values].flat().map((each) => textOf(each, `${where}.${column}`, 'write text'))),
    ]),
  )
}

export function currencyOf(value: unknown, where: string, otherwise: Currency): Currency {
  if (value === undefined) return otherwise
  const found = currencyFrom(textOf(value, where, 'write a code such as USD'))
  if ('what' in found) throw new BillingError(where, found.what, found.fix)
  return found
}

/** Cards are read as text, so that no decimal passes through a float; the open end of bands is `null`. */
export function withNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNull)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withNull(each)]))
  return value === 'null' || value === '~' || value === '' ? null : value
}

/** Commitments, balances and cash coupons are of whole months. */
export function monthAt(value: unknown, where: string, utcOffset: number): number {
  const at = parseInstant(value, where)
  const month = monthOf(at, utcOffset)
  if (at === startOfMonth(month, utcOffset)) return month
  const next = formatInstant(startOfMonth(month + 1, utcOffset), utcOffset)
  throw new BillingError(
    where,
    `${formatInstant(at, utcOffset)} is within a month`,
    `write the beginning of one, such as ${next}`,
  )
}

/** `from` and `until`, the month after the last (without it no end). Throws BillingError. */
export function monthsOf(fields: Fields, where: string, utcOffset: number): { from: number; until: number } {
  const from = monthAt(fields.from, `${where}.from`, utcOffset)
  const until =
    fields.until === undefined ? Number.POSITIVE_INFINITY : monthAt(fields.until, `${where}.until`, utcOffset)
  if (until <= from)
    throw new BillingError(
      `${where}.until`,
      `${formatMonth(until)} is not after ${formatMonth(from)}`,
      'write a later month',
    )
  return { from, until }
}

/** `of`: the metrics and offers that something is for, of `names`; undefined: for all. Throws BillingError. */
export const namesIn = (fields: Fields, names: readonly string[], where: string): ReadonlySet<string> | undefined =>
  fields.of === undefined ? undefined : new Set([fields.of].flat().map((name) => oneOf(name, names, `${where}.of`)))
