/**
 * Addresses of the pages over records. They are the same from one start of the server to the next, so that one can be
 * written down: a run is called by its folder, and everything in it by what `explain` calls it.
 */
import type { Subject } from '../explain/subjects.ts'

/** The lists of a run. */
export const listNames = ['accounts', 'orders', 'bills', 'refusals', 'differences'] as const
export type ListName = (typeof listNames)[number]

type Query = Readonly<Record<string, string | number | undefined>>

/** `?q=crm&page=2`; empty values are left out. */
export function queryText(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`
}

/** A name as part of a path. A browser would take the path segments `.` and `..` for folders, and drop empty ones. */
function pathOf(name: string): string {
  const parts = name.split('/')
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..')
  return isPlain ? parts.map(encodeURIComponent).join('/') : encodeURIComponent(name)
}

export const runAddress = (run: string): string => `/run/${encodeURIComponent(run)}`

export const listAddress = (run: string, list: ListName, query: Query = {}): string =>
  `${runAddress(run)}/${list}${queryText(query)}`

/** The page that explains something: `/run/quickstart-42/bill/start-ups/1/2024-03`. */
export const subjectAddress = (run: string, subject: Subject, id: string | bigint | number): string =>
  `${runAddress(run)}/${subject}/${pathOf(String(id))}`

/** A line of what is explained: the page has it in view. */
export const lineAddress = (subject: string, line: string): string => `${subject}${queryText({ line })}#${line}`

export const tableAddress = (run: string, table: string, query: Query = {}): string =>
  `${runAddress(run)}/table/${encodeURIComponent(table)}${queryText(query)}`

/** Work that is under way. */
export const LIVE = '/live'

export const RULES = '/rules'
export const ruleAddress = (rule: string): string => `${RULES}#${rule}`

/** The parts of a path, decoded. Undefined where it is not one of ours. */
export function partsOf(path: string): readonly string[] | undefined {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
}
