/** Places of numbers in their order: whole numbers from 0 are counted, others compared. */

/** Beyond this many places a count for each number costs more than comparing. */
const MOST_COUNTED = 8

/** Places in the order of their numbers; equal ones in the order in which they are given, by default all in that of the places. */
export function inOrderOf(numbers: Float64Array | Int32Array, given?: Int32Array): Int32Array {
  let [least, most] = [0, 0]
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at]
    if (number > most) most = number
    else if (number < least) least = number
  }
  const order = new Int32Array(given?.length ?? numbers.length)
  if (least < 0 || most > MOST_COUNTED * numbers.length + 1024) {
    for (let at = 0; at < order.length; at++) order[at] = given === undefined ? at : given[at]
    return order.sort((a, b) => numbers[a] - numbers[b])
  }
  const starts = new Int32Array(most + 2)
  for (let index = 0; index < order.length; index++) starts[numbers[given === undefined ? index : given[index]] + 1]++
  for (let number = 1; number < starts.length; number++) starts[number] += starts[number - 1]
  for (let index = 0; index < order.length; index++) {
    const at = given === undefined ? index : given[index]
    order[starts[numbers[at]]++] = at
  }
  return order
}
