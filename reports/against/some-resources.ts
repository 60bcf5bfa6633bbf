/** Another rule for one or two resources only, such as the price of another flavour, and another price for all of one product. */
import { areTelling } from './bill-causes.ts'
import { figureOf } from './bill-structure.ts'
import { billKey, type Figure, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import type { RatedSource, SourceBill, Variant } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'
import { givesBills, switchReason } from './variants.ts'
import { listed } from './whole-groups.ts'

/** Of more resources it is no longer something that happened to them. */
const MOST_RESOURCES = 2
/** Sums that are held at most, and charges that are gone through in all. */
const MOST_HELD = 200_000
const MOST_CHARGES = 10_000_000

class IsOther extends Error {}

const ofOnly = (variant: Variant, resources: readonly string[]): Reason => {
  const { cause, rule, text } = switchReason(variant)
  return because(cause, rule, `${text}; of ${listed(resources)} only`)
}

/** Several rules that come to the same are not certain; those of one cause are named together. */
function onlyOf(found: readonly Reason[]): Reason | undefined {
  const [first, ...others] = found
  if (first === undefined || others.length === 0) return first
  if (others.length > 2 || others.some(({ cause }) => cause !== first.cause)) return uncertain(found.slice(0, 2))
  return { ...first, text: found.map(({ text }) => text).join(', or ') }
}

/** The rule by which the charges of the resources that differ are theirs, where all others are as they are. */
export async function ruleOfResources(
  source: RatedSource,
  lines: InvoiceLines,
  variants: readonly Variant[],
): Promise<Reason | undefined> {
  const { table } = lines
  const seen = new RowSet(table.rows)
  const differing = new Set<string>()
  const resources = new Set<string>()
  /** What the resources that differ use. */
  const used = new Set<string>()
  let charges = 0
  const find = rowFinder(lines)
  await source.each((line) => {
    charges++
    if (differing.size > MOST_RESOURCES) return
    if (resources.size <= MOST_RESOURCES) resources.add(line.resource)
    const { row } = find(line)
    if (row >= 0) seen.add(row)
    if ((row < 0 ? 0n : table.amount(row)) !== line.amount) {
      differing.add(line.resource)
      used.add(`${line.kind} ${line.product}`)
    }
  }, lines.detail)
  if (differing.size > MOST_RESOURCES) return undefined
  // Rows that are none of ours are of hours in which ours was not used.
  const unknown: number[] = []
  for (const row of table.besides(seen)) {
    differing.add(lines.resources.text(table.resource(row)))
    unknown.push(row)
    if (differing.size > MOST_RESOURCES || unknown.length > MOST_HELD) return undefined
  }
  if (differing.size === 0 || resources.size <= differing.size) return undefined
  const found: Reason[] = []
  const passes = Math.floor(MOST_CHARGES / Math.max(1, charges))
  const possible = variants.filter(({ of }) => of === undefined || used.has(of)).slice(0, passes)
  for (const variant of possible)
    if (await givesResources(variant.source, lines, differing, unknown)) found.push(ofOnly(variant, [...differing]))
  return onlyOf(found)
}

/** Whether all charges of some resources are theirs by a rule; `unknown` are rows that have to be among them. */
async function givesResources(
  source: RatedSource,
  lines: InvoiceLines,
  resources: ReadonlySet<string>,
  unknown: readonly number[],
): Promise<boolean> {
  const { table } = lines
  const seen = new RowSet(table.rows)
  const find = rowFinder(lines)
  try {
    await source.each((line) => {
      if (!resources.has(line.resource)) return
      const { row } = find(line)
      if ((row < 0 ? 0n : table.amount(row)) !== line.amount) throw new IsOther()
      if (row >= 0) seen.add(row)
    }, lines.detail)
  } catch (error) {
    if (error instanceof IsOther) return false
    throw error
  }
  return unknown.every((row) => seen.has(row))
}

type Bills = ReadonlyMap<string, InvoiceBill>

const isTheirs = (source: RatedSource, bill: SourceBill, invoice: InvoiceBill | undefined, use: bigint): boolean =>
  invoice !== undefined &&
  (Object.entries(invoice.figures) as [Figure, bigint][]).every(
    ([figure, amount]) => figureOf(source, bill, figure, use) === amount,
  )

const keyOf = ({ account, month }: { account: string; month: number }): string => billKey(account, month)

/** The rule of one resource of the only account whose bills differ. */
export async function ruleOfOneResource(
  source: RatedSource,
  invoices: Bills,
  variants: readonly Variant[],
): Promise<Reason | undefined> {
  const bills = await source.bills()
  const differing = bills.filter((bill) => !isTheirs(source, bill, invoices.get(keyOf(bill)), 0n))
  const accounts = new Set(differing.map(({ account }) => account))
  if (accounts.size !== 1 || bills.length !== invoices.size || !(await areTelling(source, invoices))) return undefined
  const [account] = accounts
  let charges = 0
  const sumsOf = async (of: RatedSource): Promise<Map<string, Map<string, bigint>> | undefined> => {
    const sums = new Map<string, Map<string, bigint>>()
    let held = 0
    const made = await of.each((line) => {
      charges++
      if (line.account !== account || held > MOST_HELD) return
      let own = sums.get(line.resource)
      if (own === undefined) sums.set(line.resource, (own = new Map()))
      const key = keyOf(line)
      if (!own.has(key)) held++
      own.set(key, (own.get(key) ?? 0n) + line.amount)
    })
    return held > MOST_HELD || made.length !== bills.length ? undefined : sums
  }
  const ours = await sumsOf(source)
  if (ours === undefined || ours.size < 2) return undefined
  const own = bills.filter((bill) => bill.account === account)
  const found: Reason[] = []
  for (const variant of variants) {
    if (charges > MOST_CHARGES) break
    const theirs = await sumsOf(variant.source)
    for (const [resource, sums] of theirs ?? []) {
      const gapOf = (key: string): bigint => (sums.get(key) ?? 0n) - (ours.get(resource)?.get(key) ?? 0n)
      const areAll = own.every((bill) => isTheirs(source, bill, invoices.get(keyOf(bill)), gapOf(keyOf(bill))))
      if (areAll) found.push(ofOnly(variant, [resource]))
    }
  }
  return onlyOf(found)
}

/** A flavour or an image at the price of another one, on all bills. */
export async function otherPriceOfBills(source: RatedSource, invoices: Bills): Promise<Reason | undefined> {
  if (!(await areTelling(source, invoices))) return undefined
  const used = new Map<string, Set<string>>()
  let charges = 0
  const bills = await source.each((line) => {
    charges++
    const key = keyOf(line)
    const own = used.get(key)
    if (own === undefined) used.set(key, new Set([`${line.kind} ${line.product}`]))
    else own.add(`${line.kind} ${line.product}`)
  })
  const differing = bills.filter((bill) => !isTheirs(source, bill, invoices.get(keyOf(bill)), 0n))
  const isUsed = ({ of = '' }: Variant): boolean => differing.every((bill) => used.get(keyOf(bill))?.has(of) === true)
  const passes = Math.floor(MOST_CHARGES / Math.max(1, charges))
  const found: Reason[] = []
  for (const variant of source.otherPrices().filter(isUsed).slice(0, passes))
    if (await givesBills(variant.source, invoices)) found.push(switchReason(variant))
  return onlyOf(found)
}
