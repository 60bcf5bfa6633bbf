/** Values in another shape than the scenario takes: distributions written as text, ranges, lists for mappings. */
import { plainText } from './decimals.ts'
import { durationMeant, type Meant } from './times.ts'

/** Keys of times that may be drawn at random. */
const drawn = /^(lifetime|provisioning|response|support|request|acceptance|reaction|after|before|patience)$/

const durationText = (text: string): string | undefined =>
  /^(\d+(ms|s|min|h|d|w))+$/.test(text) ? text : durationMeant(text)?.text

/** `exponential(10h)`, `exp 10h`: the one distribution that a single time says all about. */
function distributionText(text: string): Meant | null {
  const [, time] = /^exp(?:o|onential)?\s*[(:\s]\s*(?:mean\s*[=:]?\s*)?([^()]+?)\s*\)?$/i.exec(text) ?? []
  const mean = time === undefined ? undefined : durationText(time)
  return mean === undefined ? null : { text: `{ exponential: { mean: ${mean} } }` }
}

/** `8-12h`, `8h to 12h` */
function rangeText(text: string): Meant | null {
  const [, from, fromUnit = '', to, unit] =
    /^(?:between\s+)?(\d+(?:\.\d+)?)\s*([a-z]*)\s*(?:-|\u2013|\.\.|to|and)\s*(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ??
    []
  if (from === undefined) return null
  const [least, most] = [durationText(`${from}${fromUnit || unit}`), durationText(`${to}${unit}`)]
  if (least === undefined || most === undefined) return null
  return { text: `{ uniform: { min: ${least}, max: ${most} } }`, note: 'any time between the two' }
}

/** A time, or a random one, from other words. */
export function timeMeant(value: unknown, key: string, start?: number): Meant | null {
  if (typeof value === 'string') {
    const text = plainText(value)
    const about = /^(?:~|≈|about|approx\.?|approximately|circa|ca\.?|around)\s*(.+)$/i.exec(text)?.[1]
    if (about !== undefined) return durationMeant(about, start) ?? { text: about }
    const fraction = /^(\d+)\s*\/\s*(\d+)\s*([a-z]+)$/i.exec(text)
    if (fraction !== null && Number(fraction[2]) > 0)
      return durationMeant(`${Number(fraction[1]) / Number(fraction[2])} ${fraction[3]}`, start)
    const random = drawn.test(key) ? (distributionText(text) ?? rangeText(text)) : null
    if (random !== null) return random
  }
  return durationMeant(value, start)
}

/** Any number or time between two: `1-3`, `1 to 3`, `[1, 12]`, `[8h, 12h]`. */
export function rangeMeant(value: unknown, ofNumbers: boolean): Meant | null {
  const text = Array.isArray(value) && value.length === 2 ? value.map(String).join(' to ') : value
  if (typeof text !== 'string') return null
  if (!ofNumbers) return rangeText(plainText(text))
  const [, min, max] = /^(?:between\s+)?(\d+)\s*(?:-|\u2013|\.\.|to|and)\s*(\d+)$/i.exec(plainText(text)) ?? []
  if (min === undefined || Number(min) >= Number(max)) return null
  return { text: `{ uniform: { min: ${min}, max: ${max} } }`, note: 'any number between the two' }
}

/** A mapping from what is not one: names in a list or alone, or the mean of an exponential distribution. */
export function mappingMeant(value: unknown, expected: string, key: string): Meant | null {
  if (/^a mapping of names to values/.test(expected)) {
    const names = [value].flat()
    if (names.length === 0 || !names.every((name) => typeof name === 'string' && /^[A-Za-z0-9][\w.-]*$/.test(name)))
      return null
    const text = `{ ${names.map((name) => `${name}: 1`).join(', ')} }`
    return names.length > 1 ? { text, note: 'or other weights' } : { text }
  }
  if (!/^a mapping of keys to values/.test(expected)) return null
  const single = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (key === 'exponential') {
    const mean = typeof single === 'string' ? durationText(single) : undefined
    return mean === undefined ? null : { text: `{ mean: ${mean} }` }
  }
  if (key === 'quantity' && typeof single === 'string') {
    const [, min, max] = /^(\d+)\s*(?:-|\u2013|\.\.|to)\s*(\d+)$/.exec(single) ?? []
    return min === undefined ? null : { text: `{ attribute: units, min: ${min}, max: ${max} }` }
  }
  return null
}

/** The least time, the likeliest and the most in their order. */
export function orderMeant(value: unknown, expected: string): Meant | null {
  if (!/^min, mode and max in this order/.test(expected) && !/^max above min/.test(expected)) return null
  if (typeof value !== 'object' || value === null) return null
  const { min, mode, max } = value as Record<string, unknown>
  if (min === undefined || max === undefined) return null
  const middle = mode === undefined ? '' : ` mode: ${String(mode)},`
  return { text: `{ min: ${String(max)},${middle} max: ${String(min)} }`, note: 'if the two were exchanged' }
}
