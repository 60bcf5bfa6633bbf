/**
 * The program's end of the launcher's supervision (`bin.js`). The launcher ends this process when it does not answer a
 * signal in time, so it knows beforehand what to remove then, and what to say.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'

/** What must not stay behind when the program is ended by force. */
interface Leftover {
  readonly path?: string
  /** An empty folder, and those above it up to `made`. */
  readonly folder?: string
  readonly made?: string
  readonly text?: string
}

let next = 0
const send = (message: object): void => {
  if (process.channel != null && process.connected) process.send?.(message)
}

function leave(leftover: Leftover): () => void {
  const number = next++
  send({ number, leftover })
  let isHeld = true
  return () => {
    if (isHeld) send({ number })
    isHeld = false
  }
}

/** Has a file or folder removed if the program ends before it calls what this returns. */
export const removeIfEnded = (path: string): (() => void) => leave({ path })

export interface ScratchFolder {
  readonly path: string
  remove(): void
}

/** A new folder for temporary files, which goes at the latest when the program ends, however it ends. @throws the system's error */
export function scratchFolder(prefix: string): ScratchFolder {
  const path = join(tmpdir(), `${prefix}${randomBytes(4).toString('hex')}`)
  // Announced first: a signal may come as soon as it exists.
  const release = removeIfEnded(path)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    release()
    throw error
  }
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 })
      release()
    },
  }
}

/** Has a folder that was made for the work removed, with those above it up to `made`, as far as they are empty. */
export const removeIfEmpty = (folder: string, made: string): (() => void) => leave({ folder, made })

/** Removes a folder and those above it up to `made`, as far as they are empty. */
export function removeEmpty(folder: string, made: string): void {
  try {
    for (let each = folder; ; each = dirname(each)) {
      rmdirSync(each)
      if (each === made || each === dirname(each)) return
    }
  } catch {
    // Another process has put something there.
  }
}

const tasks: (() => void)[] = []

/** Has something done when the command ends, whether it succeeded or not. */
export const atEnd = (task: () => void): void => {
  tasks.push(task)
}

/** Does what is left to do, the last one first. */
export function endTasks(): void {
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) task()
}

/** Has a line said if the program is stopped by force before it calls what this returns. */
export const sayIfStopped = (text: string): (() => void) => leave({ text })

/** Gives this process more time than usual to end by itself after a signal, ms from now. */
export const endWithin = (ms: number): void => send({ endWithin: ms })

/** Every so many ms the watch looks whether the launcher is still there. */
const LOOK_MS = 100

/** Ends this process when its launcher is gone, whatever the main thread is doing: `kill -9` leaves no orphan. */
export function watchLauncher(): void {
  const supervisor = process.env.MARKETSIM_SUPERVISED
  if (supervisor !== String(process.ppid)) {
    // Its launcher, which gave it a channel, was killed while this process started. Others only inherited the variable.
    if (supervisor !== undefined && process.send !== undefined) process.kill(process.pid, 'SIGKILL')
    return
  }
  const watch = `
    const asleep = new Int32Array(new SharedArrayBuffer(4))
    while (process.ppid === ${process.ppid}) Atomics.wait(asleep, 0, 0, ${LOOK_MS})
    process.kill(process.pid, 'SIGKILL')`
  new Worker(watch, { eval: true }).unref()
}
