/**
 * Two causes that only together give the whole file: any other rule or price list with another, or with what is wrong with lines and
 * bills, and any two of those. Each pair is proved by computing everything with it, and it is named only where no other pair fits.
 */
import { areTelling, type First, pairsOf, pairsOfBills } from './bill-causes.ts'
import { gatheredLines } from './gathered-lines.ts'
import type { InvoiceBill, InvoiceLines, Invoices } from './invoices.ts'
import { lineCauses, mayHaveCauses } from './line-causes.ts'
import { areCoarse, hasFineRate, isPlausible } from './plausible.ts'
import type { RatedLine, RatedSource, Variant } from './rated-line.ts'
import { countOfCharges, isOfCharges, partsOf, type Reason, together, uncertain } from './reason.ts'
import { givesBills, givesLines, switchReason } from './variants.ts'

/** Charges that are gone through in all: so many passes of a log as fit. A million of them take two to three seconds. */
const MOST_CHARGES = 5_000_000
/** Pairs of other rules that are tried: those that come closest by their sums. */
const MOST_TRIED = 40
/** How far the sums of a pair may be from theirs, as a part of them: rules on the same charges do not simply add up. */
const CLOSE = 0.02

/**
 * The two causes that fit, undefined where there are none; what is not certain is `unexplained`. `one` is a cause that fits alone: two
 * are preferred to it where it is a fine rate and they are not, and another that changes nothing is not named with it.
 */
export async function twoCauses(source: RatedSource, invoices: Invoices, one?: Reason): Promise<Reason | undefined> {
  const all = invoices.level === 'lines' ? await ofLines(source, invoices.lines) : await ofBills(source, invoices.bills)
  // One rule alone comes before the same one with another that changes nothing.
  const fewest = Math.min(...all.map((reason) => partsOf(reason).length))
  const few = all.filter((reason) => partsOf(reason).length === fewest)
  // A rule explains more than charges that happen to be missing.
  const fewestOfCharges = Math.min(...few.map(countOfCharges))
  const found = few.filter((reason) => countOfCharges(reason) === fewestOfCharges)
  const isPair = (reason: Reason): boolean =>
    one === undefined || !partsOf(reason).some(({ text }) => text === one.text)
  const pairs = found.filter((reason) => isPair(reason) && isPlausible(reason, invoices))
  // With a rounding that is too fine, or a rule that changes nothing, a fine rate fits as it does alone.
  const round = pairs.filter((reason) => !hasFineRate(reason))
  if (one !== undefined && round.length === 0) return undefined
  return onlyPair(round.length > 0 ? round : pairs, one)
}

/** Other rules and lists, as many as there is time for: each is a pass of the log. */
function variantsWithin(source: RatedSource, charges: number): Variant[] {
  const passes = Math.floor(MOST_CHARGES / Math.max(1, charges))
  const all = [...source.variants(), ...source.candidates()].filter(({ isAlone }) => isAlone !== true)
  // Of many charges only the likeliest are gone through: zones are many, and come last.
  return all.toSorted((a, b) => Number(a.cause === 'time zone') - Number(b.cause === 'time zone')).slice(0, passes)
}

/** Sums of a source, by what theirs have as well. */
type Sums = Map<string, number>

const add = (sums: Sums, key: string, amount: bigint): void => {
  sums.set(key, (sums.get(key) ?? 0) + Number(amount))
}

