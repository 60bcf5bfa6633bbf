import { parseInstant } from '#base/civil-time.ts'
import { DAY } from '#base/time.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { literal, times } from '#sim/billing/formula.ts'
import { lineOf } from '#sim/billing/line.ts'
import { remaining } from '#sim/billing/proration.ts'
import { mix } from '../work/work.ts'
import { type BillingWork, digestOf, digestOfTexts } from './work.ts'

/** a price times what is left of a term, as an order line with its formula. */
export const proration: BillingWork = {
  work: 'proration',
  subject: 'marketsim',
  sizes: [1000],
  turnSize: 500,
  start(size) {
    const first = parseInstant('2024-01-01T09:00:00+08:00', 'first')
    const from = Float64Array.from({ length: size }, (_, index) => first + ((mix(index, 1) >>> 0) % 366) * DAY)
    const end = from.map((at, index) => at + (1 + ((mix(index, 2) >>> 0) % 700)) * DAY)
    const price = literal(123_4567n, 4)
    const amounts = new Float64Array(size)
    const texts: string[] = new Array(size).fill('')
    const run = () => {
      for (let at = 0; at < size; at++) {
        const left = remaining(from[at], end[at], at & 1 ? 'month' : 'year', defaultPolicies)
        const line = lineOf('X-06', times(price, left), 'truncate')
        amounts[at] = Number(line.amount)
        texts[at] = line.text
      }
      return size
    }
    run()
    return {
      bytesPerLine: 8 + texts.reduce((sum, text) => sum + text.length, 0) / size,
      batch: run,
      digest: () => digestOf(amounts, [Number.parseInt(digestOfTexts(texts), 16)]),
    }
  },
}
