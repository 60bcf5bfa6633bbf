/** Rows below or between the data of a bill file that are no charges: totals, which have to be right, and notes. */
import { BillingError } from '#base/billing-error.ts'
import type { CsvRow } from '#base/csv-rows.ts'
import { moneyText } from '#base/money.ts'
import { amountText, atScale, type Decimal, decimalOf } from '#scenarios/logs/amount-text.ts'
import { isTotalOf } from '#scenarios/logs/total-word.ts'

/** What rows say in a column of amounts. */
interface Sums {
  all: bigint
  /** Since the total before. */
  part: bigint
  readonly byKey: Map<string | number, bigint>
}

/** Words with a number, not an amount with a letter too many. */
const isRemark = (text: string): boolean => /\p{L}{2}.* /u.test(text) && amountText(text) === undefined

type OnNote = (text: string, line: number) => void

export class TotalRows {
  /** Rows without amounts, and totals that agree. */
  notes = 0
  totals = 0
  readonly #decimals: number
  readonly #onNote: OnNote
  readonly #sums = new Map<number, Sums>()

  /** `fields`: those that have amounts. `onNote` gets the text of a remark. */
  constructor(fields: readonly number[], decimals: number, onNote: OnNote = () => {}) {
    this.#decimals = decimals
    this.#onNote = onNote
    for (const field of fields) this.#sums.set(field, { all: 0n, part: 0n, byKey: new Map() })
  }

  /** An amount of a field in a row of data; `key` is what subtotals may be by: its month. */
  add(field: number, amount: bigint, key: string | number): void {
    const sums = this.#sums.get(field)
    if (sums === undefined) return
    sums.all += amount
    sums.part += amount
    sums.byKey.set(key, (sums.byKey.get(key) ?? 0n) + amount)
  }

  /** Takes a row without the keys of a charge. False where it is none of these, so that it is an error. Throws BillingError. */
  takes(row: CsvRow, key?: string | number): boolean {
    const texts = Array.from({ length: row.fields }, (_, field) => row.text(field).trim())
    const isAlone = texts.filter((text) => text !== '').length === 1
    // A cell without a digit is no total, such as the `(USD)` of a second header, nor a remark of its own: `Page 2 of 3`.
    const isAmount = (field: number): boolean =>
      this.#sums.has(field) && /\d/.test(texts[field] ?? '') && !(isAlone && isRemark(texts[field]))
    const amounts = [...this.#sums.keys()].filter(isAmount)
    const words = texts.filter((text, field) => text !== '' && !isAmount(field))
    if (amounts.length === 0) {
      if (words.length > 1) return false
      for (const word of words) this.#onNote(word, row.line)
      this.notes += words.length
      return true
    }
    if (words.length > 0 && !words.some(isTotalOf)) return false
    for (const field of amounts) this.#check(field, texts[field], row.line, key)
    for (const sums of this.#sums.values()) sums.part = 0n
    this.totals++
    return true
  }

  #check(field: number, text: string, line: number, key: string | number | undefined): void {
    const { all = 0n, part = 0n, byKey } = this.#sums.get(field) ?? {}
    const ofKey = key === undefined ? undefined : byKey?.get(key)
    const sums = [all, part, ...(ofKey === undefined ? [] : [ofKey])]
    if (this.#readings(text).some((total) => sums.some((sum) => this.#agree(total, sum)))) return
    throw new BillingError(
      `line ${line}`,
      `the total ${text} is not the sum of the rows above, ${moneyText(all)}`,
      'are rows missing? Complete the file, or remove the total',
    )
  }

  #readings(text: string): Decimal[] {
    const parts = amountText(text)
    if (parts === undefined) return []
    return (['point', 'comma'] as const).flatMap((sign) => decimalOf(parts, sign) ?? [])
  }

  /** Totals are often rounded to fewer decimals than their rows. */
  #agree(total: Decimal, sum: bigint): boolean {
    const unit = 10n ** BigInt(Math.max(0, this.#decimals - Math.max(0, total.decimals)))
    const difference = atScale(total, this.#decimals, 'half-up') - sum
    return (difference < 0n ? -difference : difference) < (unit === 1n ? 1n : unit)
  }
}
