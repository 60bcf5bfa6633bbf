/** What the journals for other accountants have in common: how they are split, and text that no format trips over. */
import { DAY } from '#base/time.ts'
import { balancesAt, type LedgerAccount } from '../ledger/chart-of-accounts.ts'
import type { RunRecord } from '../record.ts'
import { type Movement, movementsOf } from './movements.ts'

/** Takes the text of one file. */
export interface TextFile {
  write(text: string): void
}

/** Takes the bytes of one file. */
export interface ByteFile {
  writeBytes(bytes: Uint8Array): void
}

/** Opens files by name; each is closed when the next is opened. */
export interface Files<F = TextFile> {
  open(name: string): F
  /** Called now and then with the part that is done, from 0 to 1. */
  progress?(fraction: number): void
}

/** Files of an export: written through here, or put in their place by another writer. */
export interface ExportFiles extends Files<TextFile & ByteFile> {
  /** The path at which to write a file. */
  place(name: string): string
}

/** What only some formats take. */
export interface ExportOptions {
  /** Numbers of invoices and credit notes; all where there are none. */
  readonly documents?: readonly string[]
}

/** How a program wants its books. */
export interface JournalFormat {
  /** Of the file's name. */
  readonly ending: string
  head(accounts: readonly LedgerAccount[]): string
  transaction(movement: Movement): string
  include(file: string): string
  /** Asserts what every account holds after the last movement; days count from 1 January 1970. */
  closing(accounts: readonly LedgerAccount[], lastDay: number): string
}

/** Progress is reported every so many transactions. */
export const OFTEN = 1_000

/** Transactions in one file. */
export const MOST_TRANSACTIONS = 100_000

/** Transactions of a journal, but for those that are drawn on a later day than they are about. */
const countSql = `SELECT (SELECT coalesce(sum(repeats), 0) FROM transactions) + (SELECT coalesce(sum(earned_to - earned_from - 1), 0) FROM recognitions) AS count`

/** How many transactions the books of a record have. */
export const transactionsIn = (record: RunRecord): number => Number(record.rows<{ count: bigint }>(countSql)[0].count)

/**
 * Writes `name.ending`; with more transactions than belong in one file, `name-001.ending` and so on next to it, included by
 * it in their order. Returns the number of transactions.
 */
export function writeJournal(
  record: RunRecord,
  files: Files,
  name: string,
  format: JournalFormat,
  most = MOST_TRANSACTIONS,
): number {
  const accounts = balancesAt(record)
  const main = `${name}.${format.ending}`
  const part = (number: number): string => `${name}-${String(number).padStart(3, '0')}.${format.ending}`
  const count = transactionsIn(record)
  const isSplit = count > most
  let file = isSplit ? undefined : files.open(main)
  file?.write(format.head(accounts))
  let last = dayOf(record.meta.start, record)
  let written = 0
  let parts = 0
  for (const movement of movementsOf(record)) {
    if (isSplit && written % most === 0) file = files.open(part(++parts))
    file?.write(format.transaction(movement))
    last = movement.day
    written++
    if (written % OFTEN === 0) files.progress?.(Math.min(1, written / count))
  }
  if (isSplit) {
    file = files.open(main)
    file.write(format.head(accounts))
    for (let each = 1; each <= parts; each++) file.write(format.include(part(each)))
    file.write('\n')
  }
  file?.write(format.closing(accounts, last))
  return written
}

const dayOf = (instant: number, { meta }: RunRecord): number => Math.floor((instant + meta.utcOffset) / DAY)

/** Text for one line of a journal: no line ends or other controls, and nothing that begins a comment or parts a payee. */
export const plainText = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[;|"\\]/g, ',')
    .replace(/ {2,}/g, ' ')
    .trim()
