/** `--set path=value`: a scenario with some values replaced, their errors placed at the option's text. */
import { didYouMean } from '#base/did-you-mean.ts'
import { bounds, itemNames, type Override, type Path, ScenarioDocument, valueAt } from './document.ts'
import type { Fault } from './errors.ts'
import { type Rename, renamedPath, renameWords } from './renames.ts'
import { sections } from './schema.ts'
import type { Warning } from './warnings.ts'

type Words = Pick<Fault, 'what' | 'expected' | 'hint' | 'didYouMean'>
type Step = string | number
interface Child {
  readonly step: Step
  /** The words by which a person may call it. */
  readonly names: readonly string[]
}

/** The keys of a mapping, or the items of a list by position and by the names that no other item has. */
function children(value: unknown): Child[] {
  if (Array.isArray(value)) {
    const ids = value.map((item) => itemNames.map((key) => valueAt(item, [key])).filter((id) => typeof id === 'string'))
    const holders = new Map<string, number>()
    for (const id of ids.flatMap((own) => [...new Set(own)])) holders.set(id, (holders.get(id) ?? 0) + 1)
    return ids.map((own, step) => ({ step, names: [...own.filter((id) => holders.get(id) === 1), String(step)] }))
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value).map((step) => ({ step, names: [step] }))
}

/** Each child that the text begins with, and what is left of the text; the longest name first. */
function matches(value: unknown, text: string): { step: Step; name: string; rest: string }[] {
  const found = children(value).flatMap(({ step, names }) => {
    const name = names.filter((each) => text === each || text.startsWith(`${each}.`)).sort(byLength)[0]
    return name === undefined ? [] : [{ step, name, rest: text.slice(name.length + 1) }]
  })
  return found.sort((a, b) => byLength(a.name, b.name))
}

const byLength = (a: string, b: string) => b.length - a.length

/**
 * The path that the text names, dots inside keys and ids included. The last step may be a key that is not written
 * yet: the schema says later whether there is such a key. A path that is null leads nowhere.
 */
function resolve(value: unknown, text: string): Path | null {
  if (text === '') return []
  for (const { step, rest } of matches(value, text)) {
    const inner = resolve(valueAt(value, [step]), rest)
    if (inner) return [step, ...inner]
  }
  return null
}

/** The longest written beginning of the text, and what is left of it. */
function furthest(value: unknown, text: string): { path: Path; rest: string } {
  const candidates = matches(value, text).map(({ step, rest }) => {
    const inner = furthest(valueAt(value, [step]), rest)
    return { path: [step, ...inner.path], rest: inner.rest }
  })
  return candidates.reduce((best, each) => (each.rest.length < best.rest.length ? each : best), {
    path: [],
    rest: text,
  })
}

/** Every path that ends as the text says: `pools.i860.capacity` below some zone. */
function endings(value: unknown, text: string, above: Path = []): Path[] {
  if (above.length > bounds.depth) return []
  return children(value).flatMap(({ step }) => {
    // Its keys are paths themselves, of what they change.
    if (above.length === 0 && step === 'compareWith') return []
    const inner = valueAt(value, [step])
    const here = resolve(inner, text)
    return [...(here ? [[...above, step, ...here]] : []), ...endings(inner, text, [...above, step])]
  })
}

/** A copy with the value at the path replaced, or a key removed; what is on the way is copied, the rest is shared. */
function withValue(data: unknown, path: Path, value: unknown): unknown {
  if (path.length === 0) return value
  const [step, ...rest] = path
  if (typeof step === 'number') {
    const items = Array.isArray(data) ? data : []
    if (step === items.length) return [...items, withValue(undefined, rest, value)]
    return items.map((item, index) => (index === step ? withValue(item, rest, value) : item))
  }
  const copy = Object.assign(Object.create(null), data) as Record<string, unknown>
  if (rest.length === 0 && value === undefined) delete copy[step]
  else copy[step] = withValue((data as Record<string, unknown> | null)?.[step], rest, value)
  return copy
}

/** A short path finds only what is there: how to write one whose beginning names one mapping, and whose end is new. */
function newKeyHint(data: unknown, text: string): string | undefined {
  const parts = text.split('.')
  for (let count = parts.length - 1; count > 0; count--) {
    const ends = new Map(endings(data, parts.slice(0, count).join('.')).map((path) => [JSON.stringify(path), path]))
    const [place] = ends.values()
    if (ends.size === 1 && place !== undefined)
      return `write the whole path of a key that is new: ${[...place, ...parts.slice(count)].join('.')}`
  }
  return undefined
}

