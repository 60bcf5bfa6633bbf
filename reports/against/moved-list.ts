/** A price list that another program applied from another hour on: before it their charges are by the prices before, and since by the new. */
import { formatInstant } from '#base/civil-time.ts'
import { DAY } from '#base/time.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { billKey, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import { stateCharges } from './moved-use.ts'
import type { RatedSource, Variant } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'

/** The lists before and since a date, each applied throughout. */
interface Change {
  readonly date: number
  readonly before: RatedSource
  readonly since: RatedSource
}

function changesOf(source: RatedSource): Change[] {
  const lists = source
    .candidates()
    .filter((variant): variant is Variant & { list: NonNullable<Variant['list']> } => variant.list !== undefined)
  return lists.flatMap(({ source: before, list }): Change[] => {
    if (list.part !== 'before') return []
    const since = lists.find((other) => other.list.part === 'since' && other.list.date === list.date)
    return since === undefined ? [] : [{ date: list.date, before, since: since.source }]
  })
}

const reasonOf = (date: number, from: string, utcOffset: number): Reason =>
  because('price list', 'U-07', `the price list of ${formatInstant(date, utcOffset)} from ${from} on`)

/** The instant that people most likely set, of those up to `latest` and after `earliest`. */
function likeliest(earliest: number, latest: number, offset: number): number {
  for (const [step, shift] of [
    [DAY, offset],
    [DAY, 0],
  ] as const) {
    const at = Math.floor((latest + shift) / step) * step - shift
    if (at > earliest) return at
  }
  return latest
}

const onlyOf = (found: readonly Reason[]): Reason | undefined => (found.length < 2 ? found[0] : uncertain(found))

export async function movedListOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  const found: Reason[] = []
  const offset = source.policies['time.utcOffset']
  for (const { date, before, since } of changesOf(source)) {
    // Rows that are charged as before, and as since.
    const [asBefore, asSince] = [new RowSet(table.rows), new RowSet(table.rows)]
    const charged = new RowSet(table.rows)
    let isOther = false
    const taking = (fits: RowSet) => {
      const find = rowFinder(lines)
      return (line: Parameters<Parameters<RatedSource['each']>[0]>[0]): void => {
        if (isOther) return
        const { row } = find(line)
        if (row < 0) {
          isOther = true
          return
        }
        charged.add(row)
        if (table.amount(row) === line.amount) fits.add(row)
      }
    }
    await before.each(taking(asBefore), lines.detail)
    if (!isOther) await since.each(taking(asSince), lines.detail)
    let [last, first] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let row = 0; row < table.rows; row++) {
      const [isOld, isNew] = [asBefore.has(row), asSince.has(row)]
      // A row of 0 that we do not have charges nothing.
      if (!isOld && !isNew && (charged.has(row) || table.amount(row) !== 0n)) isOther = true
      if (isOld && !isNew) last = Math.max(last, table.hour(row))
      if (isNew && !isOld) first = Math.min(first, table.hour(row))
    }
    if (isOther || last >= first || last === Number.NEGATIVE_INFINITY || first === Number.POSITIVE_INFINITY) continue
    found.push(reasonOf(date, formatInstant(likeliest(last, first, offset), offset), offset))
  }
  return onlyOf(found)
}

/** Sums that are held at most. */
const MOST_HELD = 200_000

/** Lists are moved by hours where a clock is another one, or a job runs late. */
const NEAR = 3 * DAY

export async function movedListOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const offset = source.policies['time.utcOffset']
  const own = await source.bills()
  if (own.length !== invoices.size || own.some(({ account, month }) => !invoices.has(billKey(account, month))))
    return undefined
  const isExact = stateCharges(invoices)
  // Days begin at midnight here and of UTC: a cut is at one of both, or near the date at any hour of bills that state charges.
  const partOf = (hour: number, date: number): number => {
    if (isExact && Math.abs(hour - date) < NEAR) return hour
    const at = Math.floor((hour + offset) / DAY) * DAY - offset
    const utc = Math.floor(hour / DAY) * DAY
    return Math.max(at, utc)
  }
  const found: Reason[] = []
  for (const { date, before, since } of changesOf(source)) {
    const gaps = new Map<string, Map<number, bigint>>()
    const cuts = new Set<number>()
    let held = 0
    const adding = (sign: bigint) => (line: { account: string; month: number; hour: number; amount: bigint }) => {
      if (held > MOST_HELD) return
      const key = billKey(line.account, line.month)
      let parts = gaps.get(key)
      if (parts === undefined) gaps.set(key, (parts = new Map()))
      const part = partOf(line.hour, date)
      const sum = parts.get(part)
      if (sum === undefined) held++
      cuts.add(part)
      parts.set(part, (sum ?? 0n) + sign * line.amount)
    }
    const bills = await since.each(adding(-1n))
    await before.each(adding(1n))
    if (held > MOST_HELD) return undefined
    const all = [...cuts].sort((a, b) => a - b)
    const isTheirs = (cut: number): boolean =>
      bills.every((bill) => {
        let use = 0n
        for (const [part, gap] of gaps.get(billKey(bill.account, bill.month)) ?? []) if (part < cut) use += gap
        const figures = invoices.get(billKey(bill.account, bill.month))?.figures
        if (figures === undefined) return false
        const { charges, tax, payable } = figures
        const sum = bill.charges + use
        if (charges !== undefined && charges !== sum) return false
        const total = source.totalOf(bill, { use, orders: 0n })
        return (
          (tax ?? total - sum) === total - sum &&
          (payable === undefined ||
            payable === toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal']))
        )
      })
    const fits = all.slice(1).filter(isTheirs)
    const [first] = fits
    if (first === undefined) continue
    const index = all.indexOf(first)
    const at = likeliest(all[index - 1], fits[fits.length - 1], offset)
    found.push(reasonOf(date, formatInstant(at, offset), offset))
  }
  return onlyOf(found)
}