async function ofLines(source: RatedSource, lines: InvoiceLines): Promise<Reason[]> {
  const { table } = lines
  const { policies } = source
  const keyOf = (line: RatedLine): string =>
    `${line.resource} ${lines.hasKinds ? `${line.kind} ${line.product}` : line.product}`
  const variants = variantsWithin(source, table.rows).filter(({ hasOurLines }) => hasOurLines !== true)
  // Few pairs are all tried; of many those whose sums come closest.
  const isByAll = (variants.length * (variants.length - 1)) / 2 <= MOST_TRIED
  const gathered = async (of: RatedSource) => {
    const sums: Sums = new Map()
    const onLine = (line: RatedLine): void => add(sums, keyOf(line), line.amount)
    const found = await gatheredLines(of, lines, { mayHaveCauses, ...(isByAll ? {} : { onLine }) })
    return { sums, found }
  }
  const own = await gathered(source)
  const found: Reason[] =
    own.found === undefined
      ? []
      : lineCauses(own.found, { policies, most: 2 }).map(([first, second]) => pairOf(first, second))
  const others: Priced[] = []
  for (const variant of variants) {
    const made = await gathered(variant.source)
    others.push({ variant, sums: made.sums })
    if (made.found === undefined) continue
    const causes = lineCauses(made.found, { policies: variant.source.policies, most: 1 })
    for (const [cause] of causes) if (cause !== undefined) found.push(together(switchReason(variant), cause))
  }
  if (!areOfCharges(found)) return found
  if (isByAll) return orElse(await ofFewRules(variants, lines), found)
  const theirs: Sums = new Map()
  for (let row = 0; row < table.rows; row++)
    add(
      theirs,
      `${lines.resources.text(table.resource(row))} ${lines.products.text(table.product(row))}`,
      table.amount(row),
    )
  const rules: Reason[] = []
  for (const pair of closest({ own: own.sums, theirs, others }))
    if (await givesLines(pair.source, lines)) rules.push(pair.reason)
  if (rules.length + found.length > 0) return orElse(rules, found)
  // Two rules and what is wrong with lines: a factor, a rounding, charges that are missing.
  const three: Reason[] = []
  for (const pair of closest({ own: own.sums, theirs, others, isScaled: true })) {
    const made = await gatheredLines(pair.source, lines, { mayHaveCauses })
    if (made === undefined) continue
    for (const [cause] of lineCauses(made, { policies: pair.source.policies, most: 1 }))
      if (cause !== undefined) three.push(together(pair.reason, cause))
  }
  return three
}

/** Whether there are none but those with charges that happen to be missing or twice: two rules explain more than these. */
const areOfCharges = (found: readonly Reason[]): boolean => found.every(isOfCharges)

const orElse = (rules: Reason[], found: Reason[]): Reason[] => (rules.length > 0 ? rules : found)

/** All pairs of some rules that give the lines, where neither rule alone does. */
async function ofFewRules(variants: readonly Variant[], lines: InvoiceLines): Promise<Reason[]> {
  const found: Reason[] = []
  for (const [a, b] of pairsOf(variants)) {
    const pair = kindOf(a) === kindOf(b) ? undefined : (joined(a, b) ?? joined(b, a))
    if (pair === undefined || !(await givesLines(pair.source, lines))) continue
    if (!(await givesLines(a.source, lines)) && !(await givesLines(b.source, lines))) found.push(pair.reason)
  }
  return found
}

const pairOf = (first: Reason, second: Reason | undefined): Reason =>
  second === undefined ? first : together(first, second)

