import { Streams } from '#engine/random/streams.ts'
import { hexadecimal, type Work } from './work.ts'

const OPERATIONS = 200_000

/** Draws of 53 bits from `size` streams in turn. */
export const draw: Work = {
  work: 'draw',
  subject: 'marketsim',
  sizes: [1, 1000],
  start(size) {
    const streams = new Streams('bench')
    const list = Array.from({ length: size }, (_, i) => streams.stream(`bench/${i}`))
    let sum = 0
    function batch(): number {
      let at = 0
      for (let i = 0; i < OPERATIONS; i++) {
        sum += list[at].next()
        if (++at === size) at = 0
      }
      return OPERATIONS
    }
    return { batch, digest: () => hexadecimal(Math.floor(sum * 4096)) }
  },
}
