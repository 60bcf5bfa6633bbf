/** How sure an estimate by maximum likelihood is, from the curvature of the logarithm of the likelihood around it (observed information). */

/**
 * The covariances of the parameters: the inverse of the negative second derivatives, by central differences. `steps`: how far
 * each parameter is moved; without it, a thousandth of each.
 */
export function covarianceOf(
  logLikelihood: (at: readonly number[]) => number,
  parameters: readonly number[],
  steps: readonly number[] = parameters.map((value) => Math.max(Math.abs(value), 1e-3) * 1e-3),
): number[][] {
  const moved = (one: number, two: number, a: number, b: number): number =>
    logLikelihood(
      parameters.map(
        (value, index) => value + (index === one ? a * steps[one] : 0) + (index === two ? b * steps[two] : 0),
      ),
    )
  const information = parameters.map(() => parameters.map(() => 0))
  for (let row = 0; row < parameters.length; row++)
    for (let column = row; column < parameters.length; column++) {
      const sum =
        moved(row, column, 1, 1) - moved(row, column, 1, -1) - moved(row, column, -1, 1) + moved(row, column, -1, -1)
      information[row][column] = -sum / (4 * steps[row] * steps[column])
      information[column][row] = information[row][column]
    }
  return inverseOf(information)
}

/** Standard errors of the parameters; undefined where the likelihood does not bend down. */
export const standardErrorsOf = (
  logLikelihood: (at: readonly number[]) => number,
  parameters: readonly number[],
  steps?: readonly number[],
): (number | undefined)[] =>
  covarianceOf(logLikelihood, parameters, steps).map((row, index) =>
    row[index] > 0 ? Math.sqrt(row[index]) : undefined,
  )

/** The standard error of a function of the parameters, by the delta method. `step`: how far each is moved for the slopes. */
export function errorOfFunction(
  of: (at: readonly number[]) => number,
  at: readonly number[],
  covariance: readonly (readonly number[])[],
  step = 1e-3,
): number {
  const slopes = at.map((_, index) => {
    const by = (moved: number) => of(at.map((x, each) => (each === index ? x + moved : x)))
    return (by(step) - by(-step)) / (2 * step)
  })
  let variance = 0
  for (const [row, slope] of slopes.entries())
    for (const [column, other] of slopes.entries()) variance += slope * other * covariance[row][column]
  return variance > 0 ? Math.sqrt(variance) : 0
}

/** The inverse of a small matrix, by Gauss and Jordan with pivots; NaN where it has none. */
function inverseOf(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length
  const rows = matrix.map((row, index) => [...row, ...row.map((_, column) => (column === index ? 1 : 0))])
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row
    ;[rows[column], rows[pivot]] = [rows[pivot], rows[column]]
    const head = rows[column][column]
    if (head === 0) return matrix.map((row) => row.map(() => Number.NaN))
    rows[column] = rows[column].map((value) => value / head)
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = rows[row][column]
      rows[row] = rows[row].map((value, each) => value - factor * rows[column][each])
    }
  }
  return rows.map((row) => row.slice(size))
}
