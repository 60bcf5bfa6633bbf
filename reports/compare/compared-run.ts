/** One run as a comparison reads it: its figures, and what they were day by day and account by account. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { undamagedJson } from '#base/damage-error.ts'
import { MINUTE } from '#base/time.ts'
import { poolDays } from '../capacity/pool-hours.ts'
import { longestLife } from '../capacity/server-lives.ts'
import { dayNumber, prepareDays } from '../days.ts'
import { isMade, word } from '../figures/figure.ts'
import { expectListed } from '../manifest-files.ts'
import { accountReconciliation } from '../reconciliation-accounts.ts'
import { type RunMeta, type RunRecord, withRecord } from '../record.ts'
import { dailyCharges } from '../revenue/daily.ts'
import { SUMMARY_VERSION, type Summary, summarise } from '../summary.ts'

/** What is compared day by day, with its name for people. */
export const dailyNames = {
  requests: 'requests',
  refused: 'requests refused',
  completed: 'orders completed',
  gross: 'charged to buyers, before tax',
  use: 'utilisation of pools',
  soldOutMinutes: 'minutes sold out',
  arrears: 'accounts that fell into arrears',
} as const
export type Daily = keyof typeof dailyNames

/** What is compared account by account. */
export const accountNames = { charged: 'charged', refused: 'requests refused' } as const
export type PerAccount = keyof typeof accountNames

export interface ComparedAccount {
  /** Whole 1e-8. */
  readonly charged: bigint
  readonly refused: number
  readonly segment: string
  readonly region: string
}

export interface ComparedRun {
  readonly folder: string
  readonly meta: RunMeta
  readonly summary: Summary
  /** By civil day; a day on which nothing happened counts 0. `gross` is in whole 1e-8. */
  readonly days: Readonly<Record<Daily, ReadonlyMap<string, number>>>
  /** By the account's name; one that used and asked for nothing is left out. */
  readonly accounts: ReadonlyMap<string, ComparedAccount>
  /** Longest mean life of the servers of a pool, ms; Infinity where a pool's servers did not end. */
  readonly longestLife: number
  /** What there is in the run, used or not, by label: products, pools, sellers, …, and accounts. */
  readonly things: ReadonlyMap<string, ReadonlySet<string>>
}

/** Labels whose values are things of a scenario; those of the others, such as rules, are words every run knows. */
const thingsSql = {
  account: 'SELECT name FROM accounts',
  product: 'SELECT product FROM products',
  segment: 'SELECT DISTINCT segment FROM buyers',
  region: 'SELECT DISTINCT region FROM buyers',
  seller: `SELECT segment || '/' || number FROM sellers`,
  pool: 'SELECT pool FROM pool_names',
  month: 'SELECT month FROM months',
} as const

const readThings = (record: RunRecord): Map<string, Set<string>> =>
  new Map(
    Object.entries(thingsSql).map(([label, sql]) => [
      label,
      new Set([...record.cursor(sql).rows].map(([name]) => String(name))),
    ]),
  )

const dailySql: Readonly<Partial<Record<Daily, string>>> = {
  requests: `SELECT at, 1 AS n FROM orders WHERE subject = 0 AND ${isMade('channel')} UNION ALL SELECT at, 1 FROM refusals WHERE order_id = 0`,
  refused: 'SELECT at, 1 AS n FROM refusals WHERE order_id = 0',
  completed: `SELECT at, 1 AS n FROM order_steps WHERE event = ${word('complete')}`,
  arrears: `SELECT at, 1 AS n FROM account_steps WHERE event = ${word('fallDue')}`,
}

function readDays(record: RunRecord): ComparedRun['days'] {
  prepareDays(record)
  const names = record.rows('SELECT day FROM days ORDER BY number').map(({ day }) => String(day))
  const filled = (found: Iterable<readonly [string, number]>) => {
    const values = new Map(found)
    return new Map(names.map((day) => [day, values.get(day) ?? 0]))
  }
  const counted = (sql: string) =>
    filled(
      record
        .rows(
          `SELECT d.day, sum(h.n) AS n FROM run CROSS JOIN (${sql}) h CROSS JOIN days d ON d.number = ${dayNumber('h.at')}
WHERE h.at >= run.measured_from GROUP BY 1`,
        )
        .map(({ day, n }) => [String(day), Number(n)] as const),
    )
  const pools = new Map<string, { held: number; room: number; soldOut: number }>()
  for (const { day, held, room, soldOut } of poolDays(record)) {
    const sum = pools.get(day) ?? { held: 0, room: 0, soldOut: 0 }
    pools.set(day, {
      held: sum.held + Number(held),
      room: sum.room + Number(room),
      soldOut: sum.soldOut + Number(soldOut),
    })
  }
  const gross = new Map<string, number>()
  for (const { day, amount } of dailyCharges(record)) gross.set(day, (gross.get(day) ?? 0) + amount)
  return {
    requests: counted(dailySql.requests ?? ''),
    refused: counted(dailySql.refused ?? ''),
    completed: counted(dailySql.completed ?? ''),
    arrears: counted(dailySql.arrears ?? ''),
    gross: filled([...gross].map(([day, amount]) => [day, amount] as const)),
    use: filled([...pools].map(([day, { held, room }]) => [day, room === 0 ? 0 : held / room] as const)),
    soldOutMinutes: filled([...pools].map(([day, { soldOut }]) => [day, soldOut / MINUTE] as const)),
  }
}

function readAccounts(record: RunRecord): Map<string, ComparedAccount> {
  const accounts = new Map<string, ComparedAccount>()
  const { rows, columns } = accountReconciliation(record)
  const charged = columns.findIndex(({ key }) => key === 'charged')
  for (const row of rows)
    accounts.set(String(row[0]), {
      segment: String(row[1]),
      region: String(row[2]),
      charged: BigInt(row[charged] ?? 0),
      refused: 0,
    })
  const refused = record.rows(`SELECT a.name, b.segment, b.region, count(*) AS n FROM refusals f
JOIN accounts a ON a.id = f.account JOIN buyers b ON b.id = a.id CROSS JOIN run
WHERE f.order_id = 0 AND f.at >= run.measured_from GROUP BY a.id`)
  for (const { name, segment, region, n } of refused) {
    const known = accounts.get(String(name)) ?? { segment: String(segment), region: String(region), charged: 0n }
    accounts.set(String(name), { ...known, refused: Number(n) })
  }
  return accounts
}

/** The summary next to the record, if it is of this version of ours; else it is computed from the record. */
function summaryOf(record: RunRecord): Summary {
  const path = join(dirname(record.path), 'summary.json')
  if (existsSync(path)) {
    const hint = 'run `marketsim report` of that folder, which writes it again'
    const summary = undamagedJson<Summary>(path, hint)
    expectListed(dirname(path), basename(path), hint)
    if (summary.version === SUMMARY_VERSION && summary.run.digest === record.meta.digest) return summary
  }
  return summarise(record)
}

/** Reads a run folder. `whole`: also by day and account. Throws RecordError where there is none. */
export const comparedRun = (folder: string, whole: boolean): ComparedRun =>
  withRecord(folder, (record) => {
    const none = new Map<string, number>()
    return {
      folder: basename(folder),
      meta: record.meta,
      summary: summaryOf(record),
      days: whole
        ? readDays(record)
        : {
            requests: none,
            refused: none,
            completed: none,
            gross: none,
            use: none,
            soldOutMinutes: none,
            arrears: none,
          },
      accounts: whole ? readAccounts(record) : new Map(),
      longestLife: whole ? longestLife(record) : Infinity,
      things: readThings(record),
    }
  })
