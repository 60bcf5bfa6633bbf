import { type Distribution, demand } from '../variate.ts'

/** Always the same value; draws nothing. */
export function constant(value: number): Distribution {
  demand(Number.isFinite(value), 'constant:', value, 'give a finite number')
  return {
    mean: value,
    variance: 0,
    atoms: [value],
    sample: () => value,
    quantile: () => value,
    cdf: (x) => (x < value ? 0 : 1),
  }
}
