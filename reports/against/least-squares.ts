/** The solution of the normal equations, by Gaussian elimination with pivots; undefined where they are as good as dependent. */
export function leastSquares(
  weights: readonly (readonly number[])[],
  targets: readonly number[],
): number[] | undefined {
  const size = weights[0]?.length ?? 0
  const scale = Array.from({ length: size }, (_, column) => Math.hypot(...weights.map((row) => row[column])))
  if (scale.some((each) => each === 0)) return undefined
  const matrix = scale.map((_, i) => [
    ...scale.map((_, j) => weights.reduce((sum, row) => sum + (row[i] / scale[i]) * (row[j] / scale[j]), 0)),
    weights.reduce((sum, row, index) => sum + (row[i] / scale[i]) * targets[index], 0),
  ])
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++)
      if (Math.abs(matrix[row][column]) > Math.abs(matrix[pivot][column])) pivot = row
    if (Math.abs(matrix[pivot][column]) < 1e-9) return undefined
    const [own] = matrix.splice(pivot, 1)
    matrix.splice(column, 0, own)
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = matrix[row][column] / own[column]
      for (let index = column; index <= size; index++) matrix[row][index] -= factor * own[index]
    }
  }
  return matrix.map((row, index) => row[size] / row[index] / scale[index])
}
