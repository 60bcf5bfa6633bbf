/** Where the file of a trace is: next to its scenario file or below it. */
import { realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { shown, type Words } from './explain.ts'
import { otherThanFile } from './file-kind.ts'

const expected = "a file in the scenario's folder or below it"

const inside = (folder: string, path: string) => {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Why a file cannot be read. */
export function unreadable(file: string, error: unknown): Words {
  const code = (error as NodeJS.ErrnoException).code
  const what = code === 'ENOENT' ? `there is no file ${shown(file)}` : `${shown(file)} cannot be read (${code})`
  return { what, expected, hint: 'check the path' }
}

/** The path of a file, or why not. Links are followed first, so that none leads out of the scenario's folder. */
export async function tracePath(file: string, scenarioPath: string): Promise<string | Words> {
  const folder = await realpath(dirname(resolve(scenarioPath)))
  const outside = { what: `the path ${shown(file)} leads out of the folder`, expected, hint: 'copy the file there' }
  if (isAbsolute(file) || file.includes('\u0000') || !inside(folder, resolve(folder, file))) return outside
  try {
    const real = await realpath(resolve(folder, file))
    if (!inside(folder, real)) return outside
    // Before it is opened: opening a pipe waits for its writer.
    const other = otherThanFile(await stat(real))
    if (other === null) return real
    return { what: `${shown(file)} is ${other}, not a file`, expected, hint: 'write the path of a CSV file' }
  } catch (error) {
    return unreadable(file, error)
  }
}
