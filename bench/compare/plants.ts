import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Slowdowns of a known size for a copy of the sources. The answers stay the same. */
export interface Plant {
  /** The work that becomes slower by the planted part. */
  readonly work: string
  /** Works that become slower by some of it. */
  readonly others: readonly string[]
  readonly file: string
  /** Whether the plant is a spin, and so needs to know how many steps take as long as one operation. */
  readonly spins: boolean
  /**
   * Text of the file, and what takes its place.
   * @param part of the work's time that is added, such as 0.1
   * @param steps how many of `SPIN` take as long as one operation of the work, 0 for a plant that does not spin
   */
  readonly edit: (part: number, steps: number) => readonly [from: string, to: string]
}

/** Multiplications of a step of a spin: so many make the function too large to be inlined. */
const MULTIPLICATIONS = 32

/**
 * Source of a function that takes a known time whatever is compiled around it: each multiplication needs the result of the
 * one before, and V8 inlines it nowhere (inlined, a step took up to eight times as long). Real work done twice is no such
 * plant: V8 compiles calls from a second place separately, and a tenth more calls took between 1 and 28 % more time.
 */
export const SPIN = `function spin(value: number, steps: number): number {
  let state = value | 0
  for (let step = 0; step < steps; step++) {
${'    state = (Math.imul(state, 1664525) + 1013904223) | 0\n'.repeat(MULTIPLICATIONS)}  }
  return state
}
`

/** Operations between two spins: the processor overlaps the ends of a spin with other work, so long ones are exact. */
const SPIN_EVERY = 8

export const plants: readonly Plant[] = [
  {
    work: 'quote',
    others: [],
    file: 'sim/quote/answer.ts',
    spins: true,
    edit: (part, steps) => [
      'export const answer = (line: string): string => reply(line).text\n',
      `${SPIN}
let planted = 1
let untilSpin = ${SPIN_EVERY}
export const answer = (line: string): string => {
  untilSpin -= 1
  if (untilSpin === 0) {
    untilSpin = ${SPIN_EVERY}
    planted = spin(planted, ${Math.round(part * steps * SPIN_EVERY)})
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
    spins: false,
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
 * @param steps how many of `SPIN` take as long as one operation of the work
 * @throws Error where the file is no longer what it was
 */
export function plant(folder: string, { file, edit }: Plant, part: number, steps: number): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const [from, to] = edit(part, steps)
  if (text.split(from).length !== 2) throw new Error(`${file} has changed: the place of the plant is not there once`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
}
