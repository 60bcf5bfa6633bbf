/**
 * Programs of the machine that tests use, each from a Debian package of that name. Where one is missing its tests do not
 * run, and the suite's closing line names it; with MARKETSIM_NEEDS_PROGRAMS set, as in continuous integration, they fail.
 */
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** One file for all workers of a suite, which are children of its main process. */
const missingFile = (suite: number): string => join(tmpdir(), `marketsim-missing-programs-${suite}`)

/** Whether the program is on the path. @throws Error where it is missing and every test has to run */
export function hasProgram(name: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter)
  if (folders.some((folder) => folder !== '' && existsSync(join(folder, name)))) return true
  if (process.env.MARKETSIM_NEEDS_PROGRAMS !== undefined)
    throw new Error(`${name} is missing: install it, since every test has to run here`)
  appendFileSync(missingFile(process.ppid), `${name}\n`)
  return false
}

/** Vitest's global set-up: nothing before the tests, and the closing line after them. */
export function setup(): () => void {
  rmSync(missingFile(process.pid), { force: true })
  return () => {
    const file = missingFile(process.pid)
    if (!existsSync(file)) return
    const names = [...new Set(readFileSync(file, 'utf8').trim().split('\n'))].sort()
    rmSync(file)
    console.log(`\nNot run: tests that need ${names.join(', ')}, not installed on this machine.`)
  }
}
