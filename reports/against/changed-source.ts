/** A source as another program would have it: other amounts of its lines, other accounts, another rate of tax on its bills. */
import { divideRounded } from '#base/decimal.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { percentText } from './bill-tax.ts'
import { type Factor, ONE } from './factor-range.ts'
import { billKey } from './invoices.ts'
import type { RatedLine, RatedSource, SourceBill } from './rated-line.ts'

const asIs = (name: string): string => name

/** A line with other values; one object serves all of them. */
class ChangedLine implements RatedLine {
  line!: RatedLine
  account = ''
  amount = 0n
  name: (resource: string) => string = asIs
  get resource(): string {
    return this.name(this.line.resource)
  }
  get kind(): string {
    return this.line.kind
  }
  get isOrder(): boolean {
    return this.line.isOrder
  }
  get product(): string {
    return this.line.product
  }
  get hour(): number {
    return this.line.hour
  }
  get month(): number {
    return this.line.month
  }
  get hourMonth(): number {
    return this.line.hourMonth
  }
  get use() {
    return this.line.use
  }
  get taxed() {
    return this.line.taxed
  }
  alternatives(at?: number) {
    return this.line.alternatives(at)
  }
}

interface Change {
  readonly amount?: (line: RatedLine) => bigint
  /** The same where a charge depends on those before it: made again each time the source is gone through. */
  readonly amounts?: () => (line: RatedLine) => bigint
  /** How often it is charged: each time rounded by itself. */
  readonly times?: (line: RatedLine) => number
  readonly account?: (name: string) => string
  readonly resource?: (name: string) => string
  /** Scaled as of `bill-tax.ts`. */
  readonly rate?: bigint
}

const once = (): number => 1

/** The source with every line changed, and the bills that the lines then come to. */
export function changedSource(
  source: RatedSource,
  { amount: given, amounts, times = once, account = asIs, resource = asIs, rate }: Change,
): RatedSource {
  const percent = rate === undefined ? source.policies['tax.percent'] : percentText(rate)
  const totalOf: RatedSource['totalOf'] = (bill, other, given) =>
    source.totalOf(bill, other, given ?? (rate === undefined ? undefined : percent))
  const billOf = (bill: SourceBill, moved: bigint): SourceBill => {
    const taxable = bill.taxable === undefined ? {} : { taxable: bill.taxable + moved }
    const changed = { ...bill, ...taxable, account: account(bill.account), charges: bill.charges + moved }
    return {
      ...changed,
      ...(rate === undefined ? {} : { taxPercent: percent }),
      payable: toMinorUnits(totalOf(changed), source.decimals, source.policies['rounding.monthTotal']),
    }
  }
  const isOther = given !== undefined || amounts !== undefined || times !== once
  let known: readonly SourceBill[] | undefined
  const line = new ChangedLine()
  line.name = resource
  const each: RatedSource['each'] = async (take, detail) => {
    const moved = new Map<string, bigint>()
    const amount = amounts?.() ?? given
    const bills = await source.each((own) => {
      line.line = own
      line.account = account(own.account)
      line.amount = own.isOrder || amount === undefined ? own.amount : amount(own)
      const count = times(own)
      const more = BigInt(count) * line.amount - own.amount
      if (more !== 0n) {
        const key = billKey(own.account, own.month)
        moved.set(key, (moved.get(key) ?? 0n) + more)
      }
      for (let time = 0; time < count; time++) take(line)
    }, detail)
    known = bills.map((bill) => billOf(bill, moved.get(billKey(bill.account, bill.month)) ?? 0n))
    return known
  }
  return {
    variants: () => [],
    candidates: () => [],
    otherPrices: () => [],
    policies: { ...source.policies, 'tax.percent': percent },
    currency: source.currency,
    decimals: source.decimals,
    totalOf,
    each,
    async bills() {
      if (known !== undefined) return known
      if (isOther) return each(() => {})
      known = (await source.bills()).map((bill) => billOf(bill, 0n))
      return known
    },
  }
}

/** A charge times a factor, rounded as charges are. */
export function timesFactor(amount: bigint, { value, isDivisor }: Factor, source: RatedSource): bigint {
  const [over, under] = isDivisor ? [ONE, value] : [value, ONE]
  return divideRounded(amount * over, under, source.policies['rounding.charge'])
}
