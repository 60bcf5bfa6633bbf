/** What a pool still has: keys of Redis, or rows of the tables of PostgreSQL, workers and migrations left out. */
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Server } from '../../cli/pool/servers.ts'

export async function leftIn({ url, port }: Server, password: string): Promise<string[]> {
  return url.startsWith('redis') ? leftInRedis(port, password) : leftInPostgres(port, password)
}

async function leftInRedis(port: number, password: string): Promise<string[]> {
  const redis = new Redis({ host: '127.0.0.1', port, password })
  try {
    const keys = await redis.keys('*')
    return keys.filter((key) => key !== 'marketsim:workers').sort()
  } finally {
    redis.disconnect()
  }
}

async function leftInPostgres(port: number, password: string): Promise<string[]> {
  const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'marketsim', database: 'postgres', password })
  try {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables WHERE table_schema LIKE 'marketsim%' ORDER BY 1`,
    )
    const left: string[] = []
    for (const { name } of rows) {
      if (['marketsim.workers', 'marketsim_queue.migration'].includes(name)) continue
      const counted = await pool.query<{ count: string }>(`SELECT count(*) FROM ${name}`)
      if (counted.rows[0].count !== '0') left.push(`${name}: ${counted.rows[0].count} rows`)
    }
    return left
  } finally {
    await pool.end()
  }
}
