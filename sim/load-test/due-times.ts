/** Reads due times: one a line, in seconds from the start, or in ms under a header that says so. */
import { InputError } from '#base/input-error.ts'

/** Longer files would fill the memory. */
const MOST_LINES = 50_000_000
const units: Readonly<Record<string, number>> = { seconds: 1_000, s: 1_000, ms: 1, milliseconds: 1 }

/** Due times in ms, in memory that threads share. Of a CSV the first column counts; `#` begins a comment. */
export function parseDueTimes(text: string, file: string): Float64Array {
  const times: number[] = []
  let unit = 1_000
  let isFirst = true
  for (const [index, line] of text.split('\n').entries()) {
    const cell = line
      .split('#')[0]
      .split(/[,;\t]/)[0]
      .trim()
    if (cell === '') continue
    const where = `${file}:${index + 1}`
    const header = isFirst ? units[cell.replace(/^"|"$/g, '').toLowerCase()] : undefined
    isFirst = false
    if (header !== undefined) {
      unit = header
      continue
    }
    if (!/^\d{1,12}(\.\d{1,9})?$/.test(cell))
      throw new InputError(
        `'${cell}' is not a due time`,
        'write seconds from the start, one per line, such as 0.25',
        where,
      )
    const at = Number(cell) * unit
    if (at < (times.at(-1) ?? 0))
      throw new InputError(`${cell} is before the previous line`, 'sort the due times', where)
    if (times.length === MOST_LINES) throw new InputError(`more than ${MOST_LINES} due times`, 'split the file', where)
    times.push(at)
  }
  if (times.length === 0) throw new InputError('it has no due time', 'write one per line, in seconds', file)
  const shared = new Float64Array(new SharedArrayBuffer(times.length * 8))
  shared.set(times)
  return shared
}
