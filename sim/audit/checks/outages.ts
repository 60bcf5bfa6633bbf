/** E-10: servers break when their host or their zone fails, and at no other time; those that stay continue when it is back. */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'
import { NO_POOL, serverSteps } from '../server-steps.ts'

type Row = readonly number[]

export function outages(context: AuditContext): Check {
  return {
    record(database, mass) {
      const { premises, words, findings } = context
      const { down, failed, running } = words
      const causes = causesOf(database, premises)
      let brokeAt = 0
      const { at: instants, instance, from, to: states, pool } = serverSteps(database, mass)
      const breaksOrRuns: number[] = []
      for (let step = 0; step < instants.length; step++) {
        const breaks = from[step] === running && (states[step] === down || states[step] === failed)
        if (pool[step] !== NO_POOL && (breaks || (from[step] === down && states[step] === running)))
          breaksOrRuns.push(step)
      }
      // Server by server; the steps of each stay in the order in which they were written.
      for (const step of breaksOrRuns.sort((a, b) => instance[a] - instance[b])) {
        const [at, id, to] = [instants[step], instance[step], states[step]]
        const isBack = to === running
        // Who is to be placed again runs as soon as there is room.
        if (isBack && premises.policyAt('outage.servers', brokeAt) === 'restart') continue
        brokeAt = at
        const known = isBack ? causes.ends : causes.begins
        const text = isBack ? 'runs again when nothing is back' : 'breaks when nothing fails'
        if (known.has(`${pool[step]} ${at}`)) findings.agree(kinds.outage, 1)
        else findings.differ(kinds.outage, `instance ${id}`, at, 1, 0, text)
        judgeFate(context, id, at, to)
      }
    },
  }
}

/** `outage.servers`: what breaks is lost, or down for a time. */
function judgeFate({ premises, words, findings }: AuditContext, id: number, at: number, to: number): void {
  if (to === words.running) return
  const isLost = premises.policyAt('outage.servers', at) === 'lost'
  if ((to === words.failed) === isLost) findings.agree(kinds.outage, 1)
  else findings.differ(kinds.outage, `instance ${id}`, at, 1, 0, `${premises.word(to)} against outage.servers`)
}

/** When something fails that a pool is made of, and when it is back, as `pool instant`. */
function causesOf(database: Database, premises: AuditContext['premises']) {
  const pairs = (sql: string, ...words: number[]): Set<string> =>
    new Set(
      (
        database
          .prepare<number[], Row>(sql)
          .raw()
          .all(...words) as Row[]
      ).map(([pool, at]) => `${pool} ${at}`),
    )
  const ofZones = 'SELECT pool, at FROM pool_changes WHERE what = ?'
  const ofHosts = `SELECT p.pool, m.at FROM host_moves m JOIN hosts h ON h.id = m.host
    JOIN host_pools p ON p.host_group = h.host_group WHERE m.event = ?`
  const both = (zone: string, host: string): Set<string> =>
    new Set([...pairs(ofZones, premises.number(zone)), ...pairs(ofHosts, premises.number(host))])
  return { begins: both('outage', 'fail'), ends: both('outage-ends', 'repair') }
}
