/** Names and comparisons as people write them, read as a scenario takes them. */

import { plainText, writtenNumber } from './decimals.ts'
import { durationMeant } from './times.ts'

/** Text without accents, in the letters that an id may have; at most 64 of them. Null where nothing is left. */
export function idMeant(value: unknown): string | null {
  const text = String(value)
    .normalize('NFKD')
    .replace(/\u00df/g, 'ss')
    .replace(/[\u0300-\u036f]/g, '')
    .trim()
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
    .replace(/-+$/, '')
  return text === '' ? null : text
}

/** A seller as `segment/number`. */
export function memberMeant(value: unknown): string | null {
  const match = /^(.*?)(?:[\s/#:]+(\d+))?$/.exec(String(value).trim().replace(/\/+$/, ''))
  const segment = idMeant(match?.[1] ?? '')
  return segment === null ? null : `${segment}/${Math.max(1, Number(match?.[2] ?? 1))}`
}

const comparisons: readonly (readonly [pattern: RegExp, sign: string])[] = [
  [/^(<=|=<|\u2264|at most|up to|max(imum)?|no more than|not above)/i, '<='],
  [/^(>=|=>|\u2265|at least|min(imum)?|no less than|not below)/i, '>='],
  [/^(!=|<>|=\/=|\u2260|not equal( to)?|is not|not)/i, '!='],
  [/^(={1,3}|equals?( to)?|is|exactly)/i, '=='],
  [/^(<|less than|under|below|fewer than|lt\b)/i, '<'],
  [/^(>|more than|over|above|greater than|gt\b)/i, '>'],
]

/** A comparison such as `< 5%`: its sign in other signs or words, and its bound in other words. */
export function comparisonMeant(value: unknown): string | null {
  const text = plainText(String(value))
  const found = comparisons.find(([pattern]) => pattern.test(text))
  const rest = found === undefined ? text : text.replace(found[0], '').trim()
  const sign = found?.[1] ?? '=='
  const number = writtenNumber(rest, true)
  if (number !== null) {
    const minus = number.negative ? '-' : ''
    const after = number.after.toLowerCase()
    if (after === '' || /^(usd|eur|cny|[$€£¥])$/.test(after)) return `"${sign} ${minus}${number.text}"`
    if (/^(%|percent|per cent)$/.test(after)) return `"${sign} ${minus}${number.text}%"`
  }
  const length = durationMeant(rest)
  return length === null || /^\d+$/.test(rest) ? null : `"${sign} ${length.text}"`
}

/** A figure with a filter, `orders.refused{region=ap-1}`, from other brackets, quotes and spaces. */
export function figureMeant(value: unknown): string | null {
  const text = plainText(String(value)).replace(/[[(]/g, '{').replace(/[\])]/g, '}')
  const [, name, filter] = /^([^{}]+)(?:\{([^{}]*)\}?)?$/.exec(text) ?? []
  if (name === undefined) return null
  const figure = name
    .trim()
    .replace(/[^A-Za-z0-9-]+/g, '.')
    .replace(/^\.+|\.+$/g, '')
  const pairs = (filter ?? '').split(/[,;&]/).map((pair) => /^\s*([A-Za-z0-9]+)\s*(?:==?|:)\s*([^\s=]+)\s*$/.exec(pair))
  if (filter !== undefined && filter.trim() !== '' && pairs.some((pair) => pair === null)) return null
  const labels = pairs.flatMap((pair) => (pair === null ? [] : [`${pair[1]}=${pair[2]}`])).join(',')
  return labels === '' ? figure : `${figure}{${labels}}`
}

const currencies: Readonly<Record<string, string>> = {
  $: 'USD',
  DOLLAR: 'USD',
  DOLLARS: 'USD',
  US$: 'USD',
  '€': 'EUR',
  EURO: 'EUR',
  EUROS: 'EUR',
  '£': 'GBP',
  POUND: 'GBP',
  POUNDS: 'GBP',
  '¥': 'CNY',
  YEN: 'JPY',
  YUAN: 'CNY',
  RMB: 'CNY',
}

/** A currency code from a sign or a name. */
export function currencyMeant(value: unknown): string | null {
  const text = plainText(String(value)).toUpperCase()
  if (Object.hasOwn(currencies, text)) return currencies[text]
  return /^[A-Z]{3}$/.test(text) && text !== value ? text : null
}
