/** Which known name a wrong one was meant to be. Letters to change are counted as Levenshtein (1965) does, without case. */
import { distance } from 'fastest-levenshtein'

/** The known name with the fewest letters to change; of equals the first. Undefined where none is known. */
export function nearestName(wrong: string, known: Iterable<string>): string | undefined {
  const lower = wrong.toLowerCase()
  let nearest: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const name of known) {
    const far = distance(lower, name.toLowerCase())
    if (far >= least) continue
    least = far
    nearest = name
  }
  return nearest
}

/** The `count` names nearest to a wrong one, the nearest first; equally near ones by name. */
export function nearestNames(wrong: string, names: readonly string[], count = 3): string[] {
  return names
    .map((name) => ({ name, far: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name)
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')
const sorted = (text: string): string => [...text].sort().join('')

/** Letters to change; two that changed places count as one. */
function far(a: string, b: string): number {
  const letters = distance(a, b)
  return letters === 2 && sorted(a) === sorted(b) ? 1 : letters
}

/** Letters that may differ in names of this length: one in three, and always two from four letters on. */
const allowed = (length: number): number => (length < 4 ? 1 : Math.max(2, Math.floor(length / 3)))

/**
 * The name that was probably meant, or undefined where none is near: the same letters with other case or punctuation, else
 * the nearest one of which at most a third of the letters differ.
 */
export function didYouMean(wrong: string, names: readonly string[]): string | undefined {
  const same = names.find((name) => lettersOf(name) === lettersOf(wrong))
  if (same !== undefined) return same
  const lower = wrong.toLowerCase()
  const [best] = names
    .map((name) => ({ name, far: far(lower, name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
  if (best === undefined) return undefined
  return best.far <= allowed(Math.max(wrong.length, best.name.length)) ? best.name : undefined
}