/** Where the option points: a written path, a new key of a written mapping, or a unique ending. Else an error. */
function target(data: unknown, text: string, known: readonly Rename[]): Path | Words {
  if (text.split('.').includes('__proto__'))
    return {
      what: 'the key __proto__',
      expected: 'a path of the scenario',
      hint: 'write a key that the scenario format has; `marketsim schema` lists them',
    }
  const written = resolve(data, text)
  if (written) return written
  const ends = [...new Map(endings(data, text).map((path) => [JSON.stringify(path), path])).values()]
  if (ends.length === 1) return ends[0]
  if (ends.length > 1)
    return {
      what: `${ends.length} places end in ${text}`,
      expected: 'a path that names one place',
      hint: `write it from the top, for example ${ends[0].join('.')}`,
    }
  const { path, rest } = furthest(data, text)
  const around = valueAt(data, path)
  // The item after the last one of a list.
  if (Array.isArray(around) && rest === String(around.length)) return [...path, around.length]
  if (path.length === 0 && rest === 'events.0') return ['events', 0]
  const mapping = typeof around === 'object' && around !== null && !Array.isArray(around)
  const [first] = rest.split('.')
  const isRenamed = known.some(({ in: place, from }) => place.length === 0 && from === first)
  const topLevel = path.length === 0 && (Object.hasOwn(sections, first) || isRenamed)
  if (mapping && (path.length > 0 || topLevel)) return newKey(path, rest)
  const names = children(around).map((child) => child.names[0])
  const keys = path.length === 0 ? [...new Set([...names, ...Object.keys(sections)])] : names
  const near = didYouMean(first, keys)
  return {
    what: `no ${rest || text} ${path.length > 0 ? `in ${path.join('.')}` : 'in the scenario'}`,
    expected: keys.length > 0 ? `one of: ${keys.slice(0, 12).join(', ')}` : 'a path to an existing value',
    hint:
      near === undefined
        ? (newKeyHint(data, text) ?? 'write a path of the scenario')
        : `write ${[...path, near].join('.')}`,
    ...(near === undefined ? {} : { didYouMean: near }),
  }
}

/**
 * The path that a text such as `policies.grace.days` names in the data of a scenario, or what is wrong with it.
 * @returns keys and list positions from the top
 */
export const namedPath = (data: unknown, text: string): Path | Words => target(data, text, [])

/** Keys not written yet: policies keep their dots, elsewhere each dot opens a mapping. */
function newKey(path: Path, rest: string): Path {
  if (path[0] === 'policies' && path.length === 1) return [...path, rest]
  if (path.length === 0 && rest.startsWith('policies.')) return ['policies', rest.slice('policies.'.length)]
  return [...path, ...rest.split('.')]
}

/**
 * The document with each `path=value` set, in order. Steps of a path are keys, list positions, or the id, segment,
 * flavour, name or product of a list item; a path that only one place ends in may be shortened to its end. The position
 * after the last adds an item. Nothing after the = removes a key. A renamed key may have its old name, and warns.
 */
export function applySets(
  document: ScenarioDocument,
  sets: readonly string[],
  known: readonly Rename[] = [],
): { document: ScenarioDocument; faults: Fault[]; warnings: Warning[] } {
  let data = document.data
  const overrides: Override[] = []
  const faults: Fault[] = []
  const warnings: Warning[] = []
  sets.forEach((text, index) => {
    const equals = text.indexOf('=')
    const place = { file: '--set', line: index + 1, column: 1, length: Math.max(1, equals), sourceLine: text, path: '' }
    if (equals <= 0) {
      const expected = 'path=value such as policies.grace.days=3'
      faults.push({
        ...place,
        code: 'value',
        what: 'no path=value',
        expected,
        hint: 'write the path, =, and the value',
      })
      return
    }
    const value = ScenarioDocument.read('--set', text.slice(equals + 1))
    const moved = { line: index + 1, sourceLine: text }
    if (value.faults.length > 0) {
      faults.push(
        ...value.faults.map(({ fix: _, ...fault }) => ({ ...fault, ...moved, column: fault.column + equals + 1 })),
      )
      return
    }
    const found = target(data, text.slice(0, equals).trim(), known)
    if ('what' in found) {
      faults.push({ ...place, code: 'reference', ...found })
      return
    }
    const { path, met } = renamedPath(found, known)
    data = withValue(data, path, value.text.trim() === '' ? undefined : value.data)
    overrides.push({ path, document: value, column: equals + 1, text, number: index + 1 })
    for (const rename of met) warnings.push({ ...place, ...renameWords(rename) })
  })
  return { document: document.withOverrides(data, overrides), faults, warnings }
}
