/** A misspelt key is an error: left alone it would drop a discount or a tax without a word. */
import { distance } from 'fastest-levenshtein'
import { BillingFault, shown } from './fault.ts'

/** The keys an object may have, asked for each request. */
export const keySet = (...keys: readonly string[]): ReadonlySet<string> => new Set(keys)

/** The known name with the fewest letters to change; of equals the first. */
export function nearestOf(wrong: string, known: Iterable<string>): string | undefined {
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

const listed = (texts: readonly string[]): string =>
  texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`

/**
 * Throws BillingFault for keys that are not in `known`: all of them, each with the nearest known one. `names`: what may
 * have been meant, where that is more than what is known here.
 */
export function refuseUnknownKeys(
  value: object,
  known: ReadonlySet<string>,
  where: string,
  names: Iterable<string> = known,
): void {
  for (const key in value) if (!known.has(key)) throw unknownKeys(value, known, where, names)
}

function unknownKeys(value: object, known: ReadonlySet<string>, where: string, names: Iterable<string>): BillingFault {
  const wrong = Object.keys(value).filter((key) => !known.has(key))
  const nearest = [...new Set(wrong.map((key) => shown(nearestOf(key, names))))]
  const what =
    wrong.length === 1
      ? `${shown(wrong[0])} is an unknown key`
      : `${listed(wrong.map((key) => shown(key)))} are unknown keys`
  return new BillingFault(where, what, `did you mean ${listed(nearest)}? The keys here are ${[...known].join(', ')}`)
}
