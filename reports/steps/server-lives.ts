/** One pass over the servers that ran: the time that each was bought for. */
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import { wordNumbers } from '../books/words.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import { prepareTroubledSteps, serverStepsOf } from './server-steps.ts'

/** Instants by the number of a thing, of a query of both. */
const instantsOf = (record: RunRecord, sql: string): Map<number, number> =>
  new Map(Array.from(record.numbers(sql), ([id, at]) => [id, at]))

class ServerLives {
  /** Servers that do more than begin, run and end: `id, pool, crowd, since, until`. */
  readonly troubled: (readonly number[])[] = []
  readonly #sums = new KeyedSums()

  constructor(record: RunRecord) {
    const { since: measured, end } = record.meta
    const word = wordNumbers(record)
    const payPerUse = word('pay-per-use')
    const { servers, launches, launched } = serverStepsOf(record)
    prepareTroubledSteps(record)
    const troubled = new Set([...record.numbers('SELECT DISTINCT instance_id FROM troubled_steps')].map(([id]) => id))
    const terms = instantsOf(
      record,
      `SELECT subscription_id, until FROM (
  SELECT subscription_id, max(rowid), CASE WHEN event = ${word('unsubscribe')} THEN at ELSE term_end END AS until
  FROM subscription_steps GROUP BY subscription_id)`,
    )
    const lost = instantsOf(record, lostTerms(word))
    /** Of servers that an outage or an interruption delayed: whether they are gone, and when they were deleted. */
    const delayed = new Map(
      [
        ...record.numbers(
          `SELECT instance_id, max(to_state IN (${word('deleted')}, ${word('failed')})),
    coalesce(max(CASE WHEN event = ${word('delete')} THEN at END), 0)
  FROM troubled_steps WHERE instance_id IN (SELECT instance_id FROM troubled_steps WHERE event IN (${word('break')}, ${word('interrupt')}))
  GROUP BY instance_id`,
        ),
      ].map(([id, gone, deleted]) => [id, { isGone: gone === 1, deleted }]),
    )
    const endOf = (id: number, place: number, at: number): number => {
      if (servers.billing[place] !== payPerUse) return lost.get(id) ?? terms.get(servers.order[place]) ?? end
      const delay = delayed.get(id)
      if (servers.lifetime[place] < 0 || delay?.isGone === false) return end
      return delay?.deleted || at + servers.lifetime[place]
    }
    for (const place of launched) {
      const [id, at] = [servers.id[place], launches[place]]
      const crowd = servers.crowd[place]
      if (place === 0 || crowd === 0) continue
      const since = Math.max(at, measured)
      const until = Math.max(since, Math.min(end, endOf(id, place, at)))
      this.#sums.add(this.#sums.rowOf(servers.pool[place], crowd, 0), 1, until - since, 0)
      if (troubled.has(id)) this.troubled.push([id, servers.pool[place], crowd, since, until])
    }
  }

  /** `pool, crowd, launched, alive_ms`. */
  sums(): (readonly number[])[] {
    return Array.from({ length: this.#sums.rows }, (_, row) => {
      const { a: pool, b: crowd, first: launched, second: alive } = this.#sums.at(row)
      return [pool, crowd, launched, alive]
    })
  }
}

/** Servers of a term that an outage took while others of their order stayed, and whose part was refunded then (E-10). */
const lostTerms = (word: (word: string) => number): string => `
SELECT DISTINCT s.instance_id, s.at FROM refunds r JOIN orders o ON o.id = r.order_id AND o.kind = ${word('partial-refund')}
CROSS JOIN instances i ON i.order_id = r.subscription_id
JOIN troubled_steps s ON s.instance_id = i.id AND s.at = r.at AND s.to_state = ${word('failed')}`

const serverLivesOf = oncePerRecord((record) => new ServerLives(record))

/**
 * Makes the table `server_lives(id, pool, crowd, since, until)` of servers that ran and did more than begin, run and end: from their
 * first running to the end that their buyer chose (the lifetime planned, the end of the term or an unsubscription), to the refund of
 * what an outage took of a term (E-10), or to the end of the run; only what is in the measured time. An outage that a server
 * survives (E-10), or an interruption (E-11), delays that end.
 */
export function prepareServerLives(record: RunRecord): void {
  const names = ['id', 'pool', 'crowd', 'since', 'until']
  record.keepComputed('server_lives', names, [], () => serverLivesOf(record).troubled)
}

/** Makes the table `life_sums(pool, crowd, launched, alive_ms)` of all servers that ran. */
export function prepareLifeSums(record: RunRecord): void {
  record.keepComputed('life_sums', ['pool', 'crowd', 'launched', 'alive_ms'], [], () => serverLivesOf(record).sums())
}
