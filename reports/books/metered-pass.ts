/** One pass over the use that cells summed by month while they ran, for the sums that reports ask for. */

import { WideColumn } from '#engine/wide-column.ts'
import type { FactRows } from '#sim/record/column-facts.ts'
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import type { ById } from './by-id.ts'
import { amountAt, numbersOf, partsOf } from './columns.ts'
import { crowdsOf } from './crowds.ts'
import { type Amount, addWide } from './sums.ts'
import { wordNumbers } from './words.ts'

/** Words and pools are packed into numbers of 53 bits. */
const WORDS = 16_384
const POOLS = 65_536

type Row = readonly Amount[]

class Metered {
  readonly #sums = new KeyedSums()
  readonly #ecs: WideColumn
  readonly #image: WideColumn
  /** 1 of accounts that used anything. */
  readonly #uses: Uint8Array
  readonly #crowds: ById
  readonly #imageWord: number

  constructor(record: RunRecord) {
    this.#crowds = crowdsOf(record)
    this.#imageWord = wordNumbers(record)('image')
    const [[accounts]] = record.numbers('SELECT coalesce(max(id), 0) + 1 FROM accounts')
    this.#ecs = new WideColumn(accounts)
    this.#image = new WideColumn(accounts)
    this.#uses = new Uint8Array(accounts)
    const months = new Map([...record.numbers('SELECT first, no FROM months')].map(([first, no]) => [first, no]))
    for (const cell of record.massCells()) for (const part of partsOf(cell, 'metered_months')) this.#take(part, months)
  }

  #take(rows: FactRows, months: ReadonlyMap<number, number>): void {
    const [account, item, priced, pool, rule, month, measured, lines, seconds] = numbersOf(rows, [
      ...['account', 'item', 'priced', 'pool', 'rule', 'month', 'measured', 'lines', 'seconds'],
    ])
    const amount = rows.column('amount')
    for (let row = 0; row < rows.rows; row++) {
      const no = months.get(month[row])
      if (no === undefined) continue
      const charged = amountAt(amount, row)
      const words = ((no * 2 + measured[row]) * WORDS + item[row]) * WORDS + rule[row]
      const sum = this.#sums.rowOf(this.#crowds.of(account[row]), priced[row] * POOLS + pool[row], words)
      if (typeof charged === 'number') this.#sums.add(sum, lines[row], seconds[row], charged)
      else this.#sums.addVast(sum, lines[row], seconds[row], charged)
      addWide(item[row] === this.#imageWord ? this.#image : this.#ecs, account[row], charged)
      this.#uses[account[row]] = 1
    }
  }

  /** `crowd, month, measured, item, priced, pool, rule, lines, seconds, amount`. */
  *crowds(): Generator<Row> {
    for (let row = 0; row < this.#sums.rows; row++) {
      const { a: crowd, b: place, c: packed, first: lines, second: seconds, amount } = this.#sums.at(row)
      const slice = Math.floor(packed / WORDS / WORDS)
      const words = [Math.floor(packed / WORDS) % WORDS, Math.floor(place / POOLS), place % POOLS, packed % WORDS]
      yield [crowd, Math.floor(slice / 2), slice % 2, ...words, lines, seconds, amount]
    }
  }

  /** `account, ecs, image`. */
  *accounts(): Generator<Row> {
    for (let account = 0; account < this.#uses.length; account++)
      if (this.#uses[account] === 1) yield [account, this.#ecs.at(account), this.#image.at(account)]
  }
}

/** The metered use of a record, gone through once. */
export const meteredOf = oncePerRecord((record) => new Metered(record))
