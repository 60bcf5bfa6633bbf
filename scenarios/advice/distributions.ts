/** A distribution whose name is no key: `{ distribution: exponential, mean: 10h }`, or `{ mean: 10h }`. */
import { type DistributionName, parameters } from '#engine/random/parameters.ts'
import { choiceMeant } from './choices.ts'
import { keyMeant } from './keys.ts'
import type { Meant } from './times.ts'

/** What people call the key of the name. */
const nameKeys = ['distribution', 'dist', 'type', 'kind', 'law', 'name', 'model', 'family']

/** The distribution that parameters belong to where it has no name; the first of which all are written counts. */
const unnamed: readonly (readonly [parameters: readonly string[], name: DistributionName, note?: string])[] = [
  [['mean'], 'exponential', 'or another distribution with this mean'],
  [['mean', 'sd'], 'lognormal', 'or normal'],
  [['min', 'max'], 'uniform'],
  [['min', 'mode', 'max'], 'triangular', 'or pert'],
]

const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number'

/** Keys of parameters as the distribution calls them, each with what was written. */
function namedParameters(name: DistributionName, written: readonly (readonly [string, string | number])[]) {
  const known = parameters[name].forms.flat().map((parameter) => parameter.name)
  return written.map(([key, value]) => {
    const others = known.filter((each) => each !== key && !written.some(([other]) => other === each))
    const meant = known.includes(key)
      ? key
      : (keyMeant(key, { known, unwritten: others, missing: others, isOnly: written.length === 1 }) ?? key)
    return [meant, value] as const
  })
}

/** The distribution that a mapping means which has none of the names `known`; null where none is likely. */
export function distributionMeant(value: unknown, known: readonly string[]): Meant | null {
  if (!known.includes('exponential') || typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const written = Object.entries(value)
  if (!written.every((entry): entry is [string, string | number] => isScalar(entry[1]))) return null
  const named = written.find(([key]) => nameKeys.includes(key.toLowerCase()))
  const rest = written.filter((entry) => entry !== named)
  if (rest.length === 0) return null
  const keys = namedParameters('lognormal', rest).map(([key]) => key)
  const byKeys = unnamed.find(
    ([wanted]) =>
      wanted.length === rest.length && wanted.every((key) => keys.includes(key) || rest.some(([own]) => own === key)),
  )
  const name = named === undefined ? byKeys?.[1] : choiceMeant(String(named[1]), known)
  if (name === undefined || !Object.hasOwn(parameters, name)) return null
  const note = named === undefined ? byKeys?.[2] : undefined
  if (name === 'constant') return rest.length === 1 ? { text: `{ constant: ${rest[0][1]} }` } : null
  const list = namedParameters(name as DistributionName, rest).map(([key, each]) => `${key}: ${each}`)
  return { text: `{ ${name}: { ${list.join(', ')} } }`, ...(note === undefined ? {} : { note }) }
}
