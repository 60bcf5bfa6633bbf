/** What the schema refuses, as errors: found, expected, how to hint, did you mean. */

import type { z } from 'zod'
import { HOUR } from '#base/time.ts'
import { distributionMeant } from './advice/distributions.ts'
import { exampleOf } from './advice/examples.ts'
import { keyMeant } from './advice/keys.ts'
import { type Meant, offsetMeant, offsetOf } from './advice/times.ts'
import { choicesOf, type Surroundings, valueMeant } from './advice/value.ts'
import { type Path, type ScenarioDocument, valueAt } from './document.ts'
import type { ErrorCode, Fault } from './errors.ts'
import { type PolicyKey, policyKeys, policyRule } from './policies.ts'
import { parseInstant } from './time-text.ts'

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
  /** What to write in place of the marked characters. */
  readonly instead?: string | undefined
  /** Whether to remove the key and its value. */
  readonly remove?: boolean
  readonly code?: ErrorCode
  readonly missing?: Fault['missing']
}

/** An error at a path of a document. */
export function faultAt(document: ScenarioDocument, path: Path, words: Words, at: 'key' | 'value' = 'value'): Fault {
  const rule = words.rule ?? /\b[A-Z]-\d\d\b/.exec(words.expected)?.[0] ?? policyOf(path)
  const place = document.place(path, at)
  const { line, column, length } = place
  const removal = words.remove === true ? document.removal(path) : null
  const isOwn = words.instead !== undefined && place.file === document.file && document.isWritten(path)
  return {
    ...place,
    path: document.pathText(path),
    code: words.code ?? (rule === undefined ? 'value' : 'rule'),
    what: words.what,
    expected: words.expected,
    hint: words.hint,
    ...(words.didYouMean === undefined ? {} : { didYouMean: words.didYouMean }),
    ...(rule === undefined ? {} : { rule }),
    ...(removal === null ? {} : { fix: [removal] }),
    ...(isOwn ? { fix: [{ line, column, length, text: words.instead ?? '' }] } : {}),
    ...(words.missing === undefined ? {} : { missing: words.missing }),
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

/** Keys that are missing in the mapping at a path. */
const missingIn = (issues: readonly Issue[], path: Path, data: unknown): string[] =>
  issues
    .filter((issue) => issue.path.length === path.length + 1 && path.every((step, index) => issue.path[index] === step))
    .filter((issue) => valueAt(data, issue.path as Path) === undefined)
    .map((issue) => String(issue.path.at(-1)))

/** A distribution whose name is no key. A mapping over several lines is for the person to replace. */
function distributionFault(document: ScenarioDocument, path: Path, { text, note }: Meant): Fault {
  const { sourceLine, column } = document.place(path)
  const isInLine = sourceLine.charAt(column - 1) === '{'
  const also = note === undefined ? '' : `, ${note}`
  return faultAt(document, path, {
    what: 'a distribution without its name as the only key',
    expected: 'one key, the name, and the parameters below it, such as { exponential: { mean: 5h } }',
    hint: isInLine ? `write ${text}${also}` : `write ${String(path.at(-1))}: ${text} in place of these lines${also}`,
    instead: isInLine ? text : undefined,
    code: 'value',
  })
}

function unknownKeys(document: ScenarioDocument, issue: Issue & { keys: string[] }, all: readonly Issue[]): Fault[] {
  const known = issue.message.slice(keyWords.length).split(', ')
  const path = issue.path as Path
  const around = valueAt(document.data, path)
  const unwritten = known.filter((key) => valueAt(around, [key]) === undefined)
  const missing = missingIn(all, path, document.data)
  const meant = unwritten.length === known.length ? distributionMeant(around, known) : null
  if (meant !== null) return [distributionFault(document, path, meant)]
  return issue.keys.slice(0, mostFaults).map((key) => {
    const [, name, rest] = /^([^:\s]+):(\S+)$/.exec(key) ?? []
    const glued = name !== undefined && known.includes(name) && valueAt(around, [key]) === null
    const near = glued ? name : keyMeant(key, { known, unwritten, missing, isOnly: issue.keys.length === 1 })
    const instead = glued ? `${name}: ${rest}` : near
    const isWritten = near !== undefined && !glued && !unwritten.includes(near)
    const words = {
      what: glued ? 'a colon without a space after it' : `unknown key ${key}`,
      expected: glued ? `${name}: and a space before its value` : `one of the keys ${known.join(', ')}`,
      hint:
        instead === undefined || isWritten
          ? isWritten
            ? `remove it; ${near} is written already`
            : 'remove it'
          : glued
            ? `write ${instead}`
            : `write ${instead}, or remove it`,
      didYouMean: near,
      instead: isWritten ? undefined : instead,
      remove: isWritten || instead === undefined,
      code: 'unknown-key' as const,
    }
    return faultAt(document, [...path, key], words, 'key')
  })
}

/** The first example in the expected words: a bracketed or quoted whole, or one word. */
function example(expected: string): string | null {
  const such = / such as (?:(\[.*\]|\{.*\})|("[^"]*"|[^\s,]+))/.exec(expected)
  return such ? (such[1] ?? such[2]) : null
}

/** The hint where nothing is known of what was meant: an example that the schema takes. */
function hintWords(expected: string, issue: Issue): string {
  const text = example(expected)
  if (text !== null) return `write for example ${text}`
  if (issue.code === 'too_small' && issue.origin === 'number')
    return `write ${Number(issue.minimum) + (issue.inclusive === false ? 1 : 0)}`
  if (issue.code === 'too_big' && issue.origin === 'number') return `write ${issue.maximum}`
  if (/^a (whole )?number\b/.test(expected)) return 'write for example 1'
  if (/^true or false/.test(expected)) return 'write true or false'
  return `write ${expected}`
}

/** What of the scenario bears on the values in it. */
function surroundingsOf(document: ScenarioDocument, path: Path): Surroundings {
  const start = valueAt(document.data, ['start'])
  const offset = offsetMeant(valueAt(document.data, ['policies', 'time.utcOffset']))
  return {
    start: (typeof start === 'string' ? parseInstant(start) : null) ?? undefined,
    offsetMs: offset === null ? 8 * HOUR : offsetOf(offset.text),
    key: String(path.at(-1)),
    ofRun: path.length === 1 && path[0] === 'duration',
  }
}

/** Several of the keys are written of which one may be, or none of them. */
function oneOfFault(document: ScenarioDocument, path: Path, expected: string): Fault | null {
  const [, list] = /^exactly one of:? (.*)$/.exec(expected) ?? []
  const value = valueAt(document.data, path)
  if (list === undefined || typeof value !== 'object' || value === null) return null
  const names = list.split(/, | or /)
  const written = Object.keys(value).filter((name) => names.includes(name))
  if (written.length > 1) {
    const last = written.at(-1) as string
    const others = written.slice(0, -1).join(' and ')
    const words = {
      what: `${written.length === 2 ? 'both ' : ''}${written.join(' and ')}`,
      expected,
      hint: `remove ${last}${written.length === 2 ? `, or ${others}` : `; keep one of ${written.join(', ')}`}`,
      code: 'one-of' as const,
    }
    return faultAt(document, [...path, last], { ...words, remove: true }, 'key')
  }
  const [first] = names
  const text = exampleOf(document.data, [...path, first === 'end' ? 'duration' : first]) ?? '…'
  const words = {
    what: `none of ${names.join(', ')}`,
    expected,
    hint:
      first === 'constant'
        ? 'write for example { constant: 1h }'
        : `add ${first === 'end' ? 'duration' : first}: ${text}`,
    code: 'one-of' as const,
  }
  return faultAt(document, path, words, path.length === 0 ? 'value' : 'key')
}

function missingKey(document: ScenarioDocument, issue: Issue, expected: string): Fault {
  const path = issue.path as Path
  const key = String(path.at(-1))
  const [choice] = choicesOf(issue)
  const text = exampleOf(document.data, path) ?? choice ?? example(expected) ?? '…'
  return faultAt(document, path, {
    what: `no ${key}`,
    expected: `${key}: ${expected}`,
    hint: `add ${key}: ${text}`,
    code: 'missing-key',
  })
}

/** A list where a mapping is expected, the other way round, or nothing at all below a key. */
function shapeHint(value: unknown, expected: string): string | null {
  if (value === null && /^a (list|mapping)/.test(expected))
    return 'write its content on the lines below, indented more than its key; or remove the key'
  if (Array.isArray(value) && !/list|steps|bands/.test(expected))
    return value.length === 1 ? 'remove the hyphen or the [ ] around the value' : 'keep one value, without a hyphen'
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && /^a list/.test(expected))
    return 'write "- " before its first key, and indent the others to the same column; in one line: [{ … }]'
  return null
}

function plainFault(document: ScenarioDocument, issue: Issue): Fault {
  const path = issue.path as Path
  const expected = issue.message.replace(/^expected /, '')
  const value = valueAt(document.data, path)
  const key = path.at(-1)
  if (value === undefined && typeof key === 'string') return missingKey(document, issue, expected)
  const oneOf = oneOfFault(document, path, expected)
  if (oneOf !== null) return oneOf
  const atKey = issue.code === 'custom' && issue.params?.atKey === true
  const meant = valueMeant({ value, expected, issue }, surroundingsOf(document, path))
  const found = atKey ? `found the name ${key}` : `found ${shown(value)}`
  if (meant === null) {
    const hint = shapeHint(value, expected) ?? hintWords(expected, issue)
    return faultAt(document, path, { what: found, expected, hint, code: 'value' }, atKey ? 'key' : 'value')
  }
  const note = meant.note === undefined ? '' : `${/^if /.test(meant.note) ? '' : ','} ${meant.note}`
  const isChoice = choicesOf(issue).length > 0
  const words = {
    what: meant.what ?? found,
    expected,
    hint: `write ${meant.text}${note}`,
    didYouMean: isChoice ? meant.text : undefined,
    instead: meant.text,
    code: 'value' as const,
  }
  return faultAt(document, path, words, atKey ? 'key' : 'value')
}

/**
 * Errors for the issues of a parse. What a mistyped key explains is not reported twice: the key that is missing next to
 * it, and that no key of several was written.
 */
export function explain(document: ScenarioDocument, issues: readonly Issue[]): Fault[] {
  const plain = issues.slice(0, mostFaults).flatMap((issue) => opened(issue, []))
  const mistyped = plain.filter((issue) => issue.code === 'unrecognized_keys')
  const unknown = mistyped.flatMap((issue) => unknownKeys(document, issue, plain))
  const around = new Set(mistyped.map((issue) => document.pathText(issue.path as Path)))
  const meant = new Set(unknown.map(({ path, didYouMean: near }) => `${path.replace(/[^.]*$/, '')}${near}`))
  const others = plain
    .filter((issue) => issue.code !== 'unrecognized_keys')
    .filter((issue) => issue.code !== 'custom' || !around.has(document.pathText(issue.path as Path)))
    .map((issue) => plainFault(document, issue))
    .filter((fault) => !(fault.what.startsWith('no ') && meant.has(fault.path)))
  return [...unknown, ...others]
}
