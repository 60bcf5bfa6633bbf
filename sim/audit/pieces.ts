/**
 * A record in pieces: the accounts that are judged together, and the cells whose files have their facts. A thread reads the
 * files of its own pieces, and forgets their columns after each. What belongs to no account, or to none that lives in a cell,
 * is judged once, afterwards.
 */
import type { Database } from 'better-sqlite3'
import type { MassFacts } from '../record/column-facts.ts'
import type { MassTable } from '../record/column-files.ts'

export interface Piece {
  /** None where all facts are together. */
  readonly cells: readonly number[]
  /** In the order of their numbers; undefined for all there are. */
  readonly accounts?: Float64Array
  /** Others of the same cells, which are in other pieces. */
  readonly others?: Float64Array
  /** Whether this piece answers for facts that its cells have of accounts elsewhere. */
  readonly isFirst: boolean
  /** Of all work, 0 to 1. */
  readonly share: number
}

/** Pieces at most for each thread: each reads the small tables once. */
const MOST_A_THREAD = 4

/** A cell is cut where it is so much more than the share of a thread. */
const CUT_ABOVE = 1.15

/** The tables that are read as columns. */
const tables: readonly MassTable[] = [
  'usage_spans',
  'transactions',
  'postings',
  'recognitions',
  'seller_shares',
  'order_steps',
  'instance_steps',
  'subscription_steps',
]

/** Rows of all of them. */
export const massRows = (mass: MassFacts): number => tables.reduce((sum, table) => sum + mass.count(table), 0)

/**
 * The whole record in pieces of at least so many usage spans each: as many as make threads busy alike, each of one cell or
 * more. What is found does not depend on how it is cut.
 */
export function piecesOf(database: Database, mass: MassFacts, threads: number, leastSpans: number): Piece[] {
  const most = Math.floor(mass.count('usage_spans') / leastSpans)
  const whole: Piece = { cells: mass.cells, isFirst: true, share: 1 }
  const isOne = mass.cells.length < 2 && threads < 2
  if (most < 2 || isOne) return [whole]
  const groups = mass.cells.length === 0 ? [[]] : mass.cells.map((cell) => [cell])
  const homes = homesOf(database, mass, groups)
  const all = massRows(mass) || 1
  const cut = Math.min(most, threads)
  const pieces: Piece[] = []
  for (const cells of gathered(groups, mass, Math.min(most, threads * MOST_A_THREAD))) {
    const share = cells.length === 0 ? 1 : massRows(mass.of(cells)) / all
    const accounts =
      cells.length === 0 ? homes.flat() : cells.flatMap((cell) => homes[groups.findIndex(([one]) => one === cell)])
    accounts.sort((a, b) => a.account - b.account)
    const parts = share * cut > CUT_ABOVE ? Math.ceil(share * cut) : 1
    const shared = divided(accounts, parts)
    for (const [index, mine] of shared.entries()) {
      const others = shared.flatMap((part, at) => (at === index ? [] : part))
      pieces.push({
        cells,
        accounts: Float64Array.from(mine),
        ...(others.length === 0 ? {} : { others: Float64Array.from(others) }),
        isFirst: index === 0,
        share: share / parts,
      })
    }
  }
  return pieces
}

/** Cells in their order, small ones together, in at most about so many groups. */
function gathered(groups: readonly (readonly number[])[], mass: MassFacts, most: number): (readonly number[])[] {
  const enough = massRows(mass) / most
  const found: number[][] = []
  let rows = Number.POSITIVE_INFINITY
  for (const cells of groups) {
    const own = massRows(mass.of(cells))
    if (rows + own > enough) {
      found.push([...cells])
      rows = own
    } else {
      found.at(-1)?.push(...cells)
      rows += own
    }
  }
  return found
}

interface Weighed {
  readonly account: number
  readonly transactions: number
}

