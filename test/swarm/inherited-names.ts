/** Names that every object inherits, in place of the swarm's own: what they lead to must be what the file says. */
import type { Doc } from './read-doc.ts'

const renamed = new Map([
  ['r1', 'constructor'],
  ['r2', 'toString'],
  ['r1z1', 'valueOf'],
  ['r2z1', 'constructor'],
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

/** A name, or a member of a segment such as `isv1/2`. */
const nameOf = (text: string): string => {
  const [segment, number] = text.split('/')
  const name = renamed.get(segment) ?? segment
  return number === undefined ? name : `${name}/${number}`
}

function withNames(value: unknown): unknown {
  if (typeof value === 'string') return nameOf(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withNames)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [nameOf(key), withNames(each)]))
}

/** The same scenario with those names, wherever it has one. */
export const withInheritedNames = (doc: Doc): Doc => withNames(doc) as Doc
