/** Another rule for some accounts only: a contract that was not put into their program, or only into theirs. */
import { agrees } from './account-factor.ts'
import { billKey, type Invoices } from './invoices.ts'
import type { RatedSource, Variant } from './rated-line.ts'
import { rowFinder } from './row-finder.ts'
import { listed } from './whole-groups.ts'

/** Of more accounts another rule is no longer something that belongs to them. */
const MOST_ACCOUNTS = 2

/** The accounts that differ; undefined where none agrees, where they are many, or where their charges have none of ours. */
async function differingAccounts(source: RatedSource, invoices: Invoices): Promise<ReadonlySet<string> | undefined> {
  const accounts = new Set<string>()
  const differing = new Set<string>()
  if (invoices.level === 'bills') {
    for (const bill of await source.bills()) {
      accounts.add(bill.account)
      const invoice = invoices.bills.get(billKey(bill.account, bill.month))
      if (invoice === undefined || !agrees(source, bill, invoice)) differing.add(bill.account)
    }
  } else {
    const { lines } = invoices
    const find = rowFinder(lines)
    await source.each((line) => {
      if (differing.size > MOST_ACCOUNTS) return
      accounts.add(line.account)
      if (differing.has(line.account)) return
      const { row } = find(line)
      if (row < 0 || lines.table.amount(row) !== line.amount) differing.add(line.account)
    }, lines.detail)
  }
  const isSome = differing.size > 0 && differing.size <= MOST_ACCOUNTS && differing.size < accounts.size
  return isSome ? differing : undefined
}

/** Each rule as it would be if only the accounts that differ had it. */
export async function ofSomeAccounts(
  source: RatedSource,
  invoices: Invoices,
  variants: readonly Variant[],
): Promise<Variant[]> {
  const accounts = await differingAccounts(source, invoices)
  if (accounts === undefined) return []
  const words = `of ${listed([...accounts])} only`
  return variants.map((variant) => ({
    ...variant,
    text: `${variant.text}; ${words}`,
    source: joined(source, variant.source, accounts),
  }))
}

/** Some accounts of another source, and all others of ours. */
function joined(source: RatedSource, other: RatedSource, accounts: ReadonlySet<string>): RatedSource {
  const isOther = ({ account }: { readonly account: string }): boolean => accounts.has(account)
  // A sample of the other rule has lines of accounts that do not have it.
  const { sample: _, ...rest } = other
  return {
    ...rest,
    variants: () => [],
    candidates: () => [],
    otherPrices: () => [],
    async each(take, detail) {
      const theirs = await other.each((line) => {
        if (isOther(line)) take(line)
      }, detail)
      const ours = await source.each((line) => {
        if (!isOther(line)) take(line)
      }, detail)
      return [...theirs.filter(isOther), ...ours.filter((bill) => !isOther(bill))]
    },
    async bills() {
      const ours = await source.bills()
      return [...(await other.bills()).filter(isOther), ...ours.filter((bill) => !isOther(bill))]
    },
  }
}
