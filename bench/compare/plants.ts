import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Slow-downs of a known size for a copy of the sources: a part of the calls, or of the rows, is done twice. */
export interface Plant {
  /** The work that becomes slower by the planted part. */
  readonly work: string
  /** Works that become slower by some of it. */
  readonly others: readonly string[]
  readonly file: string
  /** Text of the file, and what takes its place; one call or row in `every` is done twice. The answers stay. */
  readonly edit: (every: number) => readonly [from: string, to: string]
}

export const plants: readonly Plant[] = [
  {
    work: 'quote',
    others: [],
    file: 'sim/quote/answer.ts',
    edit: (every) => [
      'export const answer = (line: string): string => reply(line).text\n',
      `let planted = 0
export const answer = (line: string): string => {
  planted += 1
  if (planted >= ${every}) {
    planted -= ${every}
    reply(line)
  }
  return reply(line).text
}
`,
    ],
  },
  {
    work: 'hour-sweep',
    others: ['hour-bill'],
    file: 'sim/billing/metering/hour-sweep.ts',
    edit: (every) => [
      `  if (even < count) owed[account[even]] += hourAmount[even]
}
`,
      `  if (even < count) owed[account[even]] += hourAmount[even]
  plantedSweep(columns, Math.floor(count / ${every}) & ~1, owed)
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

/** Plants a slow-down of `part` into the sources in a folder. @throws Error where the file is no longer what it was */
export function plant(folder: string, { file, edit }: Plant, part: number): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const [from, to] = edit(1 / part)
  if (text.split(from).length !== 2) throw new Error(`${file} has changed: the place of the plant is not there once`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
}
