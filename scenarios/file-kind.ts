/** What a path leads to where a file is wanted. */
import type { Stats } from 'node:fs'

/**
 * What it is if not a file, in words; null for a file. Pipes and devices are refused everywhere: an input is read more
 * than once, and its hash or size is asked for.
 */
export function otherThanFile(status: Stats): string | null {
  if (status.isFile()) return null
  if (status.isDirectory()) return 'a folder'
  if (status.isFIFO()) return 'a pipe'
  if (status.isSocket()) return 'a socket'
  return 'a device'
}
