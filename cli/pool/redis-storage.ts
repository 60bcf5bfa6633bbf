/** The storage of a pool in Redis 7 (or Valkey): hashes, which expire unless the sweep is touched. */
import type { Redis } from 'ioredis'
import { InputError } from '#base/input-error.ts'
import { sweepOfQueue } from './queues.ts'
import { EXPIRY_MS, type PoolStorage, type PoolSweep, type PoolWorker, WORKER_GONE_MS } from './storage.ts'

/** Keys of BullMQ begin so; the name of a queue follows, and what it is of the queue. */
export const QUEUE_PREFIX = 'marketsim:queue'
const SCANNED_AT_ONCE = 1_000
const SWEEPS = 'marketsim:sweeps'
const TOUCHED = 'marketsim:touched'
const WORKERS = 'marketsim:workers'
/** Stores a result unless its key has one, and answers what the key has; of a sweep that is gone nothing stays behind. */
const CREATE = `if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return ARGV[3] end
redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return redis.call('HGET', KEYS[2], ARGV[2])`
const inputsOf = (sweep: string) => `marketsim:${sweep}:inputs`
const resultsOf = (sweep: string) => `marketsim:${sweep}:results`

export class RedisStorage implements PoolStorage {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async check(): Promise<void> {
    const policy = /^maxmemory_policy:(\S+)/m.exec(await this.#redis.info('memory'))?.[1]
    if (policy === 'noeviction') return
    throw new InputError(
      `this Redis may evict jobs when its memory is full (maxmemory-policy ${policy})`,
      'set `maxmemory-policy noeviction` in its configuration',
    )
  }

  async touchSweep(sweep: PoolSweep, now = Date.now()): Promise<void> {
    const keys = [inputsOf(sweep.id), resultsOf(sweep.id)]
    const commands = this.#redis.multi()
    commands.hsetnx(SWEEPS, sweep.id, JSON.stringify(sweep)).hset(TOUCHED, sweep.id, now)
    for (const key of keys) commands.pexpire(key, EXPIRY_MS)
    await commands.exec()
  }

  async sweeps() {
    const [sweeps, touched] = await Promise.all([this.#redis.hgetall(SWEEPS), this.#redis.hgetall(TOUCHED)])
    const times = new Map(Object.entries(touched))
    return Object.values(sweeps).map((text) => {
      const sweep: PoolSweep = JSON.parse(text)
      return { sweep, touched: Number(times.get(sweep.id) ?? 0) }
    })
  }

  async queuedSweeps(): Promise<string[]> {
    const found = new Set<string>()
    let cursor = '0'
    do {
      const [next, keys] = await this.#redis.scan(cursor, 'MATCH', `${QUEUE_PREFIX}:*`, 'COUNT', SCANNED_AT_ONCE)
      cursor = next
      for (const key of keys) {
        const sweep = sweepOfQueue(key.slice(QUEUE_PREFIX.length + 1).split(':')[0])
        if (sweep !== undefined) found.add(sweep)
      }
    } while (cursor !== '0')
    return [...found]
  }

  async removeSweep(id: string): Promise<void> {
    await this.#redis.multi().hdel(SWEEPS, id).hdel(TOUCHED, id).del(inputsOf(id), resultsOf(id)).exec()
  }

  async putInput(sweep: string, digest: string, bytes: Uint8Array): Promise<void> {
    const key = inputsOf(sweep)
    await this.#redis.multi().hsetnx(key, digest, Buffer.from(bytes)).pexpire(key, EXPIRY_MS).exec()
  }

  async input(sweep: string, digest: string): Promise<Uint8Array | undefined> {
    return (await this.#redis.hgetBuffer(inputsOf(sweep), digest)) ?? undefined
  }

  async createResult(sweep: string, key: string, text: string): Promise<string> {
    return String(await this.#redis.eval(CREATE, 2, SWEEPS, resultsOf(sweep), sweep, key, text, EXPIRY_MS))
  }

  async results(sweep: string, keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    if (keys.length === 0) return []
    return (await this.#redis.hmget(resultsOf(sweep), ...keys)).map((text) => text ?? undefined)
  }

  async allResults(sweep: string) {
    return Object.entries(await this.#redis.hgetall(resultsOf(sweep)))
  }

  async dropResults(sweep: string, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#redis.hdel(resultsOf(sweep), ...keys)
  }

  async reportWorker(worker: PoolWorker): Promise<void> {
    await this.#redis.hset(WORKERS, worker.id, JSON.stringify(worker))
  }

  async removeWorker(id: string): Promise<void> {
    await this.#redis.hdel(WORKERS, id)
  }

  async workers(): Promise<readonly PoolWorker[]> {
    const all: PoolWorker[] = Object.values(await this.#redis.hgetall(WORKERS)).map((text) => JSON.parse(text))
    const gone = all.filter(({ seen }) => seen < Date.now() - WORKER_GONE_MS).map(({ id }) => id)
    if (gone.length > 0) await this.#redis.hdel(WORKERS, ...gone)
    return all.filter(({ id }) => !gone.includes(id))
  }

  async close(): Promise<void> {
    this.#redis.disconnect()
  }
}
