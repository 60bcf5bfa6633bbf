/** The points of a sweep: every combination of the values that some places of a scenario are to take. */

/** A place of the scenario and what it is to be, as `--set` takes them. */
export interface Varied {
  readonly path: string
  readonly values: readonly string[]
}

export interface SweepPoint {
  /** `path=value`, one a place. */
  readonly sets: readonly string[]
  /** By place. */
  readonly values: readonly string[]
  /** The values, for people: `84`, or `84, queue`; empty where nothing varies. */
  readonly label: string
  /** The value as a number where a single place takes numbers, for an axis; null else. */
  readonly x: number | null
}

/** More are a slip of the hand. */
export const MOST_POINTS = 1_000

/** Commas outside of brackets and quotes part the values. */
function partsOf(text: string): string[] {
  const parts: string[] = ['']
  let depth = 0
  let quote = ''
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if ('[{('.includes(character)) depth++
    else if (']})'.includes(character)) depth--
    if (character === ',' && depth === 0 && quote === '') parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim())
}

/**
 * `path=84,96,104`, or `path=80..120/8` for 80, 88, … up to 120, or `path=80..120` for every whole number. Null where it is
 * none of these, where a value is empty or comes twice, or where the values are more than `most`.
 */
export function parseVaried(text: string, most = MOST_POINTS): Varied | null {
  const at = text.indexOf('=')
  if (at < 1) return null
  const path = text.slice(0, at).trim()
  const range = /^(\d+)\.\.(\d+)(?:\/(\d+))?$/.exec(text.slice(at + 1).trim())
  const [from, to, by = 1] = range?.slice(1).map((part) => (part === undefined ? undefined : Number(part))) ?? []
  const values = from === undefined || to === undefined ? partsOf(text.slice(at + 1)) : stepsOf(from, to, by, most)
  if (values === null || values.some((value) => value === '') || new Set(values).size < values.length) return null
  return { path, values }
}

function stepsOf(from: number, to: number, by: number, most: number): string[] | null {
  if (by === 0 || to < from || (to - from) / by >= most) return null
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, step) => String(from + step * by))
}

/** Every combination, the last place running fastest. Throws RangeError beyond `MOST_POINTS`. */
export function pointsOf(varied: readonly Varied[]): SweepPoint[] {
  const count = varied.reduce((product, { values }) => product * values.length, 1)
  if (count > MOST_POINTS) throw new RangeError(`${count} points are more than ${MOST_POINTS}`)
  const combinations = varied.reduce<string[][]>(
    (sofar, { values }) => sofar.flatMap((values_) => values.map((value) => [...values_, value])),
    [[]],
  )
  return combinations.map((values) => ({
    sets: values.map((value, index) => `${varied[index].path}=${value}`),
    values,
    label: values.join(', '),
    x: values.length === 1 && /^-?\d+(\.\d+)?$/.test(values[0]) ? Number(values[0]) : null,
  }))
}
