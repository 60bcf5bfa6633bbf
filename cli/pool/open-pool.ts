/** Opens a pool by its address. Its clients are optional packages, loaded here and nowhere else. */
import { setTimeout } from 'node:timers/promises'
import { InputError } from '#base/input-error.ts'
import type { PoolAddress } from './address.ts'
import { isConnectionLost, PoolError } from './pool-error.ts'
import { PostgresStorage, QUEUE_SCHEMA, SCHEMA } from './postgres-storage.ts'
import { JobSource, type QueueMaker, SweepQueue } from './queues.ts'
import { QUEUE_PREFIX, RedisStorage } from './redis-storage.ts'
import { EXPIRY_MS, type PoolStorage } from './storage.ts'

export interface OpenPool {
  readonly address: PoolAddress
  readonly storage: PoolStorage
  queue(sweep: string): SweepQueue
  source(sweep: string): JobSource
  close(): Promise<void>
}

/** A server on a machine that other work keeps busy needs seconds to accept a connection; one that is not there refuses it sooner. */
const CONNECT_MS = 60_000
/** Then a line says that it takes long. */
const SLOW_MS = 5_000

const packages = { redis: 'bullmq@6.7.0 ioredis@6.0.0', postgres: 'bullmq@6.7.0 pg@8.23.1' } as const

async function loaded<T>(kind: PoolAddress['kind'], load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new InputError(
      'a pool needs packages that are not installed',
      `install them with \`npm install ${packages[kind]}\``,
      (error as Error).message.split('\n')[0],
    )
  }
}

/** A server that starts is waited for so long. */
const STARTING_MS = 60_000
const TRY_AGAIN_MS = 500

/**
 * Connects, and checks that the server is set up as a queue needs it. Throws InputError, and PoolError where it is not there.
 */
export async function openPool(address: PoolAddress, { patienceMs = 0, say }: Opening = {}): Promise<OpenPool> {
  const began = performance.now()
  const slow = globalThis.setTimeout(
    () => say?.(`waiting for the pool ${address.shown}, which has not answered yet`),
    SLOW_MS,
  )
  try {
    for (;;) {
      try {
        return await connected(address)
      } catch (error) {
        const patience = error instanceof StartingError ? STARTING_MS : error instanceof PoolError ? patienceMs : 0
        if (performance.now() - began >= patience) throw error
        await setTimeout(TRY_AGAIN_MS)
      }
    }
  } finally {
    clearTimeout(slow)
  }
}

export interface Opening {
  /** A server that cannot be reached is tried again for so long. */
  readonly patienceMs?: number
  /** Says a line to the user. */
  readonly say?: (text: string) => void
}

/** The server is there, and not ready yet. */
class StartingError extends PoolError {}

async function connected(address: PoolAddress): Promise<OpenPool> {
  const pool = address.kind === 'redis' ? await redisPool(address) : await postgresPool(address)
  try {
    await pool.storage.check()
    return pool
  } catch (error) {
    await pool.close().catch(() => {})
    throw connectError(address, error)
  }
}

/** What failed while connecting, without the password. */
function connectError({ shown, mask }: PoolAddress, error: unknown): Error {
  if (error instanceof InputError) return error
  const causes = error instanceof AggregateError ? error.errors : [error]
  const { code, message } = causes[0] as NodeJS.ErrnoException
  const text = mask(message === '' ? String(code) : message)
  if (/NOAUTH|WRONGPASS|password|authenticat|role .* does not exist/i.test(message))
    return new InputError(
      `the pool refuses the user or the password: ${text}`,
      'give the password in MARKETSIM_POOL_PASSWORD or --pool-password-file',
      shown,
    )
  if (isConnectionLost(error)) {
    const kind = code === '57P03' || /^LOADING/.test(message) ? StartingError : PoolError
    return new kind(`cannot connect to the pool ${shown}: ${text}`, 'start its server, or check --pool')
  }
  return new PoolError(`the pool ${shown} cannot be used: ${text}`, 'check its address, TLS and rights')
}

