/** JSON keeps the last of two equal keys without a word: here a key that is written twice in one object is a mistake. */
import { BillingError } from '#base/billing-error.ts'
import { shown } from '#base/shown.ts'

const COLON = 58
const BACKSLASH = 92

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9

/** The end of a string that begins at a quote: the place of its closing one. The text is valid JSON. */
function closingQuote(text: string, open: number): number {
  let close = open
  for (;;) {
    close = text.indexOf('"', close + 1)
    let escapes = 0
    while (text.charCodeAt(close - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return close
  }
}

/** The first place from `at` on that is no white space. */
function afterSpace(text: string, at: number): number {
  let next = at
  while (isSpace(text.charCodeAt(next))) next++
  return next
}

/** How many keys a JSON text writes. */
function keysWritten(text: string): number {
  let count = 0
  for (let open = text.indexOf('"'); open >= 0; ) {
    const close = closingQuote(text, open)
    if (text.charCodeAt(afterSpace(text, close + 1)) === COLON) count++
    open = text.indexOf('"', close + 1)
  }
  return count
}

/** How many keys a value that was parsed has, at every depth. */
function keysKept(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value)
  let count = Array.isArray(value) ? 0 : inner.length
  for (const each of inner) count += keysKept(each)
  return count
}

/** An object or a list of the text that is open: what it is called, and the keys that it has had. */
interface Open {
  readonly where: string
  readonly keys: Set<string>
  /** The place in a list, or the key of what comes next. */
  next: string | number
}

const pathOf = ({ where, next }: Open): string => {
  if (typeof next === 'number') return `${where}[${next}]`
  return where === '' ? next : `${where}.${next}`
}

/** The first key that an object of the text has twice, and the path of the object; undefined where there is none. */
function firstTwice(text: string): { readonly key: string; readonly where: string } | undefined {
  const open: Open[] = []
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    const inside = open.at(-1)
    if (sign === '{' || sign === '[')
      open.push({ where: inside === undefined ? '' : pathOf(inside), keys: new Set(), next: sign === '[' ? 0 : '' })
    else if (sign === '}' || sign === ']') open.pop()
    else if (sign === ',' && inside !== undefined && typeof inside.next === 'number') inside.next++
    else if (sign === '"') {
      const close = closingQuote(text, at)
      const isKey = text.charCodeAt(afterSpace(text, close + 1)) === COLON
      if (isKey && inside !== undefined) {
        const key = JSON.parse(text.slice(at, close + 1)) as string
        if (inside.keys.has(key)) return { key, where: inside.where }
        inside.keys.add(key)
        inside.next = key
      }
      at = close
    }
  }
  return undefined
}

/** Throws BillingError for a key that is written twice; `value` is what the text was parsed to. */
export function refuseKeysTwice(text: string, value: unknown): void {
  if (keysWritten(text) === keysKept(value)) return
  const found = firstTwice(text)
  if (found === undefined) return
  throw new BillingError(
    found.where === '' ? 'request' : found.where,
    `the key ${shown(found.key)} is written twice`,
    'keep one of them: only the last would count',
  )
}
