/** E-04: quick provisioning creates one instance for the first plan, and a security group only where the seller recommends one. */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'

export function quick(context: AuditContext): Check {
  return {
    record(database) {
      judgeOrders(context, database)
      judgeGroups(context, database)
    },
  }
}

/** By the line of `buys` that each order of servers comes from. */
function judgeOrders({ findings, premises }: AuditContext, database: Database): void {
  const { buyers, catalog, policies } = premises.scenario
  const isQuick = buyers.some(({ buys }) => buys.some(({ provisioning }) => provisioning === 'quick'))
  if (policies['quick.choices'] !== 'none' || !isQuick) return
  type Row = [id: number, at: number, segment: string, interest: number, instances: number, months: number]
  const sql = `SELECT o.id, o.at, a.segment, o.interest, o.instances, o.months FROM orders o JOIN accounts a ON a.id = o.account
    JOIN words w ON w.id = o.kind WHERE w.word = 'purchase' AND o.pool > 0`
  for (const [id, at, name, interest, instances, months] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
    const buy = buyers.find(({ segment }) => segment === name)?.buys[interest - 1]
    if (buy?.provisioning !== 'quick') continue
    const sold = catalog
      .find((product) => product.id === buy.product)
      ?.specifications.find((specification) => specification.id === buy.specification)
    const first = sold !== undefined && 'plans' in sold ? sold.plans[0].months : (buy.serverMonths ?? 0)
    // A price change may bring other durations.
    const mayDiffer = premises.scenario.events.some(({ kind }) => kind === 'priceChange')
    const isDue = instances === 1 && (months === first || mayDiffer)
    findings.compare(kinds.quick, isDue ? 1 : 0, 1, () => ({
      subject: `order ${id}`,
      at,
      text: 'one instance, for the first plan (E-04)',
    }))
  }
}

function judgeGroups({ findings, premises }: AuditContext, database: Database): void {
  const isRecommended = premises.scenario.catalog.some(({ recommendsSecurityGroup }) => recommendsSecurityGroup)
  type Row = [account: number, at: number, what: string]
  const sql = `SELECT p.account, p.at, w.word FROM prerequisite_steps p JOIN words w ON w.id = p.what JOIN words r ON r.id = p.rule
    WHERE r.word = 'E-04'`
  for (const [account, at, what] of database.prepare<[], Row>(sql).raw().all() as Row[])
    findings.compare(kinds.quick, isRecommended && what === 'security-group' ? 1 : 0, 1, () => ({
      subject: `account ${account}`,
      at,
      text: 'a security group that a seller recommends (E-04)',
    }))
}
