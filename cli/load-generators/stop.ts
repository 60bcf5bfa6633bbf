/**
 * How a load that several generators share is stopped: by a file in its folder, which reaches generators on other machines
 * as well. A generator that finds it ends its part, and leaves what it has measured.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '#base/files.ts'

const STOP = 'stop'
const LOOK_MS = 250

/** Stops the generators of the load in this folder. */
export function stopGenerators(folder: string): void {
  makeFolder(folder)
  writeFileSync(join(folder, STOP), '')
}

/** Before any generator has been started: an earlier attempt that was stopped may have left its file. */
export const forgetStop = (folder: string): void => rmSync(join(folder, STOP), { force: true })

/** Calls once when the load of this folder is stopped from now on. Returns how to end that. */
export function watchStop(folder: string, onStop: () => void): () => void {
  const path = join(folder, STOP)
  // Left by an earlier attempt.
  if (existsSync(path)) return () => {}
  const timer = setInterval(() => {
    if (!existsSync(path)) return
    clearInterval(timer)
    onStop()
  }, LOOK_MS)
  return () => clearInterval(timer)
}
