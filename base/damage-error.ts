/** Damage of files that marketsim wrote: a record, a manifest, the state of an interrupted run. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from './input-error.ts'

const AGAIN = 'run the scenario again; the `repeat` of its manifest.json is the command'

/**
 * A file that is not as marketsim wrote it. Thrown where the damage is found; `where` is the file. The command line ends
 * with exit code 5 for this class, and for no other error.
 */
export class DamageError extends InputError {
  declare readonly where: string

  constructor(where: string, what: string, hint = AGAIN) {
    super(what, hint, where)
  }

  /** The damage that an error reports, also as the cause of another error, or without its class from another thread. */
  static in(error: unknown): DamageError | undefined {
    for (let each = error; each instanceof Error; each = each.cause) {
      if (each instanceof DamageError) return each
      const { name, what, where, hint } = each as Partial<DamageError>
      if (name === DamageError.name && what !== undefined && where !== undefined)
        return new DamageError(where, what, hint)
    }
    return undefined
  }
}

/** The JSON file that marketsim wrote at `path`. @throws DamageError if it is not JSON; `hint` says how to get it back */
export function undamagedJson<T>(path: string, hint?: string): T {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text) as T
  } catch (error) {
    throw new DamageError(path, `${basename(path)} is damaged: ${(error as Error).message}`, hint)
  }
}
