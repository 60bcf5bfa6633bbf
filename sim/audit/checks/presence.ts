/** C-06: who is there. No buyer orders before joining or after leaving, and buyers join and leave once at most. */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'

interface Stay {
  joined: number
  left: number
  /** Whether a refusal or an outage made it leave: other orders of that instant may have come before. */
  isChurn: boolean
}

export function presence(context: AuditContext): Check {
  return {
    record(database) {
      const stays = judgeMoves(context, database)
      judgeOrders(context, database, stays)
      judgeLastArrival(context, database)
      judgeSharing(context, database)
    },
  }
}

/** Each account joins once at most, and leaves once at most, after that. */
function judgeMoves({ findings, premises }: AuditContext, database: Database): ReadonlyMap<number, Stay> {
  const stays = new Map<number, Stay>()
  type Row = [account: number, at: number, move: number, segment: string, reason: number]
  const sql = `SELECT m.account, m.at, m.move, a.segment, m.reason FROM buyer_moves m JOIN accounts a ON a.id = m.account ORDER BY m.at, m.rowid`
  for (const [account, at, move, name, reason] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
    const word = premises.word(move)
    if (word !== 'join' && word !== 'leave') continue
    const segment = premises.scenario.buyers.find((buyers) => buyers.segment === name)
    const stay = stays.get(account) ?? {
      joined: Number.NEGATIVE_INFINITY,
      left: Number.POSITIVE_INFINITY,
      isChurn: false,
    }
    const isDue =
      word === 'join' ? segment?.joins != null && !stays.has(account) : stay.left === Number.POSITIVE_INFINITY
    findings.compare(kinds.presence, isDue ? 1 : 0, 1, () => ({
      subject: `account ${account}`,
      at,
      text: `${word} as the scenario has it (C-06)`,
    }))
    if (word === 'join') stay.joined = at
    else {
      stay.left = at
      stay.isChurn = premises.word(reason) !== ''
    }
    stays.set(account, stay)
  }
  return stays
}

/** What a buyer orders of a new visit, or of a term; what was begun before continues. */
function judgeOrders({ findings, premises }: AuditContext, database: Database, stays: ReadonlyMap<number, Stay>): void {
  if (stays.size === 0) return
  const resold = new Set(
    database.prepare<[], number>('SELECT DISTINCT account FROM reseller_confirmations').pluck().all(),
  )
  type Row = [id: number, account: number, at: number, channel: number, kind: number]
  const sql = 'SELECT id, account, at, channel, kind FROM orders'
  for (const [id, account, at, channel, kind] of database
    .prepare<[], Row>(sql)
    .raw()
    .iterate() as IterableIterator<Row>) {
    const stay = stays.get(account)
    const isVisit = visits.has(premises.word(channel))
    // O-06: what a reseller's customer asked for may be confirmed after the customer has left.
    if (stay === undefined || (!isVisit && premises.word(kind) !== 'renewal')) continue
    const isBefore = at < stay.left || (at === stay.left && stay.isChurn)
    findings.compare(
      kinds.presence,
      at >= stay.joined && (isBefore || (!isVisit && resold.has(account))) ? 1 : 0,
      1,
      () => ({
        subject: `order ${id}`,
        at,
        text: 'ordered while its buyer was there (C-06)',
      }),
    )
  }
}

const visits: ReadonlySet<string> = new Set(['search', 'category', 'popular', 'favourites', 'retry', 'return'])

/** With `drain`, no trace is replayed from the last arrival on; other visits may have waited for what they lacked. */
function judgeLastArrival({ findings, premises }: AuditContext, database: Database): void {
  const { arrivalsUntil } = premises.scenario
  if (arrivalsUntil === undefined) return
  type Row = [id: number, at: number, channel: number]
  const sql = 'SELECT id, at, channel FROM orders WHERE at >= ?'
  for (const [id, at, channel] of database.prepare<[number], Row>(sql).raw().all(arrivalsUntil) as Row[])
    findings.compare(kinds.presence, premises.word(channel) === 'trace' ? 0 : 1, 1, () => ({
      subject: `order ${id}`,
      at,
      text: 'replayed before the last arrival (`drain`)',
    }))
}

/** Gaps that no surge makes shorter than the milliseconds of a record. */
const LEAST_GAP = 10_000

/**
 * Where all buyers of a segment come by one process with constant gaps, one arrival is one buyer's. What needs a server, or a
 * reseller's answer, may be ordered later than its buyer came.
 */
function judgeSharing({ findings, premises }: AuditContext, database: Database): void {
  const sql = `SELECT o.at, count(DISTINCT o.account) FROM orders o JOIN accounts a ON a.id = o.account
    JOIN words w ON w.id = o.channel WHERE a.segment = ? AND o.pool = 0
    AND w.word IN ('search', 'category', 'popular', 'favourites')
    GROUP BY o.at HAVING count(DISTINCT o.account) > 1`
  for (const { segment, load, reseller } of premises.scenario.buyers) {
    if (load.kind !== 'renewal' || load.perBuyer || load.batch !== null || reseller !== null) continue
    if (!('constant' in load.gap) || load.gap.constant < LEAST_GAP) continue
    for (const [at, count] of database.prepare<[string], [number, number]>(sql).raw().all(segment) as [
      number,
      number,
    ][])
      findings.differ(kinds.presence, segment, at, count, 1, 'buyers of the segment came with one arrival (C-06)')
  }
}
