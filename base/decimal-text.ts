/** Exact decimals for people and files: whole units in bigint go in, decimal text comes out, no float touches an amount (M-01). */

/**
 * The decimal text of `scaled` / 10^`decimals`, exact. Trailing zeros are dropped down to `least` decimals:
 * `decimalText(1250000000n, 8, 2)` is `12.50`, `decimalText(65n, 1)` is `6.5`.
 */
export function decimalText(scaled: bigint | number, decimals: number, least = 0): string {
  const text = String(scaled)
  const negative = text.charCodeAt(0) === 45
  const digits = (negative ? text.slice(1) : text).padStart(decimals + 1, '0')
  let end = digits.length
  const point = end - decimals
  while (end > point + least && digits.charCodeAt(end - 1) === 48) end--
  const plain = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`
  const padded =
    end - point >= least ? plain : `${plain}${end === point ? '.' : ''}${'0'.repeat(least - (end - point))}`
  return negative ? `-${padded}` : padded
}

/** `units` / 10^`scale` rounded to `decimals` decimals, halves away from zero: for the eye only, never for a sum. */
export function roundedText(units: bigint, scale: number, decimals: number): string {
  if (decimals >= scale) return decimalText(units, scale, decimals)
  const step = 10n ** BigInt(scale - decimals)
  const size = units < 0n ? -units : units
  const rounded = (size + step / 2n) / step
  return decimalText(units < 0n ? -rounded : rounded, decimals, decimals)
}

/** Thousands in groups: `1234567.5` becomes `1,234,567.5`. */
export function grouped(text: string): string {
  const [whole, fraction] = text.split('.')
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? spaced : `${spaced}.${fraction}`
}

/**
 * The decimal text of a number of at most 15 significant digits, without an exponent: 1e-7 is `0.0000001`.
 * Exact, because a float of that many digits prints as the very digits it was read from.
 */
export function numberText(value: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value))
  if (!match) return String(value)
  const [, sign, whole, fraction = '', exponent] = match
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return point >= digits.length
    ? sign + digits.padEnd(point, '0')
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
