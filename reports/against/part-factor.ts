/** One factor on a part of the charges: those of some accounts, of a resource, from a time on, until a time, of weekends, or of hours of the day. */
import { dayOf, formatInstant, weekday } from '#base/civil-time.ts'
import { DAY, HOUR } from '#base/time.ts'
import { changedSource, timesFactor } from './changed-source.ts'
import { type Factor, FactorRange, factorReason, factorWithin, ONE } from './factor-range.ts'
import { billKey, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'
import { givesBills } from './variants.ts'
import { listed } from './whole-groups.ts'

/** Of more accounts or resources a factor is no longer something that belongs to them. */
const MOST_NAMES = 2
const SATURDAY = 5

/** How many charges of a key differ, and how many do not. */
class Split<K> {
  readonly differing = new Set<K>()
  readonly agreeing = new Set<K>()

  take(key: K, differs: boolean): void {
    if (differs) this.differing.add(key)
    else this.agreeing.add(key)
  }

  /** The keys that differ, where all of their charges do and others agree. */
  get part(): readonly K[] | undefined {
    if (this.agreeing.size === 0 || this.differing.size === 0) return undefined
    return [...this.differing].some((key) => this.agreeing.has(key)) ? undefined : [...this.differing]
  }
}

function ofFactor(factor: Factor, what: string, part: string, source: RatedSource): Reason {
  if (factor.value === 2n * ONE && !factor.isDivisor && /^of \S+ only$/.test(part))
    return because('double charge', 'U-09', `every charge ${part.replace(/ only$/, '')} twice`)
  const reason = factorReason(factor, what, source.policies['tax.percent'])
  return { ...reason, text: `${reason.text}; ${part}` }
}

/** The factor of all lines that differ, and the part that they are; `isOfProducts`: also where they are all lines of some products. */
export async function partFactorOfLines(
  source: RatedSource,
  lines: InvoiceLines,
  isOfProducts = false,
): Promise<Reason | undefined> {
  const { table } = lines
  const offset = source.policies['time.utcOffset']
  const range = new FactorRange(source.policies)
  const seen = new RowSet(table.rows)
  const products = new Split<string>()
  let isOther = false
  let find = rowFinder(lines)
  await source.each((line) => {
    if (isOther) return
    const { row } = find(line)
    if (row < 0) isOther = true
    if (isOther) return
    seen.add(row)
    const differs = table.amount(row) !== line.amount
    if (differs) range.take(line, table.amount(row))
    isOther = range.isEmpty
    products.take(`${line.kind} ${line.product}`, differs)
  }, lines.detail)
  if (isOther || range.differing === 0) return undefined
  if (!table.areAll(seen)) return undefined
  const { factor } = range
  // What all lines of a product have is its price.
  if (factor === undefined || (products.part !== undefined && !isOfProducts)) return undefined
  const [accounts, resources, days, hours] = [
    new Split<string>(),
    new Split<string>(),
    new Split<number>(),
    new Split<number>(),
  ]
  let [firstAgreeing, lastAgreeing] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [firstDiffering, lastDiffering] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  find = rowFinder(lines)
  await source.each((line) => {
    const { amount, hour } = line
    const differs = table.amount(find(line).row) !== amount
    // What is too small for the factor to change it says nothing.
    if (!differs && timesFactor(amount, factor, source) === amount) return
    accounts.take(line.account, differs)
    resources.take(line.resource, differs)
    days.take(weekday(dayOf(hour, offset)), differs)
    hours.take(Math.floor(((((hour + offset) % DAY) + DAY) % DAY) / HOUR), differs)
    if (differs) {
      firstDiffering = Math.min(firstDiffering, hour)
      lastDiffering = Math.max(lastDiffering, hour)
    } else {
      firstAgreeing = Math.min(firstAgreeing, hour)
      lastAgreeing = Math.max(lastAgreeing, hour)
    }
  }, lines.detail)
  const parts: string[] = []
  for (const { part } of [accounts, resources])
    if (part !== undefined && part.length <= MOST_NAMES && parts.length === 0) parts.push(`of ${listed(part)} only`)
  if (products.part !== undefined && products.part.length <= MOST_NAMES)
    parts.push(`of ${listed(products.part.map((name) => name.slice(name.indexOf(' ') + 1)))} only`)
  const at = (instant: number): string => formatInstant(instant, offset)
  if (firstDiffering > lastAgreeing) parts.push(`from ${at(firstDiffering)} on`)
  if (firstAgreeing > lastDiffering) parts.push(`up to ${at(firstAgreeing)}`)
  if (days.part?.every((day) => day >= SATURDAY) === true) parts.push('on Saturdays and Sundays')
  const clock = hours.part
  if (clock !== undefined && hours.differing.size + hours.agreeing.size === 24) {
    const starts = clock.filter((hour) => !hours.differing.has((hour + 23) % 24))
    const two = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`
    if (starts.length === 1) parts.push(`from ${two(starts[0])} to ${two(starts[0] + clock.length)} of each day`)
  }
  return parts.length === 0 ? undefined : ofFactor(factor, 'every line', parts.join(', or '), source)
}

/** Factors that people set. */
const FINEST = ONE / 1_000n
/** Resources that are tried. */
const MOST_RESOURCES = 100
/** Sums that are held at most. */
const MOST_HELD = 200_000

interface Part {
  readonly text: string
  readonly has: (line: RatedLine) => boolean
  /** What of a bill it is. */
  readonly sum: (bill: string) => bigint
}

/** By the charges that the bills state: what they differ by is the same part of what the part comes to in each of them. */
export async function partFactorOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const offset = source.policies['time.utcOffset']
  const dayOfLine = ({ hour }: RatedLine): number => dayOf(hour, offset)
  const byResource = new Map<string, Map<string, bigint>>()
  const byDay = new Map<string, Map<number, bigint>>()
  const counts = new Map<string, bigint>()
  let held = 0
  const add = <K>(sums: Map<string, Map<K, bigint>>, bill: string, key: K, amount: bigint): void => {
    let own = sums.get(bill)
    if (own === undefined) sums.set(bill, (own = new Map()))
    const sum = own.get(key)
    if (sum === undefined) held++
    own.set(key, (sum ?? 0n) + amount)
  }
  const bills = await source.each((line) => {
    if (line.isOrder || held > MOST_HELD) return
    const bill = billKey(line.account, line.month)
    add(byResource, bill, line.resource, line.amount)
    add(byDay, bill, dayOfLine(line), line.amount)
    counts.set(bill, (counts.get(bill) ?? 0n) + 1n)
  })
  if (held > MOST_HELD || bills.length !== invoices.size) return undefined
  const gaps = new Map<string, bigint>()
  for (const { account, month, charges } of bills) {
    const key = billKey(account, month)
    const theirs = invoices.get(key)?.figures.charges
    if (theirs === undefined) return undefined
    gaps.set(key, theirs - charges)
  }
  const keys = [...gaps.keys()]
  const all = [...new Set([...byDay.values()].flatMap((days) => [...days.keys()]))].sort((a, b) => a - b)
  const sumOfDays = (bill: string, isOf: (day: number) => boolean): bigint =>
    [...(byDay.get(bill) ?? [])].reduce((sum, [day, amount]) => (isOf(day) ? sum + amount : sum), 0n)
  const ofDays = (text: string, isOf: (day: number) => boolean): Part => ({
    text,
    has: (line) => isOf(dayOfLine(line)),
    sum: (bill) => sumOfDays(bill, isOf),
  })
  const resources = [...new Set([...byResource.values()].flatMap((own) => [...own.keys()]))]
  const parts: Part[] = [
    ...(resources.length > MOST_RESOURCES ? [] : resources).map(
      (name): Part => ({
        text: `of ${name} only`,
        has: ({ resource }) => resource === name,
        sum: (bill) => byResource.get(bill)?.get(name) ?? 0n,
      }),
    ),
    ...all.slice(1).flatMap((day) => {
      const at = formatInstant(day * DAY - offset, offset)
      return [ofDays(`from ${at} on`, (each) => each >= day), ofDays(`up to ${at}`, (each) => each < day)]
    }),
    ofDays('on Saturdays and Sundays', (day) => weekday(day) >= SATURDAY),
  ]
  const found: Reason[] = []
  for (const part of parts) {
    const factor = factorOf(part, keys, gaps, counts)
    if (factor === undefined) continue
    const changed = changedSource(source, {
      amount: (line) => (part.has(line) ? timesFactor(line.amount, factor, source) : line.amount),
    })
    if (await givesBills(changed, invoices)) found.push(ofFactor(factor, 'every line', part.text, source))
  }
  return found.length < 2 ? found[0] : uncertain(found.slice(0, 3))
}

/** The factor of fewest decimals by which a part of each bill comes to what it differs by, give or take a unit for each charge. */
function factorOf(
  part: Part,
  keys: readonly string[],
  gaps: ReadonlyMap<string, bigint>,
  counts: ReadonlyMap<string, bigint>,
): Factor | undefined {
  let [low, high] = [0n, 100n * ONE]
  for (const key of keys) {
    const gap = gaps.get(key) ?? 0n
    const sum = part.sum(key)
    if (sum <= 0n) {
      if (gap !== 0n) return undefined
      continue
    }
    const slack = counts.get(key) ?? 0n
    const [from, to] = [((sum + gap - slack) * ONE) / sum, ((sum + gap + slack) * ONE) / sum]
    if (from > low) low = from
    if (to < high) high = to
    if (low > high) return undefined
  }
  const factor = factorWithin({ low: low > 0n ? low : 1n, high })
  return factor === undefined || factor.value === ONE || factor.value % FINEST !== 0n ? undefined : factor
}
