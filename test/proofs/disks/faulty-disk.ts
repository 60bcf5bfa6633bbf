/** Runs a command on a disk that fails at one operation, by the library of `faults.c`. */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What goes wrong; `faults.c` says how. */
export type FaultKind = 'none' | 'full' | 'io' | 'short' | 'lost' | 'misdirected' | 'flipped' | 'sync' | 'name' | 'kill'

/** Operations of a command, by the class that a failure belongs to. */
export type FaultClass = 'write' | 'sync' | 'name'
export type Operations = Readonly<Record<FaultClass, number>>

export const classOf = (kind: FaultKind): FaultClass => (kind === 'sync' || kind === 'name' ? kind : 'write')

/** Compiles the library into a folder; answers its path. */
export function compileFaults(folder: string): string {
  const library = join(folder, 'faults.so')
  const source = fileURLToPath(new URL('./faults.c', import.meta.url))
  execFileSync('gcc', ['-O2', '-Wall', '-Werror', '-shared', '-fPIC', '-o', library, source, '-ldl'])
  return library
}

/** Variables of the environment of a program on a disk that fails below `under`; `state` is a file for its counts. */
export const faultyDisk = (library: string, state: string, under: string, kind: FaultKind, at: number) => ({
  LD_PRELOAD: library,
  FAULTS_STATE: state,
  FAULTS_UNDER: under,
  FAULTS_KIND: kind,
  FAULTS_AT: String(at),
  MARKETSIM_SYNC: 'on',
})

/** How many operations the program made; the file of the counts goes. */
export function countedIn(state: string): Operations {
  const counts = new BigUint64Array(new Uint8Array(readFileSync(state)).buffer, 0, 3)
  rmSync(state)
  return { write: Number(counts[0]), sync: Number(counts[1]), name: Number(counts[2]) }
}
