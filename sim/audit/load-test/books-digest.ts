/**
 * The fingerprint of books that several threads wrote: each operation's row and postings have one of their own, and
 * these add up. So it does not matter which ledger holds an operation, and any difference in any of them shows.
 */
import { Digest } from '#engine/digest.ts'
import { operationKinds } from '../../record/load-ledger.ts'
import type { BookedOperation } from './ledger-reader.ts'

const empty = new Digest().save()

export class BooksDigest {
  readonly #digest = new Digest()
  readonly #sum = new Uint32Array(4)

  add({ kind, row, legs }: BookedOperation): void {
    const digest = this.#digest
    digest.restore(empty)
    digest.fold(kind === undefined ? -1 : operationKinds.indexOf(kind))
    for (const value of row) digest.fold(value)
    for (const leg of legs) for (const value of leg) digest.fold(value)
    // So that the last value is spread over all lanes too.
    digest.fold(row.length)
    digest.fold(legs.length)
    const lanes = digest.save()
    for (let lane = 0; lane < 4; lane++) this.#sum[lane] += lanes[lane]
  }

  get lanes(): readonly number[] {
    return [...this.#sum]
  }
}

/** 32 hexadecimal digits of the books of all ledgers. */
export function combinedDigest(ledgers: readonly (readonly number[])[]): string {
  const sum = new Uint32Array(4)
  for (const lanes of ledgers) for (let lane = 0; lane < 4; lane++) sum[lane] += lanes[lane]
  return [...sum].map((lane) => lane.toString(16).padStart(8, '0')).join('')
}
