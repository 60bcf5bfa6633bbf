/**
 * Up to two causes that make every charge of theirs of ours: names that are swapped, resources or hours that are missing or twice, a
 * rounding of each line, a factor on all lines or on those of one account, two digits of one amount. Each answer gives the whole file.
 */
import { divideRounded } from '#base/decimal.ts'
import type { Policies } from '#scenarios/policies.ts'
import { type Factor, factorReason, factorWithin, ONE } from './factor-range.ts'
import type { EqualCharges, Gathered } from './gathered-lines.ts'
import { type LineRounding, lineRoundings, roundingReason, roundLine } from './line-roundings.ts'
import { because, type Reason } from './reason.ts'
import { common, type Range } from './simplest.ts'
import { areTransposed } from './transposed.ts'
import { listed, wholeGroups } from './whole-groups.ts'

/** More resources or hours than that are no longer something that was left out or repeated. */
const MOST_RESOURCES = 3
const MOST_HOURS = 24

export interface LineRules {
  readonly policies: Pick<Policies, 'rounding.charge' | 'tax.percent'>
  /** How many causes there may be. */
  readonly most: number
}

/** All answers of the fewest causes; none where no `most` causes explain the charges. */
export function lineCauses(gathered: Gathered, { policies, most }: LineRules): Reason[][] {
  const structural = structuralCauses(gathered)
  if (structural === undefined || structural.length > most) return []
  const left = most - structural.length
  const amounts = amountCauses(gathered.charges, policies, left)
  return amounts.map((causes) => [...structural, ...causes])
}

/** What concerns whole charges; undefined where it is no cause that is known. */
function structuralCauses({ missing, doubled, ofResource, ofHour, renamed }: Gathered): Reason[] | undefined {
  const found: Reason[] = []
  const [first] = renamed
  if (first !== undefined) {
    const [a, b] = first
    const text = `${a} is called ${b}${renamed.size === 2 ? ', and the other way round' : ''}`
    found.push(because('swapped products', 'U-07', text))
  }
  // What is missing cannot be twice.
  const left = { ofResource: new Map(ofResource), ofHour: new Map(ofHour) }
  for (const { resource, hour } of missing) {
    left.ofResource.set(resource, (left.ofResource.get(resource) ?? 0) - 1)
    left.ofHour.set(hour, (left.ofHour.get(hour) ?? 0) - 1)
  }
  for (const [held, isMissing] of [
    [missing, true],
    [doubled, false],
  ] as const) {
    if (held.length === 0) continue
    const { resources, hours } = isMissing
      ? wholeGroups(held, ofResource, ofHour)
      : wholeGroups(held, left.ofResource, left.ofHour)
    const isFew =
      resources !== undefined && resources.length <= MOST_RESOURCES && resources.length * 2 < ofResource.size
    if (isFew)
      found.push(
        isMissing
          ? because('missing resource', 'Q-02', `no charge of ${listed(resources)}`)
          : because('double charge', 'U-09', `every charge of ${listed(resources)} twice`),
      )
    else if (hours !== undefined && hours <= MOST_HOURS && hours * 2 < ofHour.size)
      found.push(
        isMissing
          ? because('missing hour', 'Q-02', `no charge of any resource in ${hours} hours`)
          : because('double charge', 'U-09', `every charge of ${hours} hours twice`),
      )
    else return undefined
  }
  return found
}

type Rounding = Policies['rounding.charge']
type Amount = (charge: EqualCharges) => bigint

/** The charges that an amount does not give; undefined where they are more than one. */
function exceptions(charges: readonly EqualCharges[], amount: Amount): EqualCharges[] | undefined {
  const found: EqualCharges[] = []
  for (const charge of charges) {
    if (amount(charge) === charge.theirs) continue
    found.push(charge)
    if (found.length > 1 || charge.times > 1) return undefined
  }
  return found
}

/** The causes so far, and that two digits of the one amount are transposed that they do not give. */
function withTransposed(
  charges: readonly EqualCharges[],
  amount: Amount,
  causes: readonly Reason[],
  left: number,
): Reason[] | undefined {
  if (causes.length > left) return undefined
  const rest = exceptions(charges, amount)
  if (rest === undefined) return undefined
  const [only] = rest
  if (only === undefined) return [...causes]
  if (causes.length + 1 > left || !areTransposed(amount(only), only.theirs)) return undefined
  const text = `two digits of one amount: ${only.resource}, ${only.product}`
  return [...causes, because('transposed digits', '', text)]
}

