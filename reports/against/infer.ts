/**
 * `reconcile --infer`: the one cause of everything that differs, beyond switches, rates and factors, and where there is none the two
 * that only together are it. A cause is a program: what it makes of all our charges. It is named only if that is the whole file, to the
 * last digit, and no other cause gives the same.
 */
import { accountFactorOfBills, agrees } from './account-factor.ts'
import { amountOfBills } from './bill-amounts.ts'
import { areTelling } from './bill-causes.ts'
import { groupsOfBills, missingBills } from './bill-groups.ts'
import { monthsOfBills } from './bill-months.ts'
import { movedMonths, structureOfBills, swappedAccounts } from './bill-structure.ts'
import { tiersOfBills } from './bill-tiers.ts'
import { endedResourceOfBills } from './ended-resource.ts'
import { freeHoursOfBills, freeHoursOfLines } from './free-hours.ts'
import type { InvoiceBill, InvoiceLines, Invoices } from './invoices.ts'
import { accountsOfLines } from './line-accounts.ts'
import { structureOfLines } from './line-structure.ts'
import { missingHoursOfBills } from './missing-hours.ts'
import { movedListOfBills, movedListOfLines } from './moved-list.ts'
import { movedResourcesOfBills } from './moved-resources.ts'
import { digitsOfGaps } from './moved-use.ts'
import { otherResourcesOfLines } from './other-resources.ts'
import { partFactorOfBills, partFactorOfLines } from './part-factor.ts'
import { taxesOfParts } from './part-taxes.ts'
import { areCoarse, areTellingOfCents, hasFineFactor, hasFineRate, isPlausible } from './plausible.ts'
import { priceAndFactorOfLines } from './price-and-factor.ts'
import { priceOfBills, priceOfLines } from './product-price.ts'
import type { RatedSource, Variant } from './rated-line.ts'
import { certainly, partsOf, type Reason, together, uncertain } from './reason.ts'
import { severalPrices } from './several-prices.ts'
import { shiftedHours } from './shifted-hours.ts'
import { singleCharge } from './single-charge.ts'
import { ofSomeAccounts } from './some-accounts.ts'
import { otherPriceOfBills, ruleOfOneResource, ruleOfResources } from './some-resources.ts'
import { steppedSources } from './stepped.ts'
import { taxFromDay } from './tax-from-day.ts'
import { taxInCents } from './tax-in-cents.ts'
import { timeFactorsOfBills, timeFactorsOfLines } from './time-factors.ts'
import { twoCauses } from './two-causes.ts'
import { givesBills, switchOfBills, switchOfLines } from './variants.ts'

/**
 * Names the cause of what differs, or two; undefined where there is none, and `unexplained` where several come to the whole file. `known`
 * is the one that comparing everything found: a rate or factor of many decimals gives way to any other cause and to two, which are
 * likelier than that, and is not named where it fits by chance.
 */
export async function inferred(source: RatedSource, invoices: Invoices, known?: Reason): Promise<Reason | undefined> {
  const accounts = invoices.level === 'lines' ? await accountsOfLines(source, invoices.lines) : undefined
  if (accounts === undefined) return ofAmounts(source, invoices, known)
  // What is charged to other accounts is a cause besides what changes amounts.
  const { reason } = accounts
  if (reason === undefined || known?.text === reason.text) return reason
  const [own, ...others] = known === undefined ? [] : partsOf(known).filter(({ text }) => text !== reason.text)
  const other = await ofAmounts(source, invoices, others.length > 0 ? undefined : own)
  return other === undefined || other.cause === 'unexplained' ? other : together(other, reason)
}

async function ofAmounts(
  source: RatedSource,
  invoices: Invoices,
  known: Reason | undefined,
): Promise<Reason | undefined> {
  const found = await cause(source, invoices, known)
  if (found === undefined || found.cause === 'unexplained' || !areCoarse(invoices)) return found
  const isSmall = partsOf(found).some(({ cause }) => small.has(cause))
  if (isSmall && !areTellingOfCents(source, await source.bills(), invoices)) return undefined
  const isAdded = partsOf(found).some(({ rates }) => rates?.every((rate) => rate !== '0'))
  // A tax on what had none is the same payable as prices that are so much higher.
  if (!isAdded || source.policies['tax.percent'] !== '0') return found
  return { ...found, text: `${found.text}, or prices so much higher: payables alone do not tell which` }
}

