/** Charges side by side: each of ours with the invoices' charge of the same resource, hour and product. */
import { monthOf, startOfHour } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { Difference, Differences } from './differences.ts'
import { type InvoiceLines, ORDER_HOUR } from './invoices.ts'
import { LineAccounts } from './line-accounts.ts'
import { LineEvidence } from './line-evidence.ts'
import { OrderMatches } from './order-matches.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, certainly, type Reason, together } from './reason.ts'
import { type Found, rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'
import { switchOfLines } from './variants.ts'

/**
 * Compares every line: once to gather what agrees and what may explain the rest, and where anything differs once more to
 * name it. Last come rows without a counterpart.
 */
export async function compareLines(source: RatedSource, lines: InvoiceLines, found: Differences): Promise<void> {
  const { table } = lines
  const evidence = new LineEvidence(source.policies)
  const seen = new RowSet(table.rows)
  const seenResources = new RowSet(lines.resources.count)
  const find = rowFinder(lines)
  const orders = new OrderMatches(lines)
  const accounts = new LineAccounts(lines)
  let differing = 0
  let missed = 0
  const take = (line: RatedLine, row: number): void => {
    if (row >= 0) {
      seen.add(row)
      evidence.take(line, theirsOf(lines, row))
    }
    const isOther = row >= 0 && accounts.take(line, row) !== undefined
    if (row < 0 || table.amount(row) !== line.amount) differing++
    else if (!isOther) found.agrees++
    if (row < 0) missed++
  }
  const { detail } = lines
  await source.each((line) => {
    const { row, resource } = find(line)
    if (resource >= 0) seenResources.add(resource)
    if (!orders.isOfOther(line, row)) take(line, row)
  }, detail)
  for (const [line, row] of orders.pairs(seen)) take(line, row)
  let unknown = 0
  for (const _ of table.besides(seen)) unknown++
  if (differing + unknown + accounts.moved === 0) return
  const ofAccounts = accounts.reason ?? because('unexplained', 'I-02', 'they are charged to another account')
  const hasOneCause = unknown + missed === 0 && evidence.hasOneCause
  const one = differing + unknown > 1 ? certainly(await switchOfLines(source, lines, hasOneCause)) : undefined
  let ofAmounts = one
  const reasonOf = (line: RatedLine, row: number): Reason => {
    const reason = one ?? evidence.reason(line, theirsOf(lines, row))
    if (hasOneCause) ofAmounts ??= reason
    return reason
  }
  if (differing + accounts.moved > 0)
    await source.each((line) => {
      const place = find(line)
      const row = orders.rowOf(line, place.row)
      if (row < 0) found.add(missing(lines, line, place, one))
      else if (table.amount(row) !== line.amount)
        found.add({
          ...ofLine(line),
          verdict: 'differs',
          theirs: table.amount(row),
          line: table.line(row),
          ...reasonOf(line, row),
        })
      else {
        const other = accounts.other(line, row)
        if (other !== undefined) found.add(ofOther(lines, line, row, other, ofAccounts))
      }
    }, detail)
  const ours = { rows: seen, resources: seenResources }
  for (const row of table.besides(seen))
    found.add(unknownLine(source, lines, row, one ?? unknownReason(source, lines, row, ours)))
  if (accounts.moved === 0) found.oneCause = ofAmounts
  else if (differing + unknown === 0) found.oneCause = accounts.reason
  else if (ofAmounts !== undefined && accounts.reason !== undefined)
    found.oneCause = together(ofAmounts, accounts.reason)
}

const theirsOf = ({ table }: InvoiceLines, row: number) => ({
  amount: table.amount(row),
  count: table.count(row),
  at: table.hour(row) === ORDER_HOUR && !Number.isNaN(table.at(row)) ? table.at(row) : undefined,
})

const ofLine = (line: RatedLine) => ({
  account: line.account,
  month: line.month,
  resource: line.resource,
  hour: line.hour,
  product: line.product,
  figure: 'amount',
  ours: line.amount,
})

/** The same amount, charged to another account. */
function ofOther(lines: InvoiceLines, line: RatedLine, row: number, other: string, reason: Reason): Difference {
  const { table } = lines
  const text = `charged to ${other}: ${reason.text}`
  return { ...ofLine(line), verdict: 'differs', theirs: table.amount(row), line: table.line(row), ...reason, text }
}

function missing(
  lines: InvoiceLines,
  line: RatedLine,
  { resource, product }: Found,
  one: Reason | undefined,
): Difference {
  return {
    ...ofLine(line),
    verdict: 'missing',
    theirs: undefined,
    line: 0,
    ...(one ?? missingReason(lines, line, resource, product)),
  }
}

function missingReason(lines: InvoiceLines, line: RatedLine, resource: number, product: number): Reason {
  if (line.isOrder) {
    const free = line.alternatives().find(({ amount }) => amount === 0n)
    if (free !== undefined) return because(free.cause, free.rule, `${free.text}, which is 0`)
    return because('unexplained', 'O-05', 'the order is not on the invoices')
  }
  if (resource < 0) return because('missing hour', 'Q-02', 'the invoices do not have this resource')
  const isNextTo = [-HOUR, HOUR].some((by) => lines.table.find(resource, product, line.hour + by) >= 0)
  return because('missing hour', 'Q-02', isNextTo ? 'the adjacent hours are there' : 'no such charge')
}

function unknownLine(source: RatedSource, lines: InvoiceLines, row: number, reason: Reason): Difference {
  const { table } = lines
  const offset = source.policies['time.utcOffset']
  const hour = table.hour(row)
  const isOrder = hour === ORDER_HOUR
  const name = lines.products.text(table.product(row))
  return {
    verdict: 'unknown',
    account: table.account(row) < 0 ? '' : lines.accounts.text(table.account(row)),
    month: isOrder ? undefined : monthOf(hour, offset),
    resource: lines.resources.text(table.resource(row)),
    hour: isOrder ? undefined : hour,
    product: lines.hasKinds ? name.slice(name.indexOf(' ') + 1) : name,
    figure: 'amount',
    ours: undefined,
    theirs: table.amount(row),
    line: table.line(row),
    ...reason,
  }
}

/** What of theirs we charge, too: rows, and resources by number. */
interface Ours {
  readonly rows: RowSet
  readonly resources: RowSet
}

function unknownReason(source: RatedSource, lines: InvoiceLines, row: number, ours: Ours): Reason {
  const { table } = lines
  const hour = table.hour(row)
  if (hour !== ORDER_HOUR && hour !== startOfHour(hour, source.policies['time.utcOffset']))
    return because('hour boundary', 'T-03', 'it does not start at a full hour of civil time')
  if (!ours.resources.has(table.resource(row))) return because('unexplained', 'Q-02', 'we have no such resource')
  // An hour just outside the use has our hour on one side and none of theirs on the other.
  const [before, after] = [-HOUR, HOUR].map((by) =>
    lines.table.find(table.resource(row), table.product(row), hour + by),
  )
  const isOurs = (other: number): boolean => other >= 0 && ours.rows.has(other)
  return (isOurs(before) && after < 0) || (isOurs(after) && before < 0)
    ? because('hour boundary', 'U-05', 'an hour just outside the use')
    : because('unexplained', 'Q-04', 'the resource was not in use then')
}