async function ofBills(source: RatedSource, invoices: ReadonlyMap<string, InvoiceBill>): Promise<Reason[]> {
  if (!(await areTelling(source, invoices))) return []
  const keyOf = ({ account, month, kind, product }: RatedLine): string => `${month} ${account}\n${kind} ${product}`
  const summed = async (of: RatedSource): Promise<Sums> => {
    const sums: Sums = new Map()
    await of.each((line) => add(sums, keyOf(line), line.amount))
    return sums
  }
  let charges = 0
  const bills = await source.each(() => charges++)
  const variants = variantsWithin(source, charges)
  const firsts = variants.map((variant): First => ({ reason: switchReason(variant), source: variant.source }))
  const passes = (2 * MOST_CHARGES) / Math.max(1, charges)
  const found = await pairsOfBills(source, invoices, firsts, passes)
  if (!areOfCharges(found)) return found
  const others: Priced[] = []
  for (const variant of variants) others.push({ variant, sums: await summed(variant.source) })
  // Bills have no products: the sums of a bill are compared, tax in them where it is.
  const theirs: Sums = new Map()
  for (const [key, { figures }] of invoices) theirs.set(key, Number(figures.charges ?? figures.payable ?? 0n))
  const taxed = new Map(
    bills.map((bill) => [`${bill.month} ${bill.account}`, Number(bill.payable) / Math.max(1, Number(bill.charges))]),
  )
  const factorOf = (key: string): number =>
    invoices.get(key)?.figures.charges === undefined ? (taxed.get(key) ?? 1) : 1
  const own = await summed(source)
  const pairs = closest({ own, theirs, others, factorOf })
  const rules: Reason[] = []
  for (const pair of pairs) if (await givesBills(pair.source, invoices)) rules.push(pair.reason)
  if (rules.length + found.length > 0 || areCoarse({ level: 'bills', bills: invoices })) return orElse(rules, found)
  return pairsOfBills(source, invoices, closest({ own, theirs, others, factorOf, isScaled: true }), passes, false)
}

interface Priced {
  readonly variant: Variant
  readonly sums: Sums
}

interface Closeness {
  readonly own: Sums
  readonly theirs: Sums
  readonly others: readonly Priced[]
  /** What the sums of a key are multiplied by before they are compared. */
  readonly factorOf?: (key: string) => number
  /** Whether a factor on everything, such as a discount or a tax, is left out of account. */
  readonly isScaled?: boolean
}

/** The switch or kind of cause that a variant is: two of the same are no pair. */
const kindOf = ({ text, cause }: Variant): string =>
  cause === 'time zone' ? 'time.utcOffset' : (/^as with ([\w.]+)=/.exec(text)?.[1] ?? cause ?? text)

const isOfPrices = ({ cause }: Variant): boolean => cause === 'price list' || cause === 'swapped products'

/** Pairs that do not add up at all: swapped prices and those of another date, and either for the months of another zone. */
const arePrices = ({ a, b }: Ranked): boolean => isOfPrices(a.variant) && isOfPrices(b.variant)
const areMonths = ({ a, b }: Ranked): boolean =>
  (isOfPrices(a.variant) && b.variant.cause === 'time zone') ||
  (isOfPrices(b.variant) && a.variant.cause === 'time zone')

interface Ranked {
  readonly a: { readonly variant: Variant }
  readonly b: { readonly variant: Variant }
  readonly gap: number
}

/** Both rules together: the second as a variant of the first. */
function joined(first: Variant, second: Variant): First | undefined {
  const { source } = first
  const found = [...source.variants(), ...source.candidates()].find(({ text }) => text === second.text)
  return found === undefined
    ? undefined
    : { reason: together(switchReason(first), switchReason(second)), source: found.source }
}