/** Causes that may change a bill by a cent or two, of which there are so many that some of them fits. */
const small: ReadonlySet<Reason['cause']> = new Set([
  'granularity',
  'price list',
  'wrong price',
  'rounding',
  'swapped products',
])

async function cause(source: RatedSource, invoices: Invoices, known: Reason | undefined): Promise<Reason | undefined> {
  const own = known === undefined || known.cause === 'unexplained' ? undefined : known
  if (own !== undefined && own.parts === undefined && !isFine(own) && !isSwitch(own)) return own
  const other = await oneCause(source, invoices, own)
  if (other?.cause === 'unexplained') return other
  const one = other ?? own
  if (one !== undefined && !isFine(one)) return one
  const two = await twoCauses(source, invoices, one)
  if (one === undefined || two !== undefined) return two
  return isPlausible(one, invoices) ? one : undefined
}

/** Two rules are likelier than so many prices. */
const MANY_PRICES = 3

/** What other causes, or two of them, are preferred to. */
const isFine = (reason: Reason): boolean =>
  hasFineRate(reason) || hasFineFactor(reason) || (reason.prices ?? 0) >= MANY_PRICES

/** Other zones, lists and ways to bill may come to what a switch does. */
const isSwitch = ({ cause }: Reason): boolean => cause === 'other switch' || cause === 'time zone'

/** A rule that gives the whole file explains more than charges that happen to be missing or twice, or a price of its own. */
function oneCause(source: RatedSource, invoices: Invoices, known?: Reason): Promise<Reason | undefined> {
  const variants = [...source.variants(), ...source.candidates(), ...steppedSources(source)]
  return invoices.level === 'lines'
    ? oneCauseOfLines(source, invoices, variants, known)
    : oneCauseOfBills(source, invoices, variants)
}

/** What may be of single servers: stops and resizes that were missed, the price of another flavour. */
const rulesOfResources = (source: RatedSource): Variant[] => [
  ...source.candidates().filter(({ cause }) => cause === 'missed event'),
  ...source.otherPrices(),
]

/** The same source with these variants and no others. */
const withVariants = (source: RatedSource, variants: readonly Variant[]): RatedSource => ({
  ...source,
  variants: () => variants,
})

async function oneCauseOfLines(
  source: RatedSource,
  invoices: Extract<Invoices, { level: 'lines' }>,
  variants: readonly Variant[],
  known?: Reason,
): Promise<Reason | undefined> {
  const { lines } = invoices
  const rule = await switchOfLines(withVariants(source, variants), lines, false, known)
  if (rule !== undefined && rule.parts === undefined) return rule
  const moved =
    (await movedListOfLines(source, lines)) ??
    (await freeHoursOfLines(source, lines)) ??
    (await shiftedHours(source, lines))
  if (moved !== undefined) return moved
  const some = await ofSomeAccounts(source, invoices, variants)
  const ofSome = some.length === 0 ? undefined : await switchOfLines(withVariants(source, some), lines, false)
  if (certainly(ofSome) !== undefined && ofSome?.parts === undefined) return ofSome
  const one = await ruleOfResources(source, lines, rulesOfResources(source))
  if (one !== undefined) return one
  const structure = await structureOfLines(source, lines)
  const price = await priceOfLines(source, lines)
  const single =
    structure ??
    onlyCause([await partFactorOfLines(source, lines), price]) ??
    // Products that only one server or account uses have its factor.
    (await partFactorOfLines(source, lines, true))
  return single ?? rule ?? otherCauseOfLines(source, lines)
}

/** A hundred rules of some accounts are tried: of so many digits of what differs none fits by chance. */
const FEWEST_DIGITS = 6
const isTellingOfSome = async (source: RatedSource, bills: ReadonlyMap<string, InvoiceBill>): Promise<boolean> =>
  (await areTelling(source, bills)) || digitsOfGaps(source, await source.bills(), bills) >= FEWEST_DIGITS

