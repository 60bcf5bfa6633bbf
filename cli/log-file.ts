/** The log of `import`, which has to be a file: its first bytes say how it is compressed, and Parquet is read from its end. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { removeIfEnded } from './supervision.ts'

/** What messages call a log that was read from stdin. */
export const STDIN = 'stdin'

export interface LogFile {
  readonly path: string
  /** For messages and for what is written about the log. */
  readonly name: string
}

/** Lets `use` read the log at a path. `-` is stdin, which is kept in a temporary file until `use` has ended. */
export async function withLogFile<T>(path: string, use: (file: LogFile) => Promise<T>): Promise<T> {
  if (path !== '-') return use({ path, name: basename(path) })
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-stdin-'))
  const release = removeIfEnded(folder)
  try {
    const copy = join(folder, STDIN)
    await pipeline(process.stdin, createWriteStream(copy))
    return await use({ path: copy, name: STDIN })
  } finally {
    rmSync(folder, { recursive: true, force: true })
    release()
  }
}
