/** Files a command writes into a folder: whole ones only, each given its name when everything is written. */
import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeFolder, syncPath, syncTree, writeAll } from '#base/files.ts'
import { InputError } from '#base/input-error.ts'
import { isOfTheMachine } from './failure.ts'
import { removeEmpty, removeIfEmpty, removeIfEnded } from './supervision.ts'

const PIECE = 1 << 16

/** One file on its way: text gathered and written in pieces, or bytes. */
export class OutputFile {
  readonly #file: number
  #text = ''

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  write(text: string): void {
    this.#text += text
    if (this.#text.length >= PIECE) this.#flush()
  }

  writeBytes(bytes: Uint8Array): void {
    this.#flush()
    this.#put(bytes)
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    this.#put(bytes)
  }

  #put(bytes: Uint8Array): void {
    writeAll(this.#file, bytes)
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  /** Closes it without what was not written yet. */
  abandon(): void {
    closeSync(this.#file)
  }
}

/** The first folder of a path that is not there yet; undefined where all are. */
function firstMissing(folder: string): string | undefined {
  if (existsSync(folder)) return undefined
  return firstMissing(dirname(folder)) ?? folder
}

const stagingPattern = /^\.partial-(\d+)-[0-9a-f]{8}$/

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes what a power cut left of earlier commands: files on their way, of processes that are no more. */
function removeLeft(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const [, pid] = stagingPattern.exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

export class OutputFolder {
  readonly #folder: string
  readonly #open = new Map<string, OutputFile>()
  readonly #written: string[] = []
  readonly #force: boolean
  /** The first folder that had to be made; undefined where it was there. */
  readonly #made: string | undefined
  readonly #staging: string
  readonly #release: () => void

  /** Makes the folder where there is none, and in it one for files on their way. Throws InputError where it cannot. */
  constructor(folder: string, force: boolean) {
    this.#folder = folder
    this.#force = force
    this.#staging = join(folder, `.partial-${process.pid}-${randomBytes(4).toString('hex')}`)
    this.#made = firstMissing(resolve(folder))
    // Announced first, since a signal may come at any time; what is announced last is removed first.
    const held = this.#made === undefined ? [] : [removeIfEmpty(resolve(folder), this.#made)]
    held.push(removeIfEnded(resolve(this.#staging)))
    this.#release = () => {
      for (const release of held) release()
    }
    try {
      removeLeft(folder)
      makeFolder(this.#staging)
    } catch (error) {
      this.discard()
      const { code } = error as NodeJS.ErrnoException
      if (isOfTheMachine(code)) throw error
      throw new InputError(`cannot create the folder (${code})`, 'check its path and permissions', folder)
    }
  }

  /** Begins a file; an earlier one of that name gives way only with `force`. Throws InputError. */
  file(name: string): OutputFile {
    this.#refuseTaken(name)
    const file = new OutputFile(this.#staged(name))
    this.#open.set(name, file)
    return file
  }

  /** The path at which another writer writes a file; it gets its name with the rest. Throws InputError as `file`. */
  place(name: string): string {
    this.#refuseTaken(name)
    this.#written.push(name)
    return this.#staged(name)
  }

  #refuseTaken(name: string): void {
    const path = join(this.#folder, name)
    if (existsSync(path) && !this.#force)
      throw new InputError('this file exists', 'add --force to replace it, or choose another folder with --out', path)
  }

  /** Closes one file, so that another may follow; it gets its name with the rest. */
  close(name: string): void {
    this.#open.get(name)?.close()
    this.#open.delete(name)
    this.#written.push(name)
  }

  #staged(name: string): string {
    return join(this.#staging, name)
  }

  /** Gives every file its name; returns their paths. */
  commit(): string[] {
    for (const name of [...this.#open.keys()]) this.close(name)
    syncTree(this.#staging)
    this.#release()
    const paths = this.#written.map((name) => join(this.#folder, name))
    for (const [index, name] of this.#written.entries()) renameSync(this.#staged(name), paths[index])
    rmdirSync(this.#staging)
    try {
      syncPath(this.#folder)
    } catch (error) {
      // The names may not be on the disk: what is not certain to stay is not a result.
      for (const path of paths) rmSync(path, { force: true })
      throw error
    }
    return paths
  }

  /** Removes what was begun, and the folder if it was made for it. */
  discard(): void {
    for (const file of this.#open.values()) file.abandon()
    rmSync(this.#staging, { recursive: true, force: true })
    if (this.#made !== undefined) removeEmpty(resolve(this.#folder), this.#made)
    this.#release()
  }
}

/** The options of a command that writes files; `describe` says what is in the folder. */
export const outputOptions = (describe: string) =>
  ({
    out: { type: 'string', completes: 'folder', describe },
    force: { type: 'boolean', describe: 'replace existing files' },
  }) as const

/** Writes into a folder whole or not at all; without a folder `write` gets none. */
export async function intoFolder<T>(
  folder: string | undefined,
  force: boolean,
  write: (folder: OutputFolder | undefined) => Promise<T>,
): Promise<{ result: T; files: string[] }> {
  const output = folder === undefined ? undefined : new OutputFolder(folder, force)
  try {
    const result = await write(output)
    return { result, files: output?.commit() ?? [] }
  } catch (error) {
    output?.discard()
    throw error
  }
}