/** What is looked for where nothing else fits. */
const otherCauseOfLines = async (source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> =>
  (await otherResourcesOfLines(source, lines)) ??
  (await timeFactorsOfLines(source, lines)) ??
  (await priceAndFactorOfLines(source, lines))

async function otherCauseOfBills(
  source: RatedSource,
  bills: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const taxes = await taxesOfParts(source, bills)
  if (taxes !== undefined) return taxes
  const part = onlyCause([
    await movedResourcesOfBills(source, bills),
    await singleCharge(source, bills),
    await endedResourceOfBills(source, bills),
    await timeFactorsOfBills(source, bills),
    await tiersOfBills(source, bills),
  ])
  return part ?? missingHoursOfBills(source, bills)
}

async function oneCauseOfBills(
  source: RatedSource,
  invoices: Exclude<Invoices, { level: 'lines' }>,
  variants: readonly Variant[],
): Promise<Reason | undefined> {
  const { bills } = invoices
  const swapped = await swappedAccounts(source, bills)
  if (swapped !== undefined) return swapped
  const other = (await movedMonths(source, bills)) ?? (await taxInCents(source, bills))
  if (other !== undefined) return other
  const isRounding = ({ cause }: Variant): boolean => cause === 'rounding'
  const rules = variants.filter((variant) => !isRounding(variant))
  const rule = await switchOfBills(withVariants(source, rules), bills)
  if (rule !== undefined) return rule
  const moved =
    (await monthsOfBills(source, bills)) ??
    (await movedListOfBills(source, bills)) ??
    (await freeHoursOfBills(source, bills)) ??
    ((await areTelling(source, bills)) ? await taxFromDay(source, bills) : undefined)
  if (moved !== undefined) return moved
  const some = await ofSomeAccounts(source, invoices, variants)
  const ofSome =
    some.length === 0 || !(await isTellingOfSome(source, bills))
      ? undefined
      : await switchOfBills(withVariants(source, some), bills)
  if (ofSome !== undefined && certainly(ofSome) !== undefined) {
    // A rule of one account that moves one charge is as likely as that charge being wrong.
    const single = await singleCharge(source, bills)
    return single === undefined ? ofSome : uncertain([single, ofSome])
  }
  const all = [
    await structureOfBills(source, bills),
    await accountFactorOfBills(source, bills),
    await priceOfBills(source, bills, (other) => givesBills(other, bills)),
    ...(await amountOfBills(source, bills)),
    ...(await groupsOfBills(source, bills)),
    await missingBills(source, bills, (bill, invoice) => agrees(source, bill, invoice)),
    certainly(await switchOfBills(withVariants(source, variants.filter(isRounding)), bills)),
  ]
  if (all.every((reason) => reason === undefined)) {
    const part =
      (await otherCauseOfBills(source, bills)) ??
      (await otherPriceOfBills(source, bills)) ??
      (await ruleOfOneResource(source, bills, rulesOfResources(source))) ??
      (await partFactorOfBills(source, bills)) ??
      (await severalPrices(source, bills))
    if (part !== undefined) return part
  }
  const isTelling = areTellingOfCents(source, await source.bills(), invoices)
  return onlyCause(isTelling ? all : all.filter((reason) => reason?.cause !== 'rounding'))
}

/** The one that fits; several things of one cause that come to the same are named together, and of several causes none is certain. */
function onlyCause(reasons: readonly (Reason | undefined)[]): Reason | undefined {
  const found = reasons.filter((reason) => reason !== undefined)
  const certain = found.filter(({ cause }) => cause !== 'unexplained')
  const [first, ...others] = certain
  if (first === undefined || others.length === 0) return first ?? found[0]
  if (others.some(({ cause }) => cause !== first.cause)) return uncertain(certain.slice(0, 3))
  return { ...first, text: [...new Set(certain.map(({ text }) => text))].join(', or ') }
}
