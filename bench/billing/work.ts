import { hexadecimal, type Running, type Work } from '../work/work.ts'

/** A piece of the billing core to be timed; an operation is a line: a price, a record, a row, an instance-hour. */
export type BillingWork = Omit<Work, 'start'> & {
  /**
   * Size in a comparison of two trees: a batch of a ms at most, whose data stays in the processor's own cache. Larger
   * arrays run at one of two speeds, up to a half apart, by where the kernel happens to place their pages.
   */
  readonly turnSize?: number
  start(size: number): BillingRunning
}

export type BillingRunning = Running & {
  /** Bytes one line takes where it is kept or sent: columns, fact, row of the record, text. 0: it is kept nowhere. */
  readonly bytesPerLine: number
  /** Releases what is outside of memory. */
  end?(): void
}

const WORD = 2 ** 32

/** Of whole numbers below 2^53 in their order, 8 hexadecimal digits; ten operations a number in any language. */
export function digestOf(...columns: readonly ArrayLike<number>[]): string {
  let sum = 0
  for (const column of columns)
    for (let at = 0; at < column.length; at++) {
      const high = Math.floor(column[at] / WORD)
      sum = Math.imul(sum ^ (column[at] - high * WORD), 0x9e3779b1)
      sum = Math.imul(sum ^ (sum >>> 15) ^ high, 0x85ebca6b)
    }
  return hexadecimal(sum)
}

export function digestOfTexts(texts: readonly string[]): string {
  return digestOf(...texts.map((text) => Buffer.from(text)))
}
