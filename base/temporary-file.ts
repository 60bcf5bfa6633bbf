import { mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A descriptor of a new file that is gone when it is closed, however the program ends. */
export function temporaryFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-'))
  const file = openSync(join(folder, 'data'), 'wx+')
  rmSync(folder, { recursive: true })
  return file
}
