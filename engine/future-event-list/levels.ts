/**
 * Where the digits of a time put an event in the wheel. Time is kept as whole blocks of 2^30 ms and ms within the block,
 * two int32: the lower levels count digits of the ms within, the upper ones digits of the block.
 */
export const BLOCK = 0x40000000

/** Bits of a digit. */
export const BITS = 11

/** Slots of a level. */
export const SLOTS = 1 << BITS

const DIGIT = SLOTS - 1

/** Levels that count ms within a block; numbered from 1. */
const NEAR_LEVELS = 3

/** All levels: together they reach beyond 2^53 ms. */
export const LEVELS = NEAR_LEVELS + 3

/** The highest digit in which two numbers differ, counted from 0: `differs` is their exclusive or, below 2^30. */
function highestDigit(differs: number): number {
  return ((31 - Math.clz32(differs | 1)) / BITS) | 0
}

/** The slot of a time in the clock's block: `differs` are the bits in which it differs from the clock. */
export function nearSlot(differs: number, within: number): number {
  const digit = highestDigit(differs)
  return ((digit + 1) << BITS) | ((within >>> (digit * BITS)) & DIGIT)
}

/** The slot of a time in a later block: `differs` are the bits in which the block differs from the clock's. */
export function farSlot(differs: number, block: number): number {
  const digit = highestDigit(differs)
  return ((digit + 1 + NEAR_LEVELS) << BITS) | ((block >>> (digit * BITS)) & DIGIT)
}

/** The first instant of a slot above level 1, ms, for a clock that is before it and agrees in all higher digits. */
export function startOf(slot: number, block: number, within: number): number {
  const level = slot >>> BITS
  const digit = slot & DIGIT
  if (level === 2) return block * BLOCK + ((within & -(1 << (2 * BITS))) | (digit << BITS))
  if (level === NEAR_LEVELS) return block * BLOCK + (digit << (2 * BITS))
  const shift = BITS * (level - 1 - NEAR_LEVELS)
  return (((block >>> shift) & -SLOTS) | digit) * 2 ** shift * BLOCK
}
