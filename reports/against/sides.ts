/**
 * Amounts that have a side, debit or credit, in two columns or in one next to their side: what they come to for the account, where
 * the file shows on which side its charges are.
 */
import { moneyText } from '#base/money.ts'
import { type Choice, Convention } from '#scenarios/logs/convention.ts'

export type Side = 'debit' | 'credit'
export type NegativeCredit = 'reversals' | 'signed'

export const chargedSides: Choice<Side> = {
  answers: ['debit', 'credit'],
  option: 'charged',
  words: { debit: 'charges as debits', credit: 'charges as credits' },
}
export const negativeCredits: Choice<NegativeCredit> = {
  answers: ['reversals', 'signed'],
  option: 'negative-credits',
  words: { reversals: 'negative credits as reversals of credits', signed: 'credits that carry their sign' },
}

export interface AskedSides {
  /** On which side charges are: debits in a customer's account, credits in one of revenue. */
  readonly charged?: Side | undefined
  readonly negativeCredits?: NegativeCredit | undefined
}

/** An amount as it is written. */
export interface Written {
  readonly text: string
  readonly amount: bigint
}

/** What the rows of one bill or one resource come to. */
export interface SideSum {
  readonly line: number
  readonly sum: bigint
}

export class Sides {
  readonly #charged: Convention<Side>
  readonly #credits: Convention<NegativeCredit>
  #areUsed = false

  constructor({ charged, negativeCredits: negative }: AskedSides = {}) {
    this.#charged = new Convention(chargedSides, charged)
    this.#credits = new Convention(negativeCredits, negative)
  }

  /** What is charged by a debit and a credit. */
  charged(line: number, debit: Written, credit: Written): bigint {
    this.#areUsed = true
    const less =
      credit.amount === 0n
        ? 0n
        : this.#credits.weigh(
            line,
            credit.text,
            (answer) => (answer === 'reversals' ? -credit.amount : credit.amount < 0n ? credit.amount : undefined),
            moneyText,
          )
    const net = debit.amount + (less ?? 0n)
    if (net === 0n) return 0n
    const { text } = debit.amount === 0n ? credit : debit
    return this.#charged.weigh(line, text, (side) => (side === 'debit' ? net : -net), moneyText) ?? net
  }

  /**
   * Decides, after the last row, by what bills or resources come to: none is below 0. True where rows were read by another answer,
   * so that the file has to be read again. Throws InputError where neither side, or either, is possible.
   */
  settle(file: string, sums: Iterable<SideSum>): boolean {
    if (!this.#areUsed || this.#credits.settle(file)) return this.#areUsed
    const [read, other]: [Side, Side] = this.#charged.assumed === 'debit' ? ['debit', 'credit'] : ['credit', 'debit']
    for (const { line, sum } of sums)
      if (sum !== 0n) this.#charged.exclude(sum < 0n ? read : other, line, moneyText(sum))
    return this.#charged.settle(file)
  }
}
