/** What the journals for other accountants have in common: how they are split, and text that no format trips over. */
import { balancesAt, type LedgerAccount } from '../ledger/chart-of-accounts.ts'
import type { RunRecord } from '../record.ts'
import { type Movement, movementsOf } from './movements.ts'

/** Takes the text of one file. */
export interface TextFile {
  write(text: string): void
}

/** Opens files by name; each is closed when the next is opened. */
export interface Files {
  open(name: string): TextFile
}

/** How a program wants its books. */
export interface JournalFormat {
  /** Of the file's name. */
  readonly ending: string
  head(accounts: readonly LedgerAccount[]): string
  transaction(movement: Movement): string
  include(file: string): string
  /** Asserts what every account holds after the last movement. */
  closing(accounts: readonly LedgerAccount[], lastMovement: number): string
}

/** Transactions in one file. */
export const MOST_TRANSACTIONS = 100_000

/**
 * Writes `name.ending`; with more transactions than fit in one file, `name-001.ending` and so on beside it, included by
 * it in their order. Answers the number of transactions.
 */
export function writeJournal(
  record: RunRecord,
  files: Files,
  name: string,
  format: JournalFormat,
  most = MOST_TRANSACTIONS,
): number {
  const accounts = balancesAt(record)
  const [{ count }] = record.rows<{ count: bigint }>('SELECT coalesce(sum(repeats), 0) AS count FROM transactions')
  const parts = count > most ? Math.ceil(Number(count) / most) : 0
  const part = (number: number): string => `${name}-${String(number).padStart(3, '0')}.${format.ending}`
  const main = files.open(`${name}.${format.ending}`)
  main.write(format.head(accounts))
  for (let each = 1; each <= parts; each++) main.write(format.include(part(each)))
  let last = record.meta.start
  let written = 0
  let file: TextFile = main
  if (parts > 0) main.write(`\n${format.closing(accounts, lastMovement(record))}`)
  for (const movement of movementsOf(record)) {
    if (parts > 0 && written % most === 0) file = files.open(part(written / most + 1))
    file.write(format.transaction(movement))
    last = movement.at
    written++
  }
  if (parts === 0) main.write(format.closing(accounts, last))
  return written
}

const lastMovement = (record: RunRecord): number =>
  Number(record.rows<{ at: bigint }>('SELECT max(at + (repeats - 1) * 3600000) AS at FROM transactions')[0].at)

/** Text for one line of a journal: no line ends or other controls, and nothing that begins a comment or parts a payee. */
export const plainText = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[;|"\\]/g, ',')
    .replace(/ {2,}/g, ' ')
    .trim()
