/**
 * `reconcile --infer`: the one cause of everything that differs, beyond switches, rates and factors, and where there is none the two
 * that only together are it. A cause is a program: what it makes of all our charges. It is named only if that is the whole file, to the
 * last digit, and no other cause gives the same.
 */
import { accountFactorOfBills, accountFactorOfLines, agrees } from './account-factor.ts'
import { amountOfBills } from './bill-amounts.ts'
import { groupsOfBills, missingAccounts } from './bill-groups.ts'
import { structureOfBills, swappedAccounts } from './bill-structure.ts'
import type { Invoices } from './invoices.ts'
import { structureOfLines } from './line-structure.ts'
import { areCoarse, hasFineFactor, hasFineRate, isPlausible } from './plausible.ts'
import { priceOfBills, priceOfLines } from './product-price.ts'
import type { RatedSource } from './rated-line.ts'
import { partsOf, type Reason, uncertain } from './reason.ts'
import { steppedSources } from './stepped.ts'
import { twoCauses } from './two-causes.ts'
import { givesBills, switchOfBills, switchOfLines } from './variants.ts'

/**
 * Names the cause of what differs, or two; undefined where there is none, and `unexplained` where several come to the whole file. `known`
 * is the one that comparing everything found: a rate or factor of many decimals gives way to any other cause and to two, which are
 * likelier than that, and is not named where it fits by chance.
 */
export async function inferred(source: RatedSource, invoices: Invoices, known?: Reason): Promise<Reason | undefined> {
  const found = await cause(source, invoices, known)
  if (found === undefined || found.cause === 'unexplained' || !areCoarse(invoices)) return found
  const isAdded = partsOf(found).some(({ rates }) => rates?.every((rate) => rate !== '0'))
  // A tax on what had none is the same payable as prices that are so much higher.
  if (!isAdded || source.policies['tax.percent'] !== '0') return found
  return { ...found, text: `${found.text}, or prices so much higher: payables alone do not tell which` }
}

async function cause(source: RatedSource, invoices: Invoices, known: Reason | undefined): Promise<Reason | undefined> {
  const own = known === undefined || known.cause === 'unexplained' ? undefined : known
  if (own !== undefined && own.parts === undefined && !isFine(own) && !isSwitch(own)) return own
  const other = await oneCause(source, invoices)
  if (other?.cause === 'unexplained') return other
  const one = other ?? own
  if (one !== undefined && !isFine(one)) return one
  const two = await twoCauses(source, invoices, one)
  if (one === undefined || two !== undefined) return two
  return isPlausible(one, invoices) ? one : undefined
}

const isFine = (reason: Reason): boolean => hasFineRate(reason) || hasFineFactor(reason)

/** Other zones, lists and ways to bill may come to what a switch does. */
const isSwitch = ({ cause }: Reason): boolean => cause === 'other switch' || cause === 'time zone'

/** A rule that gives the whole file explains more than charges that happen to be missing or twice, or a price of its own. */
async function oneCause(source: RatedSource, invoices: Invoices): Promise<Reason | undefined> {
  const variants = [...source.variants(), ...source.candidates(), ...steppedSources(source)]
  const thorough: RatedSource = { ...source, variants: () => variants }
  if (invoices.level === 'lines') {
    const { lines } = invoices
    const rule = await switchOfLines(thorough, lines, false)
    if (rule !== undefined && rule.parts === undefined) return rule
    const single = onlyCause([
      await structureOfLines(source, lines),
      await accountFactorOfLines(source, lines),
      await priceOfLines(source, lines),
    ])
    return single ?? rule
  }
  const { bills } = invoices
  const swapped = await swappedAccounts(source, bills)
  if (swapped !== undefined) return swapped
  const rule = await switchOfBills(thorough, bills)
  if (rule !== undefined) return rule
  return onlyCause([
    await structureOfBills(source, bills),
    await accountFactorOfBills(source, bills),
    await priceOfBills(source, bills, (other) => givesBills(other, bills)),
    ...(await amountOfBills(source, bills)),
    ...(await groupsOfBills(source, bills)),
    await missingAccounts(source, bills, (bill, invoice) => agrees(source, bill, invoice)),
  ])
}

/** The one that fits; several roundings that come to the same are named together, and of others none is certain. */
function onlyCause(reasons: readonly (Reason | undefined)[]): Reason | undefined {
  const found = reasons.filter((reason) => reason !== undefined)
  const certain = found.filter(({ cause }) => cause !== 'unexplained')
  const [first, ...others] = certain
  if (first === undefined || others.length === 0) return first ?? found[0]
  if (certain.some(({ cause }) => cause !== 'rounding')) return uncertain(certain.slice(0, 3))
  return { ...first, text: certain.map(({ text }) => text).join(', or ') }
}
