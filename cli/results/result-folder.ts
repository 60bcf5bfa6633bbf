/**
 * A store of results in a folder, which any number of processes may share, also over a network file system: a file a
 * result, in a folder of the first two digits of its key.
 */
import { closeSync, existsSync, linkSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { makeFolder, syncFile, syncPath, writeAll } from '#base/files.ts'
import { InputError } from '#base/input-error.ts'
import type { ResultStore } from './result-store.ts'

const RESULTS = 'results'
/** File systems without hard links answer so. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

let next = 0

/**
 * Writes a file unless its name is taken; false where it is. The name appears with the whole content or not at all, because
 * it is a second link to a file that is complete.
 */
export function createWhole(folder: string, name: string, text: string): boolean {
  makeFolder(folder)
  const path = join(folder, name)
  if (existsSync(path)) return false
  const partial = join(folder, `.${name}.${hostname()}-${process.pid}-${next++}`)
  const file = openSync(partial, 'wx')
  try {
    writeAll(file, Buffer.from(text))
    syncFile(file)
  } finally {
    closeSync(file)
  }
  try {
    linkSync(partial, path)
    syncPath(folder)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!noLinks.includes(code)) throw error
    throw new InputError(
      `this file system has no hard links (${code}), so a result could be replaced there`,
      'choose a folder on another file system with --results',
      folder,
    )
  } finally {
    rmSync(partial, { force: true })
  }
}

export class ResultFolder implements ResultStore {
  readonly name: string

  constructor(folder: string) {
    this.name = folder
  }

  /** The file of a result. */
  pathOf(key: string): string {
    return join(this.name, RESULTS, key.slice(0, 2), `${key}.json`)
  }

  async find(key: string): Promise<string | undefined> {
    return this.findNow(key)
  }

  async create(key: string, text: string): Promise<string> {
    return this.createNow(key, text)
  }

  /** `find` without waiting. */
  findNow(key: string): string | undefined {
    try {
      return readFileSync(this.pathOf(key), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** `create` without waiting. */
  createNow(key: string, text: string): string {
    const created = createWhole(join(this.name, RESULTS, key.slice(0, 2)), `${key}.json`, text)
    return created ? text : readFileSync(this.pathOf(key), 'utf8')
  }

  /** Keys of all results in the folder. */
  keys(): string[] {
    const folder = join(this.name, RESULTS)
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => basename(name, '.json'))
  }
}
