/** The storage of a pool in PostgreSQL: tables next to those of its queues, in a schema of their own. */
import type { Pool } from 'pg'
import { sweepOfQueue } from './queues.ts'
import { type PoolStorage, type PoolSweep, type PoolWorker, WORKER_GONE_MS } from './storage.ts'

export const SCHEMA = 'marketsim'
/** Of BullMQ, which makes its tables when a queue is opened first. */
export const QUEUE_SCHEMA = `${SCHEMA}_queue`
/** Of the advisory lock under which the tables are made. */
const LOCK = 7_201_146

const TABLES = `
CREATE TABLE IF NOT EXISTS sweeps (id text PRIMARY KEY, sweep text NOT NULL, touched bigint NOT NULL);
CREATE TABLE IF NOT EXISTS inputs (sweep text, digest text, bytes bytea NOT NULL, PRIMARY KEY (sweep, digest));
CREATE TABLE IF NOT EXISTS results (sweep text, key text, result text NOT NULL, PRIMARY KEY (sweep, key));
CREATE TABLE IF NOT EXISTS workers (id text PRIMARY KEY, worker text NOT NULL, seen bigint NOT NULL);`

export class PostgresStorage implements PoolStorage {
  readonly #pool: Pool

  /** A pool of connections whose search path is the schema. */
  constructor(pool: Pool) {
    this.#pool = pool
  }

  async #rows<T extends object>(sql: string, ...values: readonly unknown[]): Promise<T[]> {
    return (await this.#pool.query<T>(sql, [...values])).rows
  }

  async check(): Promise<void> {
    const client = await this.#pool.connect()
    try {
      // Two that make a table at the same time would collide in the catalogue, IF NOT EXISTS or not.
      await client.query('BEGIN')
      await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`)
      await client.query(TABLES)
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {})
      throw error
    } finally {
      client.release()
    }
  }

  async touchSweep(sweep: PoolSweep, now = Date.now()): Promise<void> {
    await this.#rows(
      `INSERT INTO sweeps VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET touched = excluded.touched`,
      ...[sweep.id, JSON.stringify(sweep), now],
    )
  }

  async sweeps() {
    const rows = await this.#rows<{ sweep: string; touched: string }>('SELECT sweep, touched FROM sweeps ORDER BY id')
    return rows.map(({ sweep, touched }) => ({ sweep: JSON.parse(sweep) as PoolSweep, touched: Number(touched) }))
  }

  async queuedSweeps(): Promise<string[]> {
    const [{ made }] = await this.#rows<{ made: boolean }>(
      `SELECT to_regclass('${QUEUE_SCHEMA}.event') IS NOT NULL AS made`,
    )
    if (!made) return []
    const rows = await this.#rows<{ queue: string }>(
      ['job', 'event', 'meta'].map((table) => `SELECT queue FROM ${QUEUE_SCHEMA}.${table}`).join(' UNION '),
    )
    return rows.flatMap(({ queue }) => sweepOfQueue(queue) ?? [])
  }

  async removeSweep(id: string): Promise<void> {
    for (const [table, column] of [
      ['results', 'sweep'],
      ['inputs', 'sweep'],
      ['sweeps', 'id'],
    ])
      await this.#rows(`DELETE FROM ${table} WHERE ${column} = $1`, id)
  }

  async putInput(sweep: string, digest: string, bytes: Uint8Array): Promise<void> {
    await this.#rows('INSERT INTO inputs VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', sweep, digest, Buffer.from(bytes))
  }

  async input(sweep: string, digest: string): Promise<Uint8Array | undefined> {
    const sql = 'SELECT bytes FROM inputs WHERE sweep = $1 AND digest = $2'
    return (await this.#rows<{ bytes: Uint8Array }>(sql, sweep, digest))[0]?.bytes
  }

  async createResult(sweep: string, key: string, text: string): Promise<string> {
    // Of a sweep that is gone nothing stays behind.
    const sql = `INSERT INTO results SELECT $1, $2, $3 WHERE EXISTS (SELECT FROM sweeps WHERE id = $1) ON CONFLICT DO NOTHING`
    await this.#rows(sql, sweep, key, text)
    const [found] = await this.results(sweep, [key])
    return found ?? text
  }

  async results(sweep: string, keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    if (keys.length === 0) return []
    const sql = 'SELECT key, result FROM results WHERE sweep = $1 AND key = ANY ($2)'
    const rows = await this.#rows<{ key: string; result: string }>(sql, sweep, keys)
    const found = new Map(rows.map(({ key, result }) => [key, result]))
    return keys.map((key) => found.get(key))
  }

  async allResults(sweep: string) {
    const sql = 'SELECT key, result FROM results WHERE sweep = $1 ORDER BY key'
    const rows = await this.#rows<{ key: string; result: string }>(sql, sweep)
    return rows.map(({ key, result }) => [key, result] as const)
  }

  async dropResults(sweep: string, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#rows('DELETE FROM results WHERE sweep = $1 AND key = ANY ($2)', sweep, keys)
  }

  async reportWorker(worker: PoolWorker): Promise<void> {
    await this.#rows(
      `INSERT INTO workers VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET worker = excluded.worker, seen = excluded.seen`,
      ...[worker.id, JSON.stringify(worker), worker.seen],
    )
  }

  async removeWorker(id: string): Promise<void> {
    await this.#rows('DELETE FROM workers WHERE id = $1', id)
  }

  async workers(): Promise<readonly PoolWorker[]> {
    await this.#rows('DELETE FROM workers WHERE seen < $1', Date.now() - WORKER_GONE_MS)
    const rows = await this.#rows<{ worker: string }>('SELECT worker FROM workers ORDER BY id')
    return rows.map(({ worker }) => JSON.parse(worker) as PoolWorker)
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }
}
