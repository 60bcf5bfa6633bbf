import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Slowdowns of a known size for a copy of the sources. The answers stay the same. */
export interface Plant {
  /** The work that becomes slower by the planted part. */
  readonly work: string
  /** Works that become slower by some of it. */
  readonly others: readonly string[]
  readonly file: string
  /**
   * Text of the file, and what takes its place.
   * @param part of the work's time that is added, such as 0.1
   */
  readonly edit: (part: number) => readonly [from: string, to: string]
}

export const plants: readonly Plant[] = [
  {
    work: 'quote',
    others: [],
    file: 'sim/quote/answer.ts',
    // This part of the lines is answered twice, by the same call: V8 compiles a second call separately, and a tenth more calls took
    // between 1 and 28 % more time. Idle steps instead would not be slowed with the work where memory is slow.
    edit: (part) => [
      'export const answer = (line: string): string => reply(line).text\n',
      `let owed = 0
export const answer = (line: string): string => {
  owed += ${part}
  let times = 1
  if (owed >= 1) {
    owed -= 1
    times = 2
  }
  let text = ''
  for (; times > 0; times--) text = reply(line).text
  return text
}
`,
    ],
  },
  {
    work: 'hour-sweep',
    others: ['hour-bill'],
    file: 'sim/billing/metering/hour-sweep.ts',
    // Rows of one loop are alike, so that a part of them takes this part of the time.
    edit: (part) => [
      `  if (even < count) owed[account[even]] += hourAmount[even]
}
`,
      `  if (even < count) owed[account[even]] += hourAmount[even]
  plantedSweep(columns, Math.floor(count * ${part}) & ~1, owed)
}

function plantedSweep({ account, hourAmount }: HourColumns, even: number, owed: Float64Array): void {
  for (let row = 0; row < even; row += 2) {
    owed[account[row]] += 0 * hourAmount[row]
    owed[account[row + 1]] += 0 * hourAmount[row + 1]
  }
}
`,
    ],
  },
]

/**
 * Plants a slowdown of `part` into the sources in a folder.
 * @throws Error where the file is no longer what it was
 */
export function plant(folder: string, { file, edit }: Plant, part: number): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const [from, to] = edit(part)
  if (text.split(from).length !== 2) throw new Error(`${file} has changed: the place of the plant is not there once`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
}