async function redisPool(address: PoolAddress): Promise<OpenPool> {
  const { host, port, user, password, database, tls } = address
  const { Redis } = await loaded('redis', () => import('ioredis'))
  const { Queue, Worker, UnrecoverableError } = await loaded('redis', () => import('bullmq'))
  const connection = {
    ...{ host, port, db: Number(database), maxRetriesPerRequest: null, connectTimeout: CONNECT_MS },
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  }
  // Calls fail while the connection is lost, so that the caller can say so; it tries again.
  const ours = { ...connection, maxRetriesPerRequest: 0, enableOfflineQueue: false, lazyConnect: true }
  const redis = new Redis({ ...ours, retryStrategy: (times) => Math.min(100 * times, 2_000) })
  let failure: Error | undefined
  redis.on('error', (error) => {
    failure = error
  })
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    throw connectError(address, failure ?? error)
  }
  // A queue that writes its settings as it is opened would write them again after it was removed.
  const maker: QueueMaker = {
    queue: (name) => new Queue(name, { connection, prefix: QUEUE_PREFIX, skipMetasUpdate: true }),
    worker: (name, options) =>
      new Worker(name, undefined, { connection, prefix: QUEUE_PREFIX, autorun: false, ...options }),
  }
  return poolOf(address, new RedisStorage(redis), maker, UnrecoverableError)
}

async function postgresPool(address: PoolAddress): Promise<OpenPool> {
  const { host, port, user, password, database, tls } = address
  const pg = await loaded('postgres', () => import('pg'))
  const { Queue, Worker, UnrecoverableError, createPostgresBackend } = await loaded('postgres', () => import('bullmq'))
  const server = {
    ...{ host, port, database, ssl: tls ?? false, connectionTimeoutMillis: CONNECT_MS },
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  }
  const own = new pg.default.Pool({ ...server, max: 2, options: `-c search_path=${SCHEMA}` })
  own.on('error', () => {})
  // Without `migrate` its tables are not made, and BullMQ would try again in a tight loop.
  const connection = { ...server, max: 2, schema: QUEUE_SCHEMA, migrate: true }
  const maker: QueueMaker = {
    queue: (name) =>
      new Queue(name, { connection, skipMetasUpdate: true }, createPostgresBackend) as unknown as ReturnType<
        QueueMaker['queue']
      >,
    worker: (name, options) =>
      new Worker(
        name,
        undefined,
        { connection, autorun: false, ...options },
        createPostgresBackend,
      ) as unknown as ReturnType<QueueMaker['worker']>,
  }
  return poolOf(address, new PostgresStorage(own), maker, UnrecoverableError)
}

function poolOf(
  address: PoolAddress,
  storage: PoolStorage,
  maker: QueueMaker,
  unrecoverable: new (message: string) => Error,
): OpenPool {
  return {
    address,
    storage,
    queue: (sweep) => new SweepQueue(maker, sweep),
    source: (sweep) => new JobSource(maker, sweep, unrecoverable),
    close: () => storage.close(),
  }
}

/** Removes a sweep with its queue, its inputs and its results. */
export async function removeSweep(pool: OpenPool, id: string): Promise<void> {
  await removeQueue(pool, id)
  await pool.storage.removeSweep(id)
}

async function removeQueue(pool: OpenPool, id: string): Promise<void> {
  const queue = pool.queue(id)
  try {
    await queue.obliterate()
  } finally {
    await queue.close()
  }
}

/**
 * Removes what queues still have of sweeps that no longer exist. A worker calls it when it has closed its queues, because a
 * call of its own that arrived after the sweep had removed its queue leaves a row in it; the next command that makes runs calls it for the
 * workers that were killed.
 */
export async function removeRemains(pool: OpenPool): Promise<void> {
  // In this order: a sweep is registered before its queue has anything.
  const queued = await pool.storage.queuedSweeps()
  const sweeps = queued.length === 0 ? [] : await pool.storage.sweeps()
  for (const id of queued) if (!sweeps.some(({ sweep }) => sweep.id === id)) await removeQueue(pool, id)
}

/** Removes the sweeps that no process has asked for in seven days, and what is left of others. Returns the IDs of the first. */
export async function removeAbandoned(pool: OpenPool): Promise<string[]> {
  await removeRemains(pool)
  const sweeps = await pool.storage.sweeps()
  const ids = sweeps.filter(({ touched }) => touched < Date.now() - EXPIRY_MS).map(({ sweep }) => sweep.id)
  for (const id of ids) await removeSweep(pool, id)
  return ids
}
