/** The hour of all running instances in JavaScript: the oracle of `wasmHours`, and what runs where WebAssembly does not. */
import { MONEY_LIMIT } from '#base/money.ts'
import { sweepHour } from '../hour-sweep.ts'
import { type HourColumns, HourRows, type HourSizes } from './hour-kernel.ts'

export class ScriptHours extends HourRows {
  constructor({ instances, accounts }: HourSizes) {
    super({
      account: new Int32Array(instances),
      ecs: new Float64Array(instances),
      image: new Float64Array(instances),
      owedEcs: new Float64Array(accounts),
      owedImage: new Float64Array(accounts),
      cash: new Float64Array(accounts),
      charges: new Float64Array(accounts),
      due: new Float64Array(accounts),
      lines: new Int32Array(accounts),
      inArrears: new Uint8Array(accounts),
    })
  }

  protected sweep(what: 'ecs' | 'image', count: number): void {
    const { account } = this
    sweepHour({ account, hourAmount: this[what] }, count, what === 'ecs' ? this.owedEcs : this.owedImage)
  }

  protected settle(): number {
    return settle(this)
  }
}

/** Draws what the accounts owe from their balances and sets it back to 0. Answers the first beyond the limit, or -1. */
function settle({ owedEcs, owedImage, cash, charges, due, lines, inArrears }: HourColumns): number {
  const accounts = cash.length
  for (let at = 0; at < accounts; at++) {
    const total = owedEcs[at] + owedImage[at]
    if (total === 0) continue
    if (total > MONEY_LIMIT) return at
    const rest = cash[at] - total
    owedEcs[at] = 0
    owedImage[at] = 0
    charges[at] += total
    lines[at]++
    cash[at] = Math.max(rest, 0)
    if (rest >= 0) continue
    due[at] -= rest
    inArrears[at] = 1
  }
  return -1
}
