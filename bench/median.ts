export function median(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[values.length >> 1]
}
