/** Hours under another label: by their end instead of their beginning, or in clocks of another zone that the file takes for ours. */
import { HOUR } from '#base/time.ts'
import type { InvoiceLines } from './invoices.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'

/** No two zones are further apart. */
const MOST_HOURS = 26
/** So many charges say whether labels are shifted: a server of the same price all day fits for most of them. */
const FEWEST_LINES = 24

/** Raised to leave a reading at the first line that is not there. */
class Disagrees extends Error {}

/** The number of hours by which every charge of theirs is later or earlier than the same charge of ours. */
export async function shiftedHours(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  if (table.rows < FEWEST_LINES) return undefined
  const found: Reason[] = []
  for (let hours = -MOST_HOURS; hours <= MOST_HOURS; hours++) {
    if (hours === 0) continue
    const find = rowFinder(lines)
    const seen = new RowSet(table.rows)
    const take = (line: RatedLine): void => {
      const { resource, kind, product, isOrder, hour, amount } = line
      const { row } = find({ resource, kind, product, isOrder, hour: hour + hours * HOUR })
      if (isOrder || row < 0 || table.amount(row) !== amount) throw new Disagrees()
      seen.add(row)
    }
    try {
      await source.each(take, lines.detail)
    } catch (error) {
      if (error instanceof Disagrees) continue
      throw error
    }
    if (seen.count < table.rows) continue
    const count = Math.abs(hours)
    const text = `every hour labelled ${count} ${count === 1 ? 'hour' : 'hours'} ${hours > 0 ? 'later' : 'earlier'}`
    found.push(because('hour boundary', 'T-03', hours === 1 ? `${text}, by its end` : text))
  }
  return found.length < 2 ? found[0] : uncertain(found)
}
