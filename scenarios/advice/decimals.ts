/** Numbers as people write them, read as the decimal text that a scenario takes: `0,15`, `1.000,50`, `$12`, `30 servers`. */

const words = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')

/** Quotes of a word processor, spaces of any kind and true minus signs, as a keyboard writes them. */
export const plainText = (text: string): string =>
  text
    .replace(/[\u2018\u2019\u201c\u201d\u00ab\u00bb"'`]/g, '')
    .replace(/[\u00a0\u2007\u202f]/g, ' ')
    .replace(/[\u2212\u2013\u2014]/g, '-')
    .trim()

/** Commas and points as one decimal point: the last of two different signs is it; groups of three digits are thousands. */
function withPoint(digits: string, thousands: boolean): string | null {
  const compact = digits.replace(/[ _']/g, '')
  const points = [...compact.matchAll(/[.,]/g)].map(([sign]) => sign)
  const last = points.at(-1)
  if (last === undefined) return compact
  const isSeparator = points.length > 1 && points.every((sign) => sign === last)
  const isGrouped = /^[1-9]\d{0,2}([.,]\d{3})+$/.test(compact)
  if (isSeparator || (isGrouped && thousands && last === ',')) return isGrouped ? compact.replace(/[.,]/g, '') : null
  const at = compact.lastIndexOf(last)
  const whole = compact.slice(0, at).replace(/[.,]/g, '')
  return `${whole === '' ? '0' : whole}.${compact.slice(at + 1)}`
}

/** Powers of ten by the letters that people write after a number. */
const multiples: Readonly<Record<string, number>> = { k: 3, thousand: 3, m: 6, mio: 6, million: 6 }

/** Decimal text times a power of ten. */
function shifted(text: string, digits: number): string {
  const [whole, fraction = ''] = text.split('.')
  const padded = fraction.padEnd(digits, '0')
  const moved = `${whole}${padded.slice(0, digits)}`.replace(/^0+(?=\d)/, '')
  const rest = padded.slice(digits).replace(/0+$/, '')
  return rest === '' ? moved : `${moved}.${rest}`
}

export interface WrittenNumber {
  /** Decimal text, without a sign. */
  readonly text: string
  readonly negative: boolean
  /** What follows the number: `%`, `servers`, `/h`; empty without. */
  readonly after: string
}

/** The number that a text begins with, or null. `thousands`: a comma before three digits groups thousands. */
export function writtenNumber(value: string | number, thousands = false): WrittenNumber | null {
  const plain = plainText(String(value)).replace(/^\+/, '')
  const word = words.indexOf(plain.toLowerCase().split(' ')[0])
  if (word >= 0) return { text: String(word), negative: false, after: plain.split(' ').slice(1).join(' ') }
  const match = /^(-)?\s*(?:[A-Z]{3}|[$€£¥])?\s*(-)?\s*(\d[\d.,_' ]*\d|\d|[.,]\d+)(?:e([+-]?\d+))?\s*(.*)$/i.exec(plain)
  if (!match) return null
  const [, minus, inner, digits, exponent, after] = match
  const decimal = withPoint(digits, thousands)
  if (decimal === null || !/^\d+(\.\d+)?$/.test(decimal)) return null
  const power = exponent === undefined ? (multiples[after.toLowerCase()] ?? 0) : Number(exponent)
  if (Math.abs(power) > 15) return null
  const text =
    power >= 0
      ? shifted(decimal, power)
      : Number(`${decimal}e${power}`)
          .toFixed(-power + 2)
          .replace(/\.?0+$/, '')
  return {
    text: text.replace(/^0+(?=\d)/, ''),
    negative: (minus ?? inner) !== undefined,
    after: power !== 0 && exponent === undefined ? '' : after.trim(),
  }
}

/** Decimal text divided by 100, digit by digit: `5` is `0.05`. */
export function hundredth(text: string): string {
  const [whole, fraction = ''] = text.split('.')
  const digits = whole.padStart(3, '0')
  const moved = `${digits.slice(0, -2)}.${digits.slice(-2)}${fraction}`.replace(/^0+(?=\d)/, '')
  return moved.replace(/\.?0+$/, '') || '0'
}
