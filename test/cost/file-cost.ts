/** Processor time of this process, its threads, and the programs that it started and that have ended. */
import { readFileSync } from 'node:fs'

/** Linux counts the time of ended programs in ticks of 10 ms. */
const TICKS_A_SECOND = 100

/** User plus system time, s. `programs`: of those that have ended; 0 on systems without /proc. */
export interface ProcessorTime {
  readonly own: number
  readonly programs: number
}

/** Fields 16 and 17 of proc(5)'s `stat`; the name in brackets before them may hold spaces. */
function endedPrograms(): number {
  try {
    const text = readFileSync('/proc/self/stat', 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND
  } catch {
    return 0
  }
}

export function processorTime(): ProcessorTime {
  const { user, system } = process.cpuUsage()
  return { own: (user + system) / 1e6, programs: endedPrograms() }
}

/** What one test file took, s of a processor. */
export interface FileCost {
  readonly file: string
  readonly tests: number
  /** To load the file and what it imports, as far as no earlier file had loaded it. */
  readonly imports: number
  /** To run its tests and hooks in the test process and its threads. */
  readonly own: number
  /** The same of the programs that it started. */
  readonly programs: number
  /** Its dearest tests. */
  readonly dearest: readonly { readonly name: string; readonly seconds: number }[]
}
