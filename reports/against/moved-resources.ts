/** Resources that are on the bills of another account than ours, and two that are each other's. */
import { billKey, type InvoiceBill } from './invoices.ts'
import { accountsThatDiffer, digitsOfGaps, givesMoved } from './moved-use.ts'
import type { RatedSource } from './rated-line.ts'
import { because, type Reason } from './reason.ts'

/** Sums of a resource and month that are held at most. */
const MOST_HELD = 200_000
/** Pairs of resources that are tried as each other's. */
const MOST_PAIRS = 10_000
/** Digits that bills have to say more than there are resources to try. */
const SPARE_DIGITS = 3
/** Resources that come to the same and are all named. */
const MOST_NAMED = 3

interface Resource {
  readonly name: string
  readonly account: string
  readonly months: Map<number, bigint>
}

export async function movedResourcesOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const own = await source.bills()
  const [a, b, ...others] = accountsThatDiffer(source, own, invoices)
  if (a === undefined || b === undefined || others.length > 0) return undefined
  const resources = new Map<string, Resource>()
  let isOther = false
  let held = 0
  const bills = await source.each(({ account, resource, month, amount, isOrder }) => {
    if (isOrder || held > MOST_HELD) isOther = true
    if (isOther || (account !== a && account !== b)) return
    let found = resources.get(resource)
    if (found === undefined) resources.set(resource, (found = { name: resource, account, months: new Map() }))
    if (found.account !== account) isOther = true
    if (!found.months.has(month)) held++
    found.months.set(month, (found.months.get(month) ?? 0n) + amount)
  })
  if (isOther) return undefined
  const other = (account: string): string => (account === a ? b : a)
  /** Whether these, each under the other account, give all bills. */
  const gives = (moved: readonly Resource[]): boolean => {
    const sums = new Map<string, bigint>()
    const add = (key: string, amount: bigint): void => void sums.set(key, (sums.get(key) ?? 0n) + amount)
    for (const { account, months } of moved)
      for (const [month, amount] of months) {
        add(billKey(account, month), -amount)
        add(billKey(other(account), month), amount)
      }
    return givesMoved(source, bills, invoices, (key) => sums.get(key) ?? 0n)
  }
  const all = [...resources.values()]
  const [ofA, ofB] = [a, b].map((account) => all.filter((each) => each.account === account))
  const pairs = ofA.length * ofB.length <= MOST_PAIRS ? ofA.flatMap((x) => ofB.map((y) => [x, y])) : []
  const digits = digitsOfGaps(source, bills, invoices) - SPARE_DIGITS
  const fits = (sets: readonly Resource[][]): Resource[][] =>
    digits < Math.log10(Math.max(1, sets.length)) ? [] : sets.filter(gives)
  const single = fits(all.map((each) => [each]))
  const found = single.length > 0 ? single : fits(pairs)
  if (found.length === 0 || found.length > MOST_NAMED) return undefined
  const said = found.map(([x, y]) =>
    y === undefined
      ? `the charges of ${x.name} are those of ${other(x.account)}, not of ${x.account}`
      : `the charges of ${x.name} and ${y.name} are swapped`,
  )
  return because('swapped accounts', 'I-02', said.join(', or '))
}
