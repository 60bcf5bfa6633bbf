import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ScriptFolder, scriptFolder } from '#cli/script-folder.ts'

/** Signals that end a bench, and the exit code of each. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** How a program of a workshop ended. */
export interface Ended {
  /** Null where it was killed. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  /** Whether it took too long. */
  readonly isLate: boolean
}

/** Linux' files in memory. */
const MEMORY = '/dev/shm'
/** Trees and what works write take a tenth of it. */
const ROOM_BYTES = 2 ** 28

/** Where the folder is made: in memory, unless the user names a place or it has no room. What a disk waits for is no tree's. */
function placeHere(): string {
  const { TMPDIR, TMP, TEMP } = process.env
  if ((TMPDIR ?? TMP ?? TEMP) !== undefined) return tmpdir()
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize < ROOM_BYTES ? tmpdir() : MEMORY
  } catch {
    return tmpdir()
  }
}

interface Place {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Longest that it may take, ms. */
  readonly timeout?: number
}

/**
 * The one folder of a bench: both trees of a comparison, the pipes, and whatever the works write. It goes with the bench, also
 * when a signal ends that.
 */
export class Workshop {
  readonly #stops = new Set<() => Promise<void>>()
  readonly #folder: ScriptFolder
  readonly #onSignal = (signal: keyof typeof signals): void => {
    this.remove().finally(() => process.exit(signals[signal]))
  }

  /** @throws UsageError where there is no folder for temporary files, the system's error where that takes none */
  constructor() {
    // Before the folder exists: what works in it is ended first, so that nothing writes into it again.
    for (const signal of Object.keys(signals)) process.on(signal, this.#onSignal)
    try {
      this.#folder = scriptFolder('marketsim-bench-', placeHere())
    } catch (error) {
      this.#ignoreSignals()
      throw error
    }
  }

  #ignoreSignals(): void {
    for (const signal of Object.keys(signals)) process.off(signal, this.#onSignal)
  }

  get folder(): string {
    return this.#folder.path
  }

  /** A new folder in it. */
  folderFor(name: string): string {
    const folder = join(this.folder, name)
    mkdirSync(folder)
    return folder
  }

  /** Runs a program to its end. It is killed, and its temporary files go, when the workshop is removed. @throws the system's error */
  async run(
    program: string,
    words: readonly string[],
    { cwd, env = process.env, timeout }: Place = {},
  ): Promise<Ended> {
    const child = spawn(program, words, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...env, TMPDIR: this.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = endOf(child)
    let isLate = false
    const late = setTimeout(() => (isLate = child.kill('SIGKILL')), timeout ?? LONGEST_MS)
    const forget = this.onRemove(async () => {
      child.kill('SIGKILL')
      await ended.catch(() => {})
    })
    try {
      return { ...(await ended), isLate }
    } finally {
      clearTimeout(late)
      forget()
    }
  }

  /** What ends a process that works in here, and waits for its end; answers what takes it off again. */
  onRemove(stop: () => Promise<void>): () => void {
    this.#stops.add(stop)
    return () => this.#stops.delete(stop)
  }

  /** Ends what works in here, then removes the folder: a process that is not quite dead would write into it again. */
  async remove(): Promise<void> {
    await Promise.all([...this.#stops].map((stop) => stop()))
    this.#folder.remove()
    this.#ignoreSignals()
  }
}

/** The longest time of a timer, 24 days. */
const LONGEST_MS = 2 ** 31 - 1

function endOf(child: ChildProcess): Promise<Omit<Ended, 'isLate'>> {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text) => {
      texts[name] += text
    })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, ...texts }))
  })
}
