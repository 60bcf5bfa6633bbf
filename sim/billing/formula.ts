/**
 * M-04: what explains an amount is what computes it. A formula carries its exact value and the text it was built from;
 * nothing is rounded before a line is made of it (M-03).
 */
import { decimalText } from '#base/decimal-text.ts'
import { add, multiply, type Rational, scaled, subtract, ZERO } from '#base/rational.ts'

export interface Formula {
  readonly value: Rational
  readonly text: string
  /** How tightly the text binds, so that it is put in brackets where it must be. */
  readonly binds: 'tightly' | 'as-product' | 'as-sum'
}

const grouped = (formula: Formula): string => (formula.binds === 'as-sum' ? `(${formula.text})` : formula.text)

/** A number as it is written, for instance a factor of the asker's. */
export const quoted = (value: Rational, text: string): Formula => ({
  value,
  text,
  binds: text.includes('/') ? 'as-product' : 'tightly',
})

/** A scaled whole number in its shortest text. */
export const literal = (value: bigint, decimals: number): Formula => ({
  value: scaled(value, decimals),
  text: decimalText(value, decimals),
  binds: 'tightly',
})

/** `a - b`; of a number below 0 its sign is joined with the operator, so that none is next to another. */
const joined = (a: string, sign: '+' | '-', b: string): string =>
  b.startsWith('-') ? `${a} ${sign === '+' ? '-' : '+'} ${b.slice(1)}` : `${a} ${sign} ${b}`

export const plus = (a: Formula, b: Formula): Formula => ({
  value: add(a.value, b.value),
  text: joined(a.text, '+', b.text),
  binds: 'as-sum',
})

export const minus = (a: Formula, b: Formula): Formula => ({
  value: subtract(a.value, b.value),
  text: joined(a.text, '-', grouped(b)),
  binds: 'as-sum',
})

export const times = (a: Formula, b: Formula): Formula => ({
  value: multiply(a.value, b.value),
  text: `${grouped(a)} x ${grouped(b)}`,
  binds: 'as-product',
})

/** Never below nothing. */
export const atLeastZero = (a: Formula): Formula => ({
  value: a.value.numerator < 0n ? ZERO : a.value,
  text: `max(0, ${a.text})`,
  binds: 'tightly',
})
