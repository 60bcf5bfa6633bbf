/** Folders for temporary files of scripts (the benches, what packs and documents), which have no launcher that removes them. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from './script.ts'

export interface ScriptFolder {
  readonly path: string
  remove(): void
}

/**
 * Makes a folder that goes at the latest when the script ends, however it ends: a script that computes hears no signal, so another
 * process waits for its end.
 * @throws UsageError where there is no folder for temporary files, the system's error where that takes none
 */
export function scriptFolder(prefix: string, parent = tmpdir()): ScriptFolder {
  const path = join(parent, `${prefix}${randomBytes(4).toString('hex')}`)
  // Before the folder exists: a signal between the two would leave it behind. A session of its own hears no Ctrl-C.
  const watch = spawn('sh', ['-c', 'cat > /dev/null; rm -rf -- "$0"', path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell the folder goes with `remove` only.
  watch.on('error', () => {})
  watch.unref()
  const { stdin } = watch
  const remove = (): void => {
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    stdin.end()
  }
  try {
    mkdirSync(path, { mode: 0o700 })
    return { path, remove }
  } catch (error) {
    // What has this path is not ours, so the other process must not remove it either.
    watch.kill('SIGKILL')
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    throw new UsageError(`no folder for temporary files: ${message}; set TMPDIR to one that exists`)
  }
}
