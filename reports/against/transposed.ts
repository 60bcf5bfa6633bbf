/** Numbers that differ by two neighbouring digits only. */
export function areTransposed(a: bigint, b: bigint): boolean {
  const [x, y] = [a, b].map((each) => String(each < 0n ? -each : each).padStart(1, '0'))
  const width = Math.max(x.length, y.length)
  const [left, right] = [x.padStart(width, '0'), y.padStart(width, '0')]
  const places = Array.from(left, (digit, index) => (digit === right[index] ? -1 : index)).filter((index) => index >= 0)
  const [first, second] = places
  return (
    places.length === 2 &&
    second === first + 1 &&
    left[first] === right[second] &&
    left[second] === right[first] &&
    a < 0n === b < 0n
  )
}
