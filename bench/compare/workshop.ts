import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '#cli/script.ts'

/** Signals that end a comparison, and the exit code of each. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/**
 * The one folder of a comparison: both trees, the pipes, and whatever the works write. It goes with the comparison, also
 * when a signal ends that.
 */
export class Workshop {
  readonly folder: string
  readonly #stops = new Set<() => Promise<void>>()
  readonly #onSignal = (signal: keyof typeof signals): void => {
    this.remove().finally(() => process.exit(signals[signal]))
  }

  /** @throws UsageError where there is no folder for temporary files, the system's error where that takes none */
  constructor() {
    // Before the folder exists: a signal between the two would end the process and leave the folder behind.
    for (const signal of Object.keys(signals)) process.on(signal, this.#onSignal)
    try {
      this.folder = mkdtempSync(join(tmpdir(), 'marketsim-bench-'))
    } catch (error) {
      this.#ignoreSignals()
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
      throw new UsageError(`no folder for temporary files: ${message}; set TMPDIR to one that exists`)
    }
  }

  #ignoreSignals(): void {
    for (const signal of Object.keys(signals)) process.off(signal, this.#onSignal)
  }

  /** A new folder in it. */
  folderFor(name: string): string {
    const folder = join(this.folder, name)
    mkdirSync(folder)
    return folder
  }

  /** What ends a process that works in here, and waits for its end; answers what takes it off again. */
  onRemove(stop: () => Promise<void>): () => void {
    this.#stops.add(stop)
    return () => this.#stops.delete(stop)
  }

  /** Ends what works in here, then removes the folder: a process that is not quite dead would write into it again. */
  async remove(): Promise<void> {
    await Promise.all([...this.#stops].map((stop) => stop()))
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    this.#ignoreSignals()
  }
}
