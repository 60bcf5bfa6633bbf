/** What the schema refuses, as errors: found, expected, how to hint, did you mean. */

import type { z } from 'zod'
import { didYouMean } from '#base/did-you-mean.ts'
import { type Path, type ScenarioDocument, valueAt } from './document.ts'
import type { Fault } from './errors.ts'
import { type PolicyKey, policyKeys, policyRule } from './policies.ts'

type Issue = z.core.$ZodIssue
/** More than anybody reads; a broken file can have a hundred thousand. */
export const mostFaults = 200
const keyWords = 'expected one of the keys '
const typeWords: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of names to values',
  null: 'null',
}

/** Default words of every kind of issue; a schema's own words come first. */
export function expectedWords(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeWords[issue.expected as string] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${oneOf(issue.values as unknown[])}`
    case 'invalid_union':
      return issue.options ? `expected ${oneOf(issue.options as unknown[])}` : 'expected another kind of value'
    case 'unrecognized_keys':
      return keyWords + keysOf(issue.inst).join(', ')
    case 'too_small':
      return limitWords('at least', issue.origin as string, issue.minimum as number, issue.inclusive !== false)
    case 'too_big':
      return limitWords('at most', issue.origin as string, issue.maximum as number, issue.inclusive !== false)
    default:
      return 'expected another value'
  }
}

const oneOf = (values: readonly unknown[]) =>
  values.length === 1 ? `${values[0]}` : `one of: ${values.map(String).join(', ')}`

function limitWords(bound: string, origin: string, limit: number, inclusive: boolean): string {
  const unit = { array: ' items', string: ' characters' }[origin] ?? ''
  if (inclusive) return `expected ${bound} ${limit}${limit === 1 ? unit.replace(/s$/, '') : unit}`
  return `expected ${bound === 'at least' ? 'more than' : 'less than'} ${limit}${unit}`
}

function keysOf(schema: unknown): string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape
  return shape ? Object.keys(shape) : []
}

/** A value as a message shows it, short. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping'
  if (typeof value !== 'string') return String(value)
  return value.length > 60 ? `"${value.slice(0, 57)}…"` : `"${value}"`
}

/** The words of an error, before its place is looked up. */
export interface Words {
  readonly what: string
  readonly expected: string
  readonly hint: string
  readonly didYouMean?: string | undefined
  readonly rule?: string | undefined
}

/** An error at a path of a document. */
export function faultAt(document: ScenarioDocument, path: Path, words: Words, at: 'key' | 'value' = 'value'): Fault {
  const rule = words.rule ?? /\b[A-Z]-\d\d\b/.exec(words.expected)?.[0] ?? policyOf(path)
  return {
    ...document.place(path, at),
    path: document.pathText(path),
    what: words.what,
    expected: words.expected,
    hint: words.hint,
    ...(words.didYouMean === undefined ? {} : { didYouMean: words.didYouMean }),
    ...(rule === undefined ? {} : { rule }),
  }
}

function policyOf(path: Path): string | undefined {
  const key = path[0] === 'policies' ? path[1] : undefined
  return policyKeys.includes(key as PolicyKey) ? policyRule(key as PolicyKey) : undefined
}

/** Each issue opened into plain ones: of a union, those of the member that the value was meant to be. */
function opened(issue: Issue, base: Path): Issue[] {
  const path = [...base, ...(issue.path as (string | number)[])]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const meant = issue.errors.filter((branch) => !branch.some(ofAnotherType))
    if (meant.length > 0) {
      const fewest = meant.reduce((best, branch) => (branch.length < best.length ? branch : best))
      return fewest.flatMap((inner) => opened(inner, path))
    }
  }
  if (issue.code === 'invalid_key') return issue.issues.flatMap((inner) => opened(inner, path))
  return [{ ...issue, path }]
}

/** Whether the whole value is of another type than this member of a union. `int` speaks of numbers like 1.5. */
function ofAnotherType(issue: Issue): boolean {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_union') return issue.errors.every((branch) => branch.some(ofAnotherType))
  return issue.code === 'invalid_value' || (issue.code === 'invalid_type' && issue.expected !== 'int')
}

function unknownKeys(document: ScenarioDocument, issue: Issue & { keys: string[] }): Fault[] {
  const known = issue.message.slice(keyWords.length).split(', ')
  return issue.keys.slice(0, mostFaults).map((key) => {
    const near = didYouMean(key, known)
    const hint = near === undefined ? 'remove it' : `write ${near}, or remove it`
    const words = {
      what: `unknown key ${key}`,
      expected: `one of the keys ${known.join(', ')}`,
      hint,
      didYouMean: near,
    }
    return faultAt(document, [...(issue.path as Path), key], words, 'key')
  })
}

/** The first example in the expected words: a bracketed or quoted whole, or one word. */
function example(expected: string): string | null {
  const such = / such as (?:(\[.*\]|\{.*\})|("[^"]*"|[^\s,]+))/.exec(expected)
  return such ? (such[1] ?? such[2]) : null
}

function hintWords(expected: string): string {
  const text = example(expected)
  return text === null ? `write ${expected}` : `write for example ${text}`
}

function plainFault(document: ScenarioDocument, issue: Issue): Fault {
  const path = issue.path as Path
  const expected = issue.message.replace(/^expected /, '')
  const value = valueAt(document.data, path)
  const key = path.at(-1)
  if (value === undefined && typeof key === 'string') {
    const words = {
      what: `no ${key}`,
      expected: `${key}: ${expected}`,
      hint: `add ${key}: ${example(expected) ?? '…'}`,
    }
    return faultAt(document, path, words)
  }
  const values = issue.code === 'invalid_value' ? issue.values : 'options' in issue ? (issue.options ?? []) : []
  const near = typeof value === 'string' ? didYouMean(value, values.map(String)) : undefined
  const quoted =
    typeof value === 'string' && /\d$/.test(value) && /^(a |a whole )?number|^at (least|most)/.test(expected)
  const hint = near !== undefined ? `write ${near}` : quoted ? 'write a number without quotes' : hintWords(expected)
  const atKey = issue.code === 'custom' && issue.params?.atKey === true
  const what = atKey ? `found the name ${key}` : `found ${shown(value)}`
  return faultAt(document, path, { what, expected, hint, didYouMean: near }, atKey ? 'key' : 'value')
}

/**
 * Errors for the issues of a parse. What a mistyped key explains is not reported twice: the key that is missing next to
 * it, and that no key of several was written.
 */
export function explain(document: ScenarioDocument, issues: readonly Issue[]): Fault[] {
  const plain = issues.slice(0, mostFaults).flatMap((issue) => opened(issue, []))
  const mistyped = plain.filter((issue) => issue.code === 'unrecognized_keys')
  const unknown = mistyped.flatMap((issue) => unknownKeys(document, issue))
  const around = new Set(mistyped.map((issue) => document.pathText(issue.path as Path)))
  const meant = new Set(unknown.map(({ path, didYouMean: near }) => `${path.replace(/[^.]*$/, '')}${near}`))
  const others = plain
    .filter((issue) => issue.code !== 'unrecognized_keys')
    .filter((issue) => issue.code !== 'custom' || !around.has(document.pathText(issue.path as Path)))
    .map((issue) => plainFault(document, issue))
    .filter((fault) => !(fault.what.startsWith('no ') && meant.has(fault.path)))
  return [...unknown, ...others]
}
