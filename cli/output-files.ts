/** Files a command writes into a folder: whole ones only, each given its name when everything is written. */
import { Buffer } from 'node:buffer'
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { InputFault } from './input-fault.ts'

const PIECE = 1 << 16

/** One file on its way: text gathered and written in pieces. */
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

  #flush(): void {
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done)
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }
}

export class OutputFolder {
  readonly #folder: string
  readonly #open = new Map<string, OutputFile>()
  readonly #written: string[] = []
  readonly #force: boolean

  /** Makes the folder where there is none. Throws InputFault where it cannot be made. */
  constructor(folder: string, force: boolean) {
    this.#folder = folder
    this.#force = force
    try {
      mkdirSync(folder, { recursive: true })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      throw new InputFault(`cannot make the folder (${code})`, 'check its path and rights', folder)
    }
  }

  /** Begins a file; an earlier one of that name gives way only with `force`. Throws InputFault. */
  file(name: string): OutputFile {
    const path = join(this.#folder, name)
    if (existsSync(path) && !this.#force)
      throw new InputFault('this file exists', 'add --force to replace it, or choose another folder with --out', path)
    const file = new OutputFile(this.#staged(name))
    this.#open.set(name, file)
    return file
  }

  /** Closes one file, so that another may follow; it gets its name with the rest. */
  close(name: string): void {
    this.#open.get(name)?.close()
    this.#open.delete(name)
    this.#written.push(name)
  }

  #staged(name: string): string {
    return join(this.#folder, `.${name}.partial-${process.pid}`)
  }

  /** Gives every file its name; answers their paths. */
  commit(): string[] {
    for (const name of [...this.#open.keys()]) this.close(name)
    for (const name of this.#written) renameSync(this.#staged(name), join(this.#folder, name))
    return this.#written.map((name) => join(this.#folder, name))
  }

  /** Removes what was begun. */
  discard(): void {
    for (const name of [...this.#open.keys()]) this.close(name)
    for (const name of this.#written) rmSync(this.#staged(name), { force: true })
  }
}

/** The options of a command that writes files; `describe` says what lies in the folder. */
export const outputOptions = (describe: string) =>
  ({
    out: { type: 'string', describe },
    force: { type: 'boolean', describe: 'replace files that are there' },
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
