/** C-02, C-06: products in the category of the scenario, and unmet demand in the categories that its segments look for. */
import type { Database } from 'better-sqlite3'
import { own } from '#base/own.ts'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'

export function demand(context: AuditContext): Check {
  return {
    record(database) {
      judgeCategories(context, database)
      judgeUnmet(context, database)
    },
  }
}

function judgeCategories({ findings, premises }: AuditContext, database: Database): void {
  const rows = database.prepare<[], string[]>('SELECT product, category, subcategory FROM products').raw().all()
  for (const [name, category, subcategory] of rows) {
    const written = premises.scenario.catalog.find(({ id }) => id === name)
    const isSo = written?.category === category && (written.subcategory ?? '') === subcategory
    findings.compare(kinds.demand, isSo ? 1 : 0, 1, () => ({ subject: name, at: 0, text: 'its category (C-02)' }))
  }
}

function judgeUnmet({ findings, premises }: AuditContext, database: Database): void {
  const sql = `SELECT u.account, u.at, c.category, c.family, u.mailed, a.segment FROM unmet_demand u
    JOIN categories c ON c.id = u.category JOIN accounts a ON a.id = u.account`
  type Row = [account: number, at: number, category: string, family: string, mailed: number, segment: string]
  for (const [account, at, category, family, mailed, segment] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
    const unmet = premises.scenario.buyers.find((buyers) => buyers.segment === segment)?.unmet
    const isDue =
      unmet != null &&
      unmet.probability > 0 &&
      (own(unmet.categories, category) ?? 0) > 0 &&
      family === category.replace(/\/.*/, '') &&
      (mailed === 1 ? unmet.mails > 0 : unmet.mails < 1)
    findings.compare(kinds.demand, isDue ? 1 : 0, 1, () => ({
      subject: `account ${account}`,
      at,
      text: `unmet demand for ${category} (C-06)`,
    }))
  }
}
