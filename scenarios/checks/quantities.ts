/** Checks of the quantities and months that buyers draw, as far as a law shows its bounds (C-04, P-05). */
import type { Path } from '../document.ts'
import type { Buy } from '../sections/buyers.ts'
import type { Specification } from '../sections/catalog.ts'
import type { Report } from './draft.ts'

type Quantity = Buy['quantity']

/** Values a law can take, where they are few and known, each with its path below the law. */
export function valuesOf(distribution: Quantity): { value: number; path: Path }[] | null {
  if ('constant' in distribution) return [{ value: distribution.constant, path: ['constant'] }]
  if ('discrete' in distribution)
    return distribution.discrete.values
      .map((value, index) => ({ value, path: ['discrete', 'values', index] as Path }))
      .filter((_, index) => (distribution.discrete.weights?.[index] ?? 1) > 0)
  return null
}

function rangeOf(distribution: Quantity): { min: number; max: number; path: Path } | null {
  if ('uniform' in distribution) return { ...distribution.uniform, path: ['uniform'] }
  if ('empirical' in distribution) {
    const sorted = [...distribution.empirical.values].sort((a, b) => a - b)
    return { min: sorted[0], max: sorted[sorted.length - 1], path: ['empirical'] }
  }
  if ('triangular' in distribution) return { ...distribution.triangular, path: ['triangular'] }
  if ('pert' in distribution) return { ...distribution.pert, path: ['pert'] }
  return null
}

/** C-04: values written out must be sold as they are; other laws are rounded to the nearest step when drawn. */
export function checkQuantity(
  buy: Buy,
  specification: Specification,
  image: boolean,
  path: Path,
  report: Report,
): void {
  const attribute = 'quantity' in specification ? specification.quantity : null
  const max = attribute?.max ?? (image ? 1_000_000 : 1)
  const { min, step } = attribute ?? { min: 1, step: 1 }
  const least = attribute || image ? `${min} to ${max}` : '1, because it has no quantity attribute'
  const expected = `a quantity of ${least}${step > 1 ? ` in steps of ${step}` : ''} (C-04)`
  const at: Path = [...path, 'quantity']
  const nearest = (value: number) =>
    Math.max(min, Math.min(min + Math.floor((max - min) / step) * step, min + Math.round((value - min) / step) * step))
  for (const { value, path: inner } of valuesOf(buy.quantity) ?? [])
    if (value < min || value > max || !Number.isInteger((value - min) / step))
      report([...at, ...inner], {
        what: `a quantity of ${value}`,
        expected,
        hint: `write ${nearest(value)}`,
        instead: String(nearest(value)),
      })
  const range = rangeOf(buy.quantity)
  if (range && (range.min < min || range.max > max))
    report([...at, ...range.path], {
      what: `quantities from ${range.min} to ${range.max}`,
      expected,
      hint: `write { uniform: { min: ${min}, max: ${max} } }, or limits inside these`,
    })
}

/** P-05: every duration bought has a plan. */
export function checkMonths(buy: Buy, plans: readonly { months: number }[], path: Path, report: Report): void {
  if (buy.months === null) return
  const sold = [...new Set(plans.map((plan) => plan.months))]
  const expected = `months that have a plan: ${sold.join(', ')} (P-05)`
  const values = valuesOf(buy.months)
  const nearest = (value: number) =>
    sold.reduce((best, each) => (Math.abs(each - value) < Math.abs(best - value) ? each : best), sold[0] ?? 1)
  if (values === null)
    report([...path, 'months'], {
      what: 'a distribution without known values',
      expected,
      hint: `write ${sold[0] ?? 1}, or a discrete distribution`,
      instead: String(sold[0] ?? 1),
    })
  for (const { value, path: inner } of values ?? [])
    if (!sold.includes(value))
      report([...path, 'months', ...inner], {
        what: `${value} months`,
        expected,
        hint: `write ${nearest(value)}, or add a plan for ${value} months to the specification`,
        instead: String(nearest(value)),
      })
}
