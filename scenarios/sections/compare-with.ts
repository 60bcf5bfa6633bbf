/** `compareWith`: further runs of the scenario with some values changed, made with each run of it. */
import { z } from '../zod.ts'
import { id } from './names.ts'

export interface ComparedRun {
  /** What the answer calls it, and its folder `compare/NAME`. */
  readonly name: string
  /** Its changes, as `--set` takes them: `policies.pool.whenFull=refuse`. */
  readonly sets: readonly string[]
}

const MOST = 4
const words = 'expected a name and its changes, such as refuse: { policies.pool.whenFull: refuse }'

/** A value as `--set` reads it back. */
const written = (value: unknown): string => JSON.stringify(value)

const changes = z
  .record(z.string().min(1).max(200), z.unknown(), { error: words })
  .refine((record) => Object.keys(record).length > 0, { error: words })
  .describe('Paths of the scenario and their values in that run, as --set writes them.')

export const compareWith = z
  .record(id, changes, { error: words })
  .refine((record) => Object.keys(record).length <= MOST, { error: `expected at most ${MOST} runs to compare with` })
  .transform((record): ComparedRun[] =>
    Object.entries(record).map(([name, values]) => ({
      name,
      sets: Object.entries(values).map(([path, value]) => `${path}=${written(value)}`),
    })),
  )
  .describe('Further runs of the scenario, by name, with some values changed; an answer may use figures of both.')
