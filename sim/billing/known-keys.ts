/** A misspelt key is an error: left alone it would drop a discount or a tax without a word. */

import { BillingError } from '#base/billing-error.ts'
import { nearestName } from '#base/did-you-mean.ts'
import { shown } from '#base/shown.ts'

/** The keys an object may have, asked for each request. */
export const keySet = (...keys: readonly string[]): ReadonlySet<string> => new Set(keys)

const listed = (texts: readonly string[]): string =>
  texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`

/**
 * Throws BillingError for keys that are not in `known`: all of them, each with the nearest known one. `names`: what may
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

function unknownKeys(value: object, known: ReadonlySet<string>, where: string, names: Iterable<string>): BillingError {
  const wrong = Object.keys(value).filter((key) => !known.has(key))
  const nearest = [...new Set(wrong.map((key) => shown(nearestName(key, names))))]
  const what =
    wrong.length === 1
      ? `${shown(wrong[0])} is an unknown key`
      : `${listed(wrong.map((key) => shown(key)))} are unknown keys`
  return new BillingError(where, what, `did you mean ${listed(nearest)}? The keys here are ${[...known].join(', ')}`)
}
