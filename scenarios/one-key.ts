/** Objects of which exactly one key is written: `{ exponential: { mean: 5h } }`, `{ poisson: { total: 3/h } }`. */
import { z } from './zod.ts'

type Shapes = Record<string, z.ZodType>
/** The value written under the one key, still keyed. */
export type OneKey<S extends Shapes> = { [K in keyof S]: { [P in K]: z.output<S[K]> } }[keyof S]

/**
 * A strict object of exactly one of these keys. Better than a union of objects: an error inside is reported for the key
 * that was written, and a mistyped key gets its "did you mean".
 */
export function oneKey<S extends Shapes>(shapes: S) {
  const names = Object.keys(shapes)
  const words = `expected exactly one of: ${names.join(', ')}`
  const optional = Object.fromEntries(names.map((name) => [name, shapes[name].optional()]))
  return z
    .strictObject(optional, { error: (issue) => (issue.code === 'invalid_type' ? words : undefined) })
    .refine((value) => Object.values(value).filter((part) => part !== undefined).length === 1, { error: words })
    .transform((value) => value as OneKey<S>)
    .meta({ minProperties: 1, maxProperties: 1 })
}
