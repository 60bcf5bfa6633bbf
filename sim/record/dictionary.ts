import { nameHash } from '#engine/name-hash.ts'

/**
 * The words that facts hold as numbers: states, events, kinds, codes, rules. A number is a place in the list and holds
 * within one record only; a digest folds the hash of the word, so that a word may be added anywhere.
 */
export class Dictionary {
  /** By number; 0 is no word. */
  readonly words: readonly string[]
  /** By number: what a digest folds. */
  readonly hashes: Int32Array
  readonly #numbers: ReadonlyMap<string, number>

  constructor(words: readonly string[]) {
    this.words = words
    this.hashes = Int32Array.from(words, nameHash)
    this.#numbers = new Map(words.map((word, index) => [word, index]))
  }

  /** @throws Error for a word that is not in the list: an error of the program */
  numberOf(word: string): number {
    const found = this.#numbers.get(word)
    if (found === undefined)
      throw new Error(`the dictionary has no word '${word}': add it to the list it is built from`)
    return found
  }
}
