/** The two price lists of evidence: at the beginning of the run, and when the amount was computed (C-05, U-07). */
import { decimalText } from '#base/decimal-text.ts'
import { imageHourlyAt, resourceHourlyAt, serverHourlyAt } from '../explain/premises.ts'
import type { RunRecord } from '../record.ts'

/** One price. `first` and `later` are decimal text, or the JSON of a price model; empty where there was none. */
export interface PriceListLine {
  readonly what: string
  readonly unit: string
  readonly first: string
  readonly later: string
}

const price = (units: bigint | undefined): string => (units === undefined ? '' : decimalText(units, 10))

/** What the account used: kind, and the pool of servers or the specification of images. */
const usedSql = `
SELECT DISTINCT w.word, s.priced FROM usage_spans s JOIN words w ON w.id = s.item WHERE s.account = ? ORDER BY s.priced, w.word`

const plansSql = `
SELECT DISTINCT g.product || '/' || g.specification AS name, p.months, p.price, p.since, p.id
FROM orders o JOIN goods g ON g.id = o.specification JOIN plans p ON p.specification_id = g.id
WHERE o.account = ? ORDER BY name, p.months, p.since, p.id`

/** Prices of what an account used or ordered: those of the start, and those in force at an instant. */
export function priceLists(record: RunRecord, account: bigint, at: number): PriceListLine[] {
  const { start } = record.meta
  const lines: PriceListLine[] = []
  const pools = new Set<bigint>()
  for (const { word, priced } of record.rows<{ word: string; priced: bigint }>(usedSql, account)) {
    if (word === 'image') {
      const [goods] = record.rows<{ name: string }>(
        `SELECT product || '/' || specification AS name FROM goods WHERE id = ?`,
        priced,
      )
      const [first, later] = [start, at].map((instant) => price(imageHourlyAt(record, priced, instant)))
      lines.push({ what: `image ${goods?.name ?? priced}`, unit: 'hour', first, later })
    } else if (!pools.has(priced)) {
      pools.add(priced)
      const [named] = record.rows<{ name: string }>('SELECT pool AS name FROM pool_names WHERE id = ?', priced)
      const [first, later] = [start, at].map((instant) => price(serverHourlyAt(record, priced, instant)))
      lines.push({ what: `server ${named?.name ?? priced}`, unit: 'hour', first, later })
      const [before, after] = [start, at].map((instant) => new Map(resourceHourlyAt(record, priced, instant)))
      for (const [resource, hourly] of before)
        lines.push({
          what: `${resource} of ${named?.name ?? priced}`,
          unit: 'hour',
          first: price(hourly),
          later: price(after.get(resource)),
        })
    }
  }
  return [...lines, ...plans(record, account, at)]
}

/** Plans by duration: of each the first, and the last that is offered by then. */
function plans(record: RunRecord, account: bigint, at: number): PriceListLine[] {
  const rows = record.rows<{ name: string; months: bigint; price: string; since: bigint }>(plansSql, account)
  return [...Map.groupBy(rows, ({ name, months }) => `${name}, ${months}`).values()].map((group) => {
    const [{ name, months }] = group
    const offered = (instant: number): string =>
      group.filter(({ since }) => Number(since) <= instant).at(-1)?.price ?? ''
    const unit = months === 0n ? 'once' : months === 1n ? '1 month' : `${months} months`
    return { what: name, unit, first: offered(record.meta.start), later: offered(at) }
  })
}
