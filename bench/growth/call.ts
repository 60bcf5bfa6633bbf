/** Calls one command of marketsim in this process and writes what it took into a file: `call.ts FILE WORDS...`. */
import { writeFileSync } from 'node:fs'
import { program } from '#cli/program.ts'

/** What a command took. */
export interface Taken {
  /** User and system time of all threads. */
  readonly cpuSeconds: number
  readonly peakMiB: number
}

const [file, ...words] = process.argv.slice(2)
process.exitCode = await program(words)
const { user, system } = process.cpuUsage()
const taken: Taken = { cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 }
writeFileSync(file, JSON.stringify(taken))
