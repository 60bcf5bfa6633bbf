import { log } from '../../mathematics/logarithm.ts'
import { type Distribution, demand, demandScale } from '../variate.ts'
import { gamma } from './gamma.ts'

/** Logarithms are taken of this many factors at a time: (2^-53)^16 is still a normal number. */
const BATCH = 16

/** The sum of `shape` exponential times with this mean in all. Draws once a stage: always the same number. */
export function erlang({ shape, mean }: { shape: number; mean: number }): Distribution {
  demand(
    Number.isInteger(shape) && shape > 0 && shape <= 1e6,
    'erlang: shape',
    shape,
    'give a whole number from 1 to 1e6',
  )
  demandScale(mean, 'erlang: mean')
  const distribution = gamma({ shape, mean })
  const scale = mean / shape
  return {
    ...distribution,
    sample(stream) {
      let sum = 0
      for (let left = shape; left > 0; left -= BATCH) {
        let product = 1 - stream.next()
        for (let i = Math.min(left, BATCH); i > 1; i--) product *= 1 - stream.next()
        sum -= log(product)
      }
      return scale * sum
    },
  }
}
