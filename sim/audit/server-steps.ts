/** The steps of all servers, for checks that look across accounts: read as columns, each with what its server is. */
import type { Database } from 'better-sqlite3'
import type { MassFacts } from '../record/column-facts.ts'

/** What a step changes: the pool and billing are those of its server. */
export type ServerStep = readonly [
  pool: number,
  at: number,
  instance: number,
  to: number,
  billing: number,
  from: number,
]

/** In the order in which they were written. A step of no server of the record is an orphan, judged with its account. */
export function serverSteps(database: Database, mass: MassFacts): ServerStep[] {
  const servers = new Map(
    database
      .prepare<[], [number, number, number]>('SELECT id, pool, billing FROM instances')
      .raw()
      .all()
      .map(([id, pool, billing]) => [id, { pool, billing }]),
  )
  const rows = mass.table('instance_steps')
  const [at, instance, to, from] = ['at', 'instance_id', 'to_state', 'from_state'].map(
    (name) => rows.column(name).values,
  )
  const steps: ServerStep[] = []
  for (let row = 0; row < rows.rows; row++) {
    const server = servers.get(instance[row])
    if (server !== undefined) steps.push([server.pool, at[row], instance[row], to[row], server.billing, from[row]])
  }
  return steps
}