function amountCauses(charges: readonly EqualCharges[], policies: LineRules['policies'], left: number): Reason[][] {
  const asIs = withTransposed(charges, ({ ours }) => ours, [], left)
  if (asIs !== undefined) return [asIs]
  const found: Reason[][] = []
  const of = (causes: Reason[] | undefined): void => {
    if (causes !== undefined) found.push(causes)
  }
  /** Of several that fit the first is the one of fewest decimals. */
  for (const rule of lineRoundings) {
    if (found.length > 0) break
    of(withTransposed(charges, ({ ours }) => roundLine(ours, rule), [roundingReason(rule)], left))
  }
  for (const causes of factorCauses(charges, policies, left)) of(causes)
  const fewest = Math.min(...found.map(({ length }) => length))
  return found.filter(({ length }) => length === fewest)
}

/** A factor on all lines, on those of one account, or on both; rounded once more where a rounding is left to try. */
function factorCauses(
  charges: readonly EqualCharges[],
  policies: LineRules['policies'],
  left: number,
): (Reason[] | undefined)[] {
  if (left < 1) return []
  const found: (Reason[] | undefined)[] = []
  const accounts = Map.groupBy(largestFirst(charges), ({ account }) => account)
  for (const rule of [undefined, ...(left > 1 ? lineRoundings : [])]) {
    const factors = factorsOf(accounts, rule)
    if (factors === undefined) continue
    const causes = [
      ...factorReasons(factors, policies['tax.percent']),
      ...(rule === undefined ? [] : [roundingReason(rule)]),
    ]
    for (const amount of waysOf(factors, policies['rounding.charge'], rule)) {
      const made = withTransposed(charges, amount, causes, left)
      if (made === undefined) continue
      found.push(made)
      break
    }
    if (found.length > 0) break
  }
  return found
}

/** A divisor as the factor that it comes to, where that is a decimal. */
const asTimes = ({ value, isDivisor }: Factor): Factor =>
  isDivisor && (ONE * ONE) % value === 0n ? { value: (ONE * ONE) / value, isDivisor: false } : { value, isDivisor }

/** What the factor of one account is on top of that of all; undefined where it is no decimal. */
function onTop({ all, own }: Factors): Factor | undefined {
  if (all === undefined || own === undefined) return undefined
  const [a, b] = [asTimes(all), asTimes(own)]
  return a.isDivisor || b.isDivisor || (b.value * ONE) % a.value !== 0n
    ? undefined
    : { value: (b.value * ONE) / a.value, isDivisor: false }
}

function factorReasons(factors: Factors, percent: string): Reason[] {
  const { all, account, own } = factors
  const found: Reason[] = []
  if (all !== undefined) found.push(factorReason(all, 'every line', percent))
  if (account === undefined) return found
  const reason = factorReason(onTop(factors) ?? own ?? { value: ONE, isDivisor: false }, 'every line', percent)
  return [...found, { ...reason, text: `${reason.text}; of ${account} only` }]
}

/** How a factor may have been put on a charge: once or in two steps, on the price or on the charge, each rounded in its way. */
function waysOf(factors: Factors, rounding: Rounding, rule: LineRounding | undefined): Amount[] {
  const { all, account, own } = factors
  const other = onTop(factors)
  const found: Amount[] = []
  for (const by of [rounding, rounding === 'truncate' ? 'half-up' : 'truncate'] as const) {
    const times = (amount: bigint, factor: Factor | undefined, denominator = 1n): bigint => {
      const { value, isDivisor } = factor ?? { value: ONE, isDivisor: false }
      return isDivisor
        ? divideRounded(amount * ONE, value * denominator, by)
        : divideRounded(amount * value, ONE * denominator, by)
    }
    const isOwn = (charge: EqualCharges): boolean => charge.account === account
    found.push(
      (charge) => times(charge.ours, isOwn(charge) ? own : all),
      (charge) => times(charge.numerator, isOwn(charge) ? own : all, charge.denominator),
    )
    if (other !== undefined)
      found.push(
        (charge) => (isOwn(charge) ? times(times(charge.ours, all), other) : times(charge.ours, all)),
        (charge) => (isOwn(charge) ? times(times(charge.ours, other), all) : times(charge.ours, all)),
      )
  }
  if (rule === undefined) return found
  return found.map((amount) => (charge) => roundLine(amount(charge), rule))
}

interface Factors {
  /** Of all accounts but that one. */
  readonly all: Factor | undefined
  readonly account?: string
  readonly own?: Factor | undefined
}