/** Accounts in so many parts of about as many transactions. */
function divided(accounts: readonly Weighed[], parts: number): number[][] {
  const whole = accounts.reduce((sum, { transactions }) => sum + transactions + 1, 0)
  const found: number[][] = [[]]
  let sum = 0
  for (const { account, transactions } of accounts) {
    if (found.length < parts && sum >= (whole * found.length) / parts) found.push([])
    found.at(-1)?.push(account)
    sum += transactions + 1
  }
  return found
}

/** Numbers that are counted each in its place; beyond, a map takes less memory. */
const MOST_COUNTED = 2 ** 24

/** How often each number comes. */
function countsOf(numbers: ArrayLike<number>): Iterable<readonly [number: number, times: number]> {
  let [least, most] = [0, 0]
  for (let at = 0; at < numbers.length; at++) {
    if (numbers[at] > most) most = numbers[at]
    if (numbers[at] < least) least = numbers[at]
  }
  if (least < 0 || most >= MOST_COUNTED) {
    const counts = new Map<number, number>()
    for (let at = 0; at < numbers.length; at++) counts.set(numbers[at], (counts.get(numbers[at]) ?? 0) + 1)
    return counts
  }
  const times = new Int32Array(most + 1)
  for (let at = 0; at < numbers.length; at++) times[numbers[at]]++
  const found: (readonly [number, number])[] = []
  for (let number = 0; number < times.length; number++) if (times[number] > 0) found.push([number, times[number]])
  return found
}

/** The accounts of each group of cells: where their money moves, else where they order, else in the first. */
function homesOf(database: Database, mass: MassFacts, groups: readonly (readonly number[])[]): Weighed[][] {
  const known = new Set<number>([0])
  const homes = groups.map((cells) => {
    const weighed: Weighed[] = []
    for (const [account, transactions] of countsOf(mass.of(cells).table('transactions').column('account').values))
      if (!known.has(account)) weighed.push({ account, transactions })
    for (const { account } of weighed) known.add(account)
    return weighed
  })
  // Numbers of cells follow one another: what a cell numbers leaves its own remainder.
  const sql = `SELECT account, min(id) FROM orders GROUP BY account UNION ALL
    SELECT account, min(id) FROM instances GROUP BY account UNION ALL SELECT id, 1 FROM accounts`
  for (const [account, thing] of database.prepare<[], [number, number]>(sql).raw().all())
    if (!known.has(account)) {
      known.add(account)
      homes[(thing - 1) % homes.length].push({ account, transactions: 0 })
    }
  return homes
}

/** What one thread judges. */
export interface Hand {
  readonly pieces: readonly Piece[]
  /** Whether it also judges what is in the record alone (`Check.record`). */
  readonly judgesRecord: boolean
  /** Of all work, 0 to 1. */
  readonly share: number
}

/** Of the work of all pieces, what is judged of the record alone: of a month of `metropolis`. */
export const RECORD_SHARE = 0.1

/**
 * Pieces and the record assigned to at most so many threads: the largest first, each to the thread that has least. The record is the
 * last thing that its thread judges.
 */
export function assigned(pieces: readonly Piece[], threads: number): Hand[] {
  const hands = Array.from({ length: Math.min(threads, pieces.length) }, () => ({
    pieces: [] as Piece[],
    judgesRecord: false,
    share: 0,
  }))
  const least = () => hands.reduce((least, each) => (each.share < least.share ? each : least))
  let isRecordLeft = true
  const assignRecord = (): void => {
    const hand = least()
    hand.judgesRecord = true
    hand.share += RECORD_SHARE
    isRecordLeft = false
  }
  for (const piece of pieces.toSorted((a, b) => b.share - a.share)) {
    if (isRecordLeft && piece.share < RECORD_SHARE) assignRecord()
    const hand = least()
    hand.pieces.push(piece)
    hand.share += piece.share
  }
  if (isRecordLeft) assignRecord()
  return hands
}
