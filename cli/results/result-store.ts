/** Results of runs by key. A result is created once and never replaced; a second one must be the same bytes. */
import { digestOfStored } from './stored-run.ts'

/** What any store of results does; keys as of `runKey`, texts as of `storedText`. */
export interface ResultStore {
  /** Where it is, for messages; without a password. */
  readonly name: string
  /** The stored text of a key; undefined where there is none. */
  find(key: string): Promise<string | undefined>
  /** Stores a text unless its key has one. Returns the text that the key has afterwards. */
  create(key: string, text: string): Promise<string>
}

/** Two results of one run: marketsim, or a machine, is not deterministic. */
export class ResultConflict extends Error {
  override name = 'ResultConflict'

  constructor(key: string, first: string, second: string, where: string) {
    const [a, b] = [first, second].map(digestOfStored)
    super(
      `two results of one run differ: run ${key} has a result with SHA-256 ${a} in ${where}, and now one with SHA-256 ${b}`,
    )
  }
}

/** Throws ResultConflict unless a second result is the first. */
export function mustBeEqual(key: string, first: string, second: string, where: string): void {
  if (first !== second) throw new ResultConflict(key, first, second, where)
}

/** Stores a result. @throws ResultConflict where the key has another one */
export async function keepResult(store: ResultStore, key: string, text: string): Promise<void> {
  mustBeEqual(key, await store.create(key, text), text, store.name)
}
