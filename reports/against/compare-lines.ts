/** Charges side by side: each of ours with the invoices' charge of the same resource, hour and product. */
import type { Policies } from '#scenarios/policies.ts'
import { HOUR, monthOf, startOfHour } from '#sim/billing/civil-time.ts'
import type { Difference, Differences } from './differences.ts'
import { type InvoiceLines, ORDER_HOUR } from './invoices.ts'
import { type Alternative, type Cause, type RatedLine, type RatedSource, secondsFor } from './rated-line.ts'

type Reason = Pick<Difference, 'cause' | 'rule' | 'text'>

const because = (cause: Cause, rule: string, text: string): Reason => ({ cause, rule, text })

/** A few units of the last decimal are always somebody's rounding. */
const FEW_UNITS = 10

/** What most likely made them charge `theirs` for a line of ours. */
export function likely(line: RatedLine, theirs: number, count: number, policies: Policies): Reason {
  const { amount, use } = line
  const others: readonly Alternative[] = line.alternatives()
  if (count > 1 && theirs === amount * count) return because('double charge', 'U-09', `charged ${count} times`)
  const other = others.find((each) => each.amount === theirs && each.amount !== amount)
  if (other !== undefined) return because(other.cause, other.rule, other.text)
  if (theirs === amount * 2) return because('double charge', 'U-09', 'twice the amount')
  if (Math.abs(theirs - amount) <= FEW_UNITS) return because('rounding', 'M-02', 'a few units of the last decimal')
  if (count > 1) return because('double charge', 'U-09', `${count} charges of the same hour`)
  const seconds = use === undefined ? undefined : secondsFor(use, theirs, policies)
  if (use !== undefined && seconds !== undefined)
    return because('hour boundary', 'U-01', `as if ${seconds} seconds were used, not ${use.seconds}`)
  return because('unexplained', '', 'no rule of ours comes to that amount')
}

/** Compares every line; tells of what is missing as it comes, and at last of what nobody asked for. */
export async function compareLines(source: RatedSource, lines: InvoiceLines, found: Differences): Promise<void> {
  const { table } = lines
  const encoder = new TextEncoder()
  const known = (names: InvoiceLines['resources'], text: string): number => {
    const bytes = encoder.encode(text)
    return names.find(bytes, 0, bytes.length)
  }
  const products = new Map<string, number>()
  const productOf = ({ kind, product }: RatedLine): number => {
    const name = lines.hasKinds ? `${kind} ${product}` : product
    let number = products.get(name)
    if (number === undefined) {
      number = known(lines.products, name)
      products.set(name, number)
    }
    return number
  }
  const seenResources = new Uint8Array(lines.resources.count)
  let lastName = ''
  let lastNumber = -1
  await source.each((line) => {
    if (line.resource !== lastName || lastNumber < 0) {
      lastName = line.resource
      lastNumber = known(lines.resources, lastName)
    }
    if (lastNumber >= 0) seenResources[lastNumber] = 1
    const product = productOf(line)
    const row =
      lastNumber < 0 || product < 0
        ? -1
        : lines.find(lastNumber, product, line.kind === 'order' ? ORDER_HOUR : line.hour)
    if (row < 0) found.add(missing(lines, line, lastNumber, product))
    else {
      table.seen[row] = 1
      if (table.amount[row] === line.amount && table.count[row] === 1) found.agrees++
      else found.add(differs(source, line, table.amount[row], table.count[row], table.line[row]))
    }
  })
  for (let row = 0; row < table.rows; row++)
    if (table.seen[row] === 0) found.add(unknown(source, lines, row, seenResources))
}

const ofLine = (line: RatedLine) => ({
  account: line.account,
  month: line.month,
  resource: line.resource,
  hour: line.hour,
  product: line.product,
  figure: 'amount',
  ours: BigInt(line.amount),
})

const differs = (source: RatedSource, line: RatedLine, theirs: number, count: number, at: number): Difference => ({
  ...ofLine(line),
  verdict: 'differs',
  theirs: BigInt(theirs),
  line: at,
  ...likely(line, theirs, count, source.policies),
})

function missing(lines: InvoiceLines, line: RatedLine, resource: number, product: number): Difference {
  const beside = [-HOUR, HOUR].some((by) => lines.find(resource, product, line.hour + by) >= 0)
  const reason =
    line.kind === 'order'
      ? because('unexplained', 'O-05', 'the order is not on the invoices')
      : resource < 0
        ? because('missing hour', 'Q-02', 'the invoices know nothing of this resource')
        : beside
          ? because('missing hour', 'Q-02', 'the hours beside it are there')
          : because('missing hour', 'Q-02', 'no such charge')
  return { ...ofLine(line), verdict: 'missing', theirs: undefined, line: 0, ...reason }
}

function unknown(source: RatedSource, lines: InvoiceLines, row: number, seenResources: Uint8Array): Difference {
  const { table } = lines
  const offset = source.policies['time.utcOffset']
  const hour = table.hour[row]
  const isOrder = hour === ORDER_HOUR
  const name = lines.products.text(table.product[row])
  return {
    verdict: 'unknown',
    account: table.account[row] < 0 ? '' : lines.accounts.text(table.account[row]),
    month: isOrder ? undefined : monthOf(hour, offset),
    resource: lines.resources.text(table.resource[row]),
    hour: isOrder ? undefined : hour,
    product: lines.hasKinds ? name.slice(name.indexOf(' ') + 1) : name,
    figure: 'amount',
    ours: undefined,
    theirs: BigInt(table.amount[row]),
    line: table.line[row],
    ...unknownReason(lines, row, seenResources, !isOrder && hour !== startOfHour(hour, offset)),
  }
}

function unknownReason(lines: InvoiceLines, row: number, seenResources: Uint8Array, isOffTheHour: boolean): Reason {
  const { table } = lines
  if (isOffTheHour) return because('hour boundary', 'T-03', 'it begins at no full hour of civil time')
  if (seenResources[table.resource[row]] === 0) return because('unexplained', 'Q-02', 'we know no such resource')
  const beside = [-HOUR, HOUR].some((by) => {
    const other = lines.find(table.resource[row], table.product[row], table.hour[row] + by)
    return other >= 0 && table.seen[other] === 1
  })
  return beside
    ? because('hour boundary', 'U-05', 'an hour just outside the use')
    : because('unexplained', 'Q-04', 'the resource was not in use then')
}
