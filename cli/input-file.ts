/** Files that the caller names. */
import { type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '#base/input-error.ts'
import { otherThanFile } from '#scenarios/file-kind.ts'

/**
 * Throws InputError unless the path leads to a file; `what` says what it should be: "a file of prices", and `isOneOfSeveral` whether a
 * pattern of several is read as well.
 */
export function checkInputFile(path: string, what: string, isOneOfSeveral = false): void {
  let status: Stats
  try {
    status = statSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new InputError(`there is no file '${path}'`, `name ${what}`, path)
    throw new InputError(`'${path}' cannot be read (${code})`, 'check its path and permissions', path)
  }
  const other = otherThanFile(status)
  if (other === null) return
  const several = isOneOfSeveral ? `, or those of the folder by a pattern in quotes: '${join(path, '*')}'` : ''
  const hint = other === 'a folder' ? `name ${what}${several}` : 'write its content to a file, and name that file'
  throw new InputError(`'${path}' is ${other}, not a file`, hint, path)
}
