/** What the journals for other accountants have in common: how they are split, and text that no format trips over. */
import { dateText } from '#base/civil-text.ts'
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { DAY } from '#base/time.ts'
import { balancesAt, type LedgerAccount } from '../ledger/chart-of-accounts.ts'
import type { RunRecord } from '../record.ts'
import type { FocusVersion } from './focus-rows.ts'
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
  /** Whether a journal has a file for each civil month. */
  readonly byMonth?: boolean
  readonly focusVersion?: FocusVersion
  /** Where the files will be as a shell reads it, for the commands that are shown. */
  readonly folder?: string
}

/** What an export came to. */
export interface ExportOutcome {
  /** Transactions, rows, or what else it counts. */
  readonly count: number
  /** What else is to be known: how to read what was written. */
  readonly notes?: readonly string[]
  /** What the files do not have of the run. */
  readonly warnings?: readonly string[]
  /** Whether something that belongs in the files cannot be said in them. */
  readonly isIncomplete?: boolean
  /** Whether the record contradicts itself. */
  readonly isWrong?: boolean
}

/** How a program wants its books. */
export interface JournalFormat {
  /** Of the file's name. */
  readonly ending: string
  head(accounts: readonly LedgerAccount[]): string
  transaction(movement: Movement): string
  include(file: string): string
  /** Asserts what every account holds at the end of a day, after its movements; days count from 1 January 1970. */
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

/** How a journal is cut into files. */
interface Cut {
  /** Transactions in one file. */
  readonly most?: number
  /** Whether each civil month begins a file, and ends with the balances that the record has then. */
  readonly byMonth?: boolean
}

/**
 * Writes `name.ending`; with more transactions than belong in one file, `name-001.ending` and so on next to it, included by
 * it in their order; by month `name-2024-03.ending`, or of a larger month `name-2024-03-001.ending`. Returns the number of
 * transactions.
 */
export function writeJournal(
  record: RunRecord,
  files: Files,
  name: string,
  format: JournalFormat,
  { most = MOST_TRANSACTIONS, byMonth = false }: Cut = {},
): number {
  const accounts = balancesAt(record)
  const main = `${name}.${format.ending}`
  const count = transactionsIn(record)
  const isSplit = byMonth || count > most
  let file = isSplit ? undefined : files.open(main)
  file?.write(format.head(accounts))
  let last = dayOf(record.meta.start, record)
  let written = 0
  const parts: string[] = []
  let part: { readonly month: string; number: number; left: number } | undefined
  const endMonth = (day: number): void => {
    const next = startOfMonth(monthOf(day * DAY, 0) + 1, 0) / DAY
    const at = next * DAY - record.meta.utcOffset
    if (byMonth && at < record.meta.end) file?.write(format.closing(balancesAt(record, at), next - 1))
  }
  for (const movement of movementsOf(record)) {
    const month = byMonth ? dateText(movement.day).slice(0, 7) : ''
    if (isSplit && (part === undefined || part.month !== month || part.left === 0)) {
      if (part !== undefined && part.month !== month) endMonth(last)
      part = { month, number: part?.month === month ? part.number + 1 : 1, left: most }
      parts.push(partName(name, format, part, byMonth))
      file = files.open(parts[parts.length - 1])
    }
    file?.write(format.transaction(movement))
    if (part !== undefined) part.left--
    last = movement.day
    written++
    if (written % OFTEN === 0) files.progress?.(Math.min(1, written / count))
  }
  if (isSplit) {
    file = files.open(main)
    file.write(format.head(accounts))
    for (const each of parts) file.write(format.include(each))
    file.write('\n')
  }
  file?.write(format.closing(accounts, last))
  return written
}

/** `books-001.journal`; by month `books-2024-03.journal`, then `books-2024-03-002.journal`. */
function partName(
  name: string,
  { ending }: JournalFormat,
  { month, number }: { readonly month: string; readonly number: number },
  byMonth: boolean,
): string {
  const counted = String(number).padStart(3, '0')
  if (!byMonth) return `${name}-${counted}.${ending}`
  return `${name}-${month}${number === 1 ? '' : `-${counted}`}.${ending}`
}

const dayOf = (instant: number, { meta }: RunRecord): number => Math.floor((instant + meta.utcOffset) / DAY)

/** Text for one line of a journal: no line ends or other controls, and nothing that begins a comment or parts a payee. */
export const plainText = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[;|"\\]/g, ',')
    .replace(/ {2,}/g, ' ')
    .trim()
