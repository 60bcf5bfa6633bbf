/** How cells are assigned to threads: neighbours share a thread, so that the words of threads in order are those of cells. */

/** How well threads share the load, compared from left to right: the greatest load of a thread, then their squares. */
interface Cost {
  readonly greatest: number
  readonly squares: number
}

const isLess = (a: Cost, b: Cost): boolean =>
  a.greatest < b.greatest || (a.greatest === b.greatest && a.squares < b.squares)

/**
 * The first cell of each thread, and the number of cells at the end. Each thread has at least one cell, and the greatest load
 * of a thread is as small as neighbours allow.
 * @param loads what each cell is expected to cost, in any unit, 0 or more
 * @param threads 1 to the number of cells
 */
export function assignCells(loads: readonly number[], threads: number): number[] {
  const sums = [0]
  for (const load of loads) sums.push(sums[sums.length - 1] + load)
  const cells = loads.length
  // best[end]: of the first `end` cells on the threads so far, and where the last of these threads begins.
  let best: (Cost | null)[] = sums.map((load) => ({ greatest: load, squares: load * load }))
  const begins: Int32Array[] = [new Int32Array(cells + 1)]
  for (let used = 2; used <= threads; used++) {
    const next: (Cost | null)[] = sums.map(() => null)
    const begin = new Int32Array(cells + 1)
    for (let end = used; end <= cells; end++)
      for (let first = used - 1; first < end; first++) {
        const before = best[first]
        const load = sums[end] - sums[first]
        if (before === null) continue
        const cost = { greatest: Math.max(before.greatest, load), squares: before.squares + load * load }
        const known = next[end]
        if (known !== null && !isLess(cost, known)) continue
        next[end] = cost
        begin[end] = first
      }
    best = next
    begins.push(begin)
  }
  const firsts = [cells]
  for (let used = threads; used > 1; used--) firsts.unshift(begins[used - 1][firsts[0]])
  return [0, ...firsts]
}
