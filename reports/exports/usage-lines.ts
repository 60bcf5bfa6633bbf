/** The metered use of a record hour by hour, as finance's own meter writes it. */
import { HOUR } from '#base/time.ts'
import type { RunRecord } from '../record.ts'

/** One charge of use: a resource, an hour, a kind. */
export interface UsageLine {
  readonly account: string
  /** Number of the server. */
  readonly resource: string
  readonly kind: string
  /** The flavour of a server's hour or of a cloud resource's, the product of an image's. */
  readonly product: string
  readonly hour: number
  readonly seconds: number
  /** Whether the seconds or the started hour are charged. */
  readonly by: 'second' | 'hour'
  /** Whole 1e-10 an hour. */
  readonly hourly: bigint
  /** Whole 1e-8. */
  readonly amount: bigint
  readonly rule: string
}

const sql = `
SELECT a.name, s.instance_id, iw.word, CASE iw.word WHEN 'image' THEN g.product ELSE p.flavour END,
  s.first_hour, s.hours, s.seconds, s.unit_price, s.amount, rw.word
FROM usage_spans s JOIN accounts a ON a.id = s.account JOIN words iw ON iw.id = s.item JOIN words rw ON rw.id = s.rule
LEFT JOIN pools p ON p.id = s.priced LEFT JOIN goods g ON g.id = s.priced ORDER BY s.rowid`

/** Every hour of use, span by span in the order of the record. */
export function* usageLines(record: RunRecord): Generator<UsageLine> {
  const { policies } = record.meta
  const by = (kind: string): 'second' | 'hour' => (policies[`${kind}.granularity`] === 'second' ? 'second' : 'hour')
  const charged = { ecs: policies['ecs.granularity'] === undefined ? 'second' : by('ecs'), image: by('image') } as const
  for (const row of record.cursor(sql).rows) {
    const [account, resource, kind, product, first, hours, seconds, hourly, amount, rule] = row
    for (let index = 0; index < Number(hours); index++)
      yield {
        account: String(account),
        resource: String(resource),
        kind: String(kind),
        product: String(product ?? ''),
        hour: Number(first) + index * HOUR,
        seconds: Number(seconds),
        by: kind === 'traffic' ? 'second' : kind === 'image' ? charged.image : charged.ecs,
        hourly: hourly as bigint,
        amount: amount as bigint,
        rule: String(rule),
      }
  }
}
