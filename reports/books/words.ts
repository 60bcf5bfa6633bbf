import type { RunRecord } from '../record.ts'

/** Gives a word its number in the record; -1, which no fact has, when it knows none. */
export function wordNumbers(record: RunRecord): (word: string) => number {
  const numbers = new Map(record.rows('SELECT id, word FROM words').map(({ id, word }) => [String(word), Number(id)]))
  return (word) => numbers.get(word) ?? -1
}
