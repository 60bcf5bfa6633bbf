/** The random numbers themselves, down to their last bits: what a generator of fewer bits would leave out. */
import type { Model } from '../model.ts'

const TWO_32 = 2 ** 32
const TWO_53 = 2 ** 53

export const numbers: Model = {
  name: 'uniform numbers of 53 bits',
  source: 'the definition',
  theory: () => ({
    mean: 1 / 2,
    variance: 1 / 12,
    'share of neighbours that rise': 1 / 2,
    'product of neighbours': 1 / 4,
    'mean of the low 21 bits': 1 / 2 - 2 ** -22,
    'variance of the low 21 bits': (1 - 2 ** -42) / 12,
    'share of odd numbers': 1 / 2,
    'share with an odd second bit': 1 / 2,
    'share of ones by `below`': 1 / 7,
  }),
  simulate: (size, streams) => {
    const stream = streams.stream('numbers')
    const sums = { mean: 0, squares: 0, rises: 0, products: 0, low: 0, lowSquares: 0, odd: 0, second: 0, ones: 0 }
    let before = stream.next()
    for (let i = 0; i < size; i++) {
      const u = stream.next()
      const low = (u * TWO_32) % 1
      const whole = u * TWO_53
      sums.mean += u
      sums.squares += (u - 0.5) ** 2
      if (u > before) sums.rises++
      sums.products += u * before
      sums.low += low
      sums.lowSquares += (low - 0.5 + 2 ** -22) ** 2
      sums.odd += whole % 2
      sums.second += Math.floor(whole / 2) % 2
      if (stream.below(7) === 1) sums.ones++
      before = u
    }
    return {
      mean: sums.mean / size,
      variance: sums.squares / size,
      'share of neighbours that rise': sums.rises / size,
      'product of neighbours': sums.products / size,
      'mean of the low 21 bits': sums.low / size,
      'variance of the low 21 bits': sums.lowSquares / size,
      'share of odd numbers': sums.odd / size,
      'share with an odd second bit': sums.second / size,
      'share of ones by `below`': sums.ones / size,
    }
  },
}
