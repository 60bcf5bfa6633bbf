/**
 * C-06, E-02, E-10, C-05: how buyers react. A purchase is tried again only after it was refused, and ordered again only after a
 * server was lost; a price is too high only where it has changed. Each order of such a channel has its move.
 */
import type { Database } from 'better-sqlite3'
import type { Scenario } from '#scenarios/schema.ts'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'

interface Move {
  readonly account: number
  readonly at: number
  readonly move: string
  readonly reason: string
  readonly segment: Scenario['buyers'][number] | undefined
}

/** When servers of each account were lost. */
type Losses = Map<number, number[]>

export function reactions(context: AuditContext): Check {
  const losses: Losses = new Map()
  return {
    account({ id, instances }) {
      const lost = instances.flatMap(({ steps }) =>
        steps.flatMap(({ event, at }) => (context.premises.word(event) === 'fail' ? [at] : [])),
      )
      if (lost.length > 0)
        losses.set(
          id,
          lost.sort((a, b) => a - b),
        )
    },
    gathered: () => [...losses],
    join(gathered) {
      for (const [account, lost] of gathered as [number, number[]][]) losses.set(account, lost)
    },
    finish(database) {
      const moves = movesOf(context, database)
      if (moves.length > 0) judgeMoves(context, database, moves, losses)
      judgeOrders(context, database, moves)
    },
  }
}

function movesOf({ premises }: AuditContext, database: Database): Move[] {
  type Row = [account: number, at: number, move: number, reason: number, segment: string]
  const sql = `SELECT m.account, m.at, m.move, m.reason, a.segment FROM buyer_moves m JOIN accounts a ON a.id = m.account
    ORDER BY m.at, m.rowid`
  const rows = database.prepare<[], Row>(sql).raw().all() as Row[]
  return rows.map(([account, at, move, reason, name]) => ({
    ...{ account, at, move: premises.word(move), reason: premises.word(reason) },
    segment: premises.scenario.buyers.find((buyers) => buyers.segment === name),
  }))
}

function judgeMoves(
  { findings, premises }: AuditContext,
  database: Database,
  moves: readonly Move[],
  losses: ReadonlyMap<number, readonly number[]>,
): void {
  const refused = refusalsOf(database)
  const refusals = ({ account, at, reason }: Move): number => countUpTo(refused.get(`${account} ${reason}`), at)
  const lost = ({ account, at }: Move): number => countUpTo(losses.get(account), at)
  const retries = new Map<string, number>()
  const returns = new Map<number, number>()
  const counted = <K>(counts: Map<K, number>, key: K): number => {
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count
  }
  const isDue = (move: Move): boolean => {
    const habits = move.segment?.habits
    if (habits === undefined) return false
    switch (move.move) {
      case 'retry':
        return habits.retry.probability > 0 && counted(retries, `${move.account} ${move.reason}`) <= refusals(move)
      case 'return':
        return habits.comeBack.probability > 0 && counted(returns, move.account) <= lost(move)
      case 'forgo':
        return habits.elasticity < 0 && premises.scenario.events.some((event) => changesPrice(event, move.at))
      case 'recommend':
        return habits.recommend.probability > 0
      case 'leave':
        if (move.reason === '') return move.segment?.stays != null
        return move.reason === 'outage'
          ? habits.churn.outage > 0 && lost(move) > 0
          : habits.churn.refusal > 0 && refusals(move) > 0
      default:
        return move.move === 'join'
    }
  }
  for (const move of moves)
    findings.compare(kinds.reaction, isDue(move) ? 1 : 0, 1, () => ({
      subject: `account ${move.account}`,
      at: move.at,
      text: `${move.move} for a reason that the record shows`,
    }))
}

/** When purchases of each account were refused, by account and code. */
function refusalsOf(database: Database): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>()
  const sql = 'SELECT r.account, r.at, w.word FROM refusals r JOIN words w ON w.id = r.code ORDER BY r.at'
  const rows = database.prepare<[], [number, number, string]>(sql).raw().iterate()
  for (const [account, at, code] of rows as IterableIterator<[number, number, string]>) {
    const key = `${account} ${code}`
    const known = times.get(key)
    if (known === undefined) times.set(key, [at])
    else known.push(at)
  }
  return times
}

/** How many of some instants in ascending order are not after one. */
function countUpTo(instants: readonly number[] = [], at: number): number {
  let [low, high] = [0, instants.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (instants[middle] <= at) low = middle + 1
    else high = middle
  }
  return low
}

const changesPrice = (event: Scenario['events'][number], at: number): boolean =>
  (event.kind === 'priceChange' || event.kind === 'serverPriceChange') && event.at <= at

/** Never more orders of a channel than moves so far: of the account, or of anyone who recommends. */
function judgeOrders({ findings, premises }: AuditContext, database: Database, moves: readonly Move[]): void {
  type Row = [id: number, account: number, at: number, channel: number]
  const sql = `SELECT o.id, o.account, o.at, o.channel FROM orders o JOIN words w ON w.id = o.channel
    WHERE w.word IN ('retry', 'return', 'recommendation') ORDER BY o.at, o.id`
  const made = new Map<string, number[]>()
  for (const { move, account, at } of moves) {
    const key = move === 'recommend' ? move : `${move} ${account}`
    const known = made.get(key)
    if (known === undefined) made.set(key, [at])
    else known.push(at)
  }
  const orders = new Map<string, number>()
  for (const [id, account, at, channel] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
    const word = premises.word(channel)
    const isByWord = word === 'recommendation'
    const key = isByWord ? 'recommend' : `${word} ${account}`
    const count = (orders.get(key) ?? 0) + 1
    orders.set(key, count)
    const before = countUpTo(made.get(key), at)
    // A visit may lead to more than one purchase where the price has fallen.
    const isDue = isByWord ? before > 0 : count <= before
    findings.compare(kinds.reaction, isDue ? 1 : 0, 1, () => ({
      subject: `order ${id}`,
      at,
      text: `an order by ${word}, with the move that led to it`,
    }))
  }
}
