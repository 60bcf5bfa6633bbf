import { answer } from '#sim/quote/answer.ts'
import { mix } from '../work/work.ts'
import { plans, quantityOf } from './price.ts'
import { type BillingWork, digestOfTexts } from './work.ts'

/** Every kind of request that a shop asks while a customer looks at it: prices, upgrades, metered hours, refunds. */
function request(index: number): object {
  const day = String(1 + ((mix(index, 5) >>> 0) % 28)).padStart(2, '0')
  const id = `request-${index}`
  switch (index & 3) {
    case 0:
      return { id, op: 'price', plan: plans[1 + ((index >> 2) & 1)], quantity: String(quantityOf(index)) }
    case 1:
      return {
        id,
        op: 'upgrade',
        newPrice: '120.5',
        oldPrice: '80',
        at: `2024-02-${day}T10:00:00+08:00`,
        termEnd: '2024-05-15T23:59:59+08:00',
        per: 'month',
      }
    case 2:
      return { id, op: 'price', plan: plans[0], quantity: '12.5', discount: { percentOff: '10' } }
    default:
      return {
        id,
        op: 'remaining',
        from: `2024-02-${day}T10:00:00+08:00`,
        to: '2024-06-08T23:59:59+08:00',
        per: 'month',
      }
  }
}

/** The calculator: a line of JSON in, a line of JSON out. */
export const quote: BillingWork = {
  work: 'quote',
  subject: 'marketsim',
  sizes: [1000],
  turnSize: 100,
  start(size) {
    const lines = Array.from({ length: size }, (_, index) => JSON.stringify(request(index)))
    const answers = lines.map(answer)
    return {
      bytesPerLine: answers.reduce((sum, text) => sum + text.length + 1, 0) / size,
      batch() {
        for (let at = 0; at < size; at++) answers[at] = answer(lines[at])
        return size
      },
      digest: () => digestOfTexts(answers),
    }
  },
}
