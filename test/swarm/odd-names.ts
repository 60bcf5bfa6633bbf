/** Names at their limits in place of the swarm's own, inherited by every object or as long as they may be. */
import type { Doc } from './read-doc.ts'

const renamed = new Map([
  ['r1', 'constructor'],
  ['r2', 'toString'],
  ['r1z1', 'valueOf'],
  ['r2z1', 'constructor'],
  ['h1', 'toString'],
  ['h2', 'valueOf'],
  ['f1', 'hasOwnProperty'],
  ['f2', 'isPrototypeOf'],
  ['isv1', 'constructor'],
  ['b1', 'toString'],
  ['b2', 'constructor'],
  ['p1', 'valueOf'],
  ['p2', 'constructor'],
  ['s1', 'toLocaleString'],
  ['s2', 'constructor'],
  ['c1', 'hasOwnProperty'],
  ['c2', 'constructor'],
])

/** The same, each of 64 characters and different only in the last ones. */
const long = new Map(
  [...renamed.keys()].map((name) => [name, `X${'-._'.repeat(22).slice(0, 63 - name.length)}${name}`]),
)

/** A name, or a member of a segment such as `isv1/2`. */
const nameOf = (text: string, names: ReadonlyMap<string, string>): string => {
  const [segment, number] = text.split('/')
  const name = names.get(segment) ?? segment
  return number === undefined ? name : `${name}/${number}`
}

function withNames(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return nameOf(value, names)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => withNames(each, names))
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [nameOf(key, names), withNames(each, names)]))
}

/** The same scenario with names that every object inherits: what they lead to must be what the file says. */
export const withInheritedNames = (doc: Doc): Doc => withNames(doc, renamed) as Doc

/** The same scenario with the longest names. */
export const withLongNames = (doc: Doc): Doc => withNames(doc, long) as Doc
