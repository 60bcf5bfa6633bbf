/** `--policy key=value`: switches of the rulebook on the command line. */
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import type { Policies, PolicyKey } from '#scenarios/policies.ts'
import { warnOfName } from './warnings.ts'

/** A value as a scenario file would write it: JSON where it is some, else plain text. */
function written(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The rulebook's defaults with what the words change; `option`: what is before them. Throws InputError. */
export async function policiesOf(words: readonly string[], option = '--policy '): Promise<Policies> {
  // The schema takes a moment to load; without a change it is still needed for the defaults.
  const { policiesSchema, policyKeys } = await import('#scenarios/policies.ts')
  const { renames } = await import('#scenarios/renames.ts')
  const currentKey = (key: string): string => {
    const rename = renames.find(({ in: place, from }) => place.join() === 'policies' && from === key)
    if (rename !== undefined) warnOfName(`${option}${key}`, `${option}${rename.to}`)
    return rename?.to ?? key
  }
  const values: Record<string, unknown> = Object.create(null)
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1) throw new InputError(`${option}${word} has no value`, `write ${option}image.whenStopped=free`)
    const key = currentKey(word.slice(0, at))
    if (!policyKeys.includes(key as PolicyKey)) {
      const near = didYouMean(key, policyKeys)
      throw new InputError(
        `there is no policy '${key}'`,
        near === undefined ? 'the rulebook lists them; so does `npm start -- schema`' : `did you mean ${near}?`,
      )
    }
    if (Object.hasOwn(values, key)) throw new InputError(`${option}${key} is given twice`, 'remove one')
    values[key] = written(word.slice(at + 1))
  }
  const read = policiesSchema.safeParse(values)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new InputError(`${option}${String(issue.path[0])}: ${issue.message}`, 'write one of its values')
}
