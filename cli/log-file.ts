/** The log of `import`, which has to be a file: its first bytes say how it is compressed, and Parquet is read from its end. */
import { createWriteStream, existsSync, globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { InputError } from '#base/input-error.ts'
import { atEnd, scratchFolder } from './supervision.ts'

let keptStdin: Promise<string> | undefined

/** The file in which stdin is kept until the command ends, so that it can be read as any file is. */
export function stdinFile(): Promise<string> {
  keptStdin ??= keepStdin()
  return keptStdin
}

async function keepStdin(): Promise<string> {
  const { path: folder, remove } = scratchFolder('marketsim-stdin-')
  atEnd(() => {
    keptStdin = undefined
    remove()
  })
  const copy = join(folder, STDIN)
  await pipeline(process.stdin, createWriteStream(copy))
  return copy
}

/** What messages call a log that was read from stdin. */
export const STDIN = 'stdin'

export interface LogFile {
  readonly path: string
  /** For messages and for what is written about the log. */
  readonly name: string
  /** Further files of the same log. */
  readonly parts?: readonly string[]
}

/** The files of paths and of patterns such as `part-*.csv`, those of a pattern in order. Throws InputError. */
export function filesOf(paths: readonly string[]): readonly string[] {
  if (paths.length > 1 && paths.includes('-'))
    throw new InputError('stdin and files together', 'name files only, or concatenate them and pass -')
  return paths.flatMap((path) => {
    if (!/[*?[{]/.test(path) || existsSync(path)) return [path]
    const found = globSync(path).sort()
    if (found.length === 0) throw new InputError(`no file is called '${path}'`, 'check the pattern', path)
    return found
  })
}

/** Lets `use` read the log at a path; `-` is stdin. */
export async function withLogFile<T>(path: string, use: (file: LogFile) => Promise<T>): Promise<T> {
  return use(path === '-' ? { path: await stdinFile(), name: STDIN } : { path, name: basename(path) })
}
