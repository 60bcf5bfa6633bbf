/** Policies as a scenario file would write them: once read, they hold milliseconds. */
import { formatInstant, formatOffset } from '#base/civil-time.ts'
import { defaultPolicies, type PolicyKey, policyKeys, policyStandard } from '#scenarios/policies.ts'

const steps = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** `1h30min` of milliseconds. */
export function durationText(milliseconds: number): string {
  let left = milliseconds
  let text = ''
  for (const [unit, size] of steps) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) text += `${count}${unit}`
  }
  return text === '' ? '0s' : text
}

/** The value of a switch; what kind of time a number is, the written default tells. */
export function policyText(key: PolicyKey, value: unknown, utcOffset: number): string {
  const standard = policyStandard(key)
  if (typeof value === 'number' && typeof standard === 'string') {
    if (/^(\d+(ms|s|min|h|d|w))+$/.test(standard)) return durationText(value)
    if (/^[+-]\d\d:\d\d$/.test(standard)) return formatOffset(value)
    if (/^\d{4}-\d\d-\d\dT/.test(standard)) return formatInstant(value, utcOffset)
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Switches that do not be at the rulebook's default. */
export const differingPolicies = (policies: Readonly<Record<string, unknown>>): PolicyKey[] =>
  policyKeys.filter(
    (key) => Object.hasOwn(policies, key) && JSON.stringify(policies[key]) !== JSON.stringify(defaultPolicies[key]),
  )