/** Pairs of rules by how close their sums come to theirs: what each changes of ours is put together. */
function closest({ own, theirs, others, factorOf = () => 1, isScaled = false }: Closeness): First[] {
  const parts = [...new Set([own, ...others.map(({ sums }) => sums)].flatMap((sums) => [...sums.keys()]))]
  const wholes = parts.map((part) => part.split('\n', 1)[0])
  const all = [...new Set([...wholes, ...theirs.keys()])]
  const places = new Map(all.map((whole, index) => [whole, index]))
  const of = (sums: Sums): Float64Array => Float64Array.from(parts, (part) => sums.get(part) ?? 0)
  const [ours, columns] = [of(own), others.map(({ sums }) => of(sums))]
  const place = Int32Array.from(wholes, (whole) => places.get(whole) ?? 0)
  const target = all.map((whole) => theirs.get(whole) ?? 0)
  const factors = all.map(factorOf)
  const size = target.reduce((sum, each) => sum + Math.abs(each), 0)
  const distance = (a: Float64Array, b: Float64Array, isProduct: boolean): number => {
    const sums = new Float64Array(all.length)
    for (let index = 0; index < parts.length; index++) {
      const was = ours[index]
      sums[place[index]] += isProduct && was > 0 ? (a[index] * b[index]) / was : a[index] + b[index] - was
    }
    const total = sums.reduce((sum, each, index) => sum + Math.abs(each * factors[index]), 0)
    const scale = isScaled && total > 0 ? size / total : 1
    return (
      sums.reduce((sum, each, index) => sum + Math.abs(each * factors[index] * scale - target[index]), 0) /
      Math.max(1, size)
    )
  }
  const changing = others.flatMap(({ variant }, index) =>
    columns[index].some((each, at) => each !== ours[at]) ? [{ variant, column: columns[index] }] : [],
  )
  const ranked = changing
    .flatMap((a, index) =>
      changing.slice(index + 1).flatMap((b) =>
        kindOf(a.variant) === kindOf(b.variant)
          ? []
          : [
              {
                ...{ a, b },
                gap: Math.min(distance(a.column, b.column, true), distance(a.column, b.column, false)),
              },
            ],
      ),
    )
    .sort((x, y) => x.gap - y.gap)
  const near = ranked.filter((pair) => pair.gap < CLOSE && !arePrices(pair) && !areMonths(pair))
  const groups = [near, ranked.filter(arePrices), ranked.filter(areMonths)]
  return groups.flatMap((group) =>
    group
      .slice(0, MOST_TRIED)
      .flatMap(({ a, b }) => joined(a.variant, b.variant) ?? joined(b.variant, a.variant) ?? []),
  )
}

/** More zones that fit are named no longer. */
const MOST_ZONES = 3

/** The only pair that fits; several that differ in one of the two only are named together, and of others none is certain. */
function onlyPair(reasons: readonly Reason[], one: Reason | undefined): Reason | undefined {
  const found = [...new Map(reasons.map((reason) => [pairKey(reason), reason])).values()]
  const [first, ...others] = found
  if (first === undefined || others.length === 0) return first
  if (partsOf(first).length > 2) return uncertain(found.slice(0, 2))
  const has = (reason: Reason, text: string): boolean => partsOf(reason).some((part) => part.text === text)
  const shared = partsOf(first).find(({ text }) => others.every((other) => has(other, text)))
  const areOfOneRule = others.every((other) => rulesOf(other) === rulesOf(first))
  // Zones between which nothing was used are one; what is next to them differs with their hours.
  const areOfZones = found.every((reason) => partsOf(reason).some(({ cause }) => cause === 'time zone'))
  if (shared === undefined && areOfOneRule && areOfZones && found.length <= MOST_ZONES)
    return { ...first, text: found.map(({ text }) => text).join('; or ') }
  if (shared === undefined || !areOfOneRule) return uncertain([...(one === undefined ? [] : [one]), first, others[0]])
  const rest = found.slice(0, 3).flatMap((reason) => partsOf(reason).filter((part) => part.text !== shared.text))
  const named = withoutTaxAsFactor(rest)
  const [other] = named
  return together(shared, { ...other, text: named.map(({ text }) => text).join(', or ') })
}

/** A tax of 20 % and lines that are 1.2 times ours are the same thing, of which the tax is named. */
function withoutTaxAsFactor(reasons: readonly Reason[]): Reason[] {
  const rates = reasons.flatMap((reason) => reason.rates ?? [])
  const isTax = ({ factor }: Reason): boolean =>
    rates.some((rate) => Math.abs(100 * (Number(factor) - 1) - Number(rate)) < 1e-9)
  return reasons.filter((reason) => !isTax(reason))
}

const rulesOf = (reason: Reason): string =>
  partsOf(reason)
    .map(({ rule }) => rule)
    .sort()
    .join()

/** The same two causes in either order are one pair. */
const pairKey = (reason: Reason): string =>
  partsOf(reason)
    .map(({ text }) => text)
    .sort()
    .join('\n')