const isSame = (a: Factor | undefined, b: Factor | undefined): boolean =>
  a?.value === b?.value && a?.isDivisor === b?.isDivisor

/** The factor of every account, where all but one have the same. */
function factorsOf(
  accounts: ReadonlyMap<string, readonly EqualCharges[]>,
  rule: LineRounding | undefined,
): Factors | undefined {
  const found: { account: string; factor: Factor | undefined; products: number }[] = []
  // Amounts of several accounts narrow a common factor: it is tried on all of them first.
  const together = factorOf(largestFirst([...accounts.values()].flat()), rule)
  if (together !== undefined && together.factor !== undefined)
    return together.products < 2 ? undefined : { all: together.factor }
  for (const [account, charges] of accounts) {
    const factor = factorOf(charges, rule)
    if (factor === undefined) return undefined
    found.push({ account, ...factor })
  }
  if (found.length < 2) return undefined
  for (const one of found) {
    const [first, ...others] = found.filter((each) => each !== one)
    if (others.some(({ factor }) => !isSame(factor, first.factor)) || isSame(first.factor, one.factor)) continue
    // Of two accounts either may be the one with a factor of its own: the one that has none of the other's.
    if (found.length === 2 && first.factor !== undefined) continue
    if (one.products < 2) return undefined
    return { all: first.factor, account: one.account, own: one.factor }
  }
  return undefined
}

/** Where a factor may be that makes theirs of ours; it may have been put on the price as well, and be rounded twice. */
function rangeOf({ ours, theirs }: EqualCharges, rule: LineRounding | undefined): Range | undefined {
  const unit = rule?.unit ?? 1n
  if (ours <= 0n || theirs < 0n || theirs % unit !== 0n) return undefined
  const low = theirs - unit - 1n
  return { low: low <= 0n ? 0n : (low * ONE) / (ours + 1n), high: ((theirs + unit + 1n) * ONE) / ours }
}

const isAsIs = ({ ours, theirs }: EqualCharges, rule: LineRounding | undefined): boolean =>
  (rule === undefined ? ours : roundLine(ours, rule)) === theirs

/** Whether at most one charge is not as it is. */
function areAsIs(charges: readonly EqualCharges[], rule: LineRounding | undefined): boolean {
  let others = 0
  for (const charge of charges) {
    if (!isAsIs(charge, rule)) others += charge.times
    if (others > 1) return false
  }
  return true
}

/** Where a factor may be that makes all of the charges but one; undefined where there is none. */
function commonRange(charges: readonly EqualCharges[], rule: LineRounding | undefined, start: number) {
  let range: Range = { low: 1n, high: 1_000n * ONE }
  let left = 0
  for (const charge of charges.slice(start)) {
    const of = rangeOf(charge, rule)
    const narrower = of === undefined ? undefined : common(range, of)
    if (narrower !== undefined && narrower.low <= narrower.high) range = narrower
    else if (charge.ours !== 0n || charge.theirs !== 0n) left += charge.times
    if (left > 1) return undefined
  }
  return range
}

/** The largest may be the one that has no part in it. */
const starts = [0, 1]

const largestFirst = (charges: readonly EqualCharges[]): EqualCharges[] =>
  charges.toSorted((a, b) => (a.ours < b.ours ? 1 : a.ours > b.ours ? -1 : 0))

/** Whether some of the charges leave it possible that all have causes: of one rounding, each account with a factor. */
export function mayHaveCauses(charges: readonly EqualCharges[]): boolean {
  const accounts = [...Map.groupBy(largestFirst(charges), ({ account }) => account).values()]
  return [undefined, ...lineRoundings].some((rule) =>
    accounts.every((own) => areAsIs(own, rule) || starts.some((start) => commonRange(own, rule, start) !== undefined)),
  )
}

/** The factor of most charges, largest first; undefined where there is none. A factor of 1 is none: `factor` is undefined. */
function factorOf(
  charges: readonly EqualCharges[],
  rule: LineRounding | undefined,
): { readonly factor: Factor | undefined; readonly products: number } | undefined {
  if (areAsIs(charges, rule)) return { factor: undefined, products: 0 }
  for (const start of starts) {
    const range = commonRange(charges, rule, start)
    const factor = range === undefined ? undefined : factorWithin(range)
    if (factor === undefined || factor.value === ONE) continue
    const others = charges.filter((charge) => !isAsIs(charge, rule))
    return { factor, products: new Set(others.map(({ product }) => product)).size }
  }
  return undefined
}
