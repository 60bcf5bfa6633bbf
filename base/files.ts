/**
 * Files that survive a crash of the process and of the machine: each is synced to the disk before anything that points to
 * it, and so is the folder that lists its name.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'

/** `MARKETSIM_SYNC=off`: nothing waits for the disk, so a power cut may lose or damage what was written. */
const isSynced = (): boolean => process.env.MARKETSIM_SYNC !== 'off'

/** Writes all bytes to an open file at its end, or at a position; one call of the system may write only some. */
export function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, position === undefined ? null : position + done)
}

/** Waits until an open file is on the disk. */
export function syncFile(file: number): void {
  if (isSynced()) fsyncSync(file)
}

/** Waits until a file, or the names in a folder, are on the disk. */
export function syncPath(path: string): void {
  if (!isSynced()) return
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } catch (error) {
    // Windows and some network drives have no sync of folders.
    if (!['EPERM', 'EINVAL', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    closeSync(file)
  }
}

/** The same for a folder with everything in it. */
export function syncTree(folder: string): void {
  if (!isSynced()) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) syncTree(path)
    else if (entry.isFile()) syncPath(path)
  }
  syncPath(folder)
}

/**
 * Renames a file or folder, and waits until the new name is on the disk. What it contains must be synced before. Where the
 * disk fails then, it has its old name again.
 */
export function renameSynced(from: string, to: string): void {
  renameSync(from, to)
  try {
    syncPath(dirname(to))
    if (dirname(from) !== dirname(to)) syncPath(dirname(from))
  } catch (error) {
    renameSync(to, from)
    throw error
  }
}

/**
 * Makes a folder and those above it that are missing; that these are there is on the disk then. Unlike `mkdirSync` with `recursive`, an error has the code of what
 * failed: a full disk is not reported as a missing folder.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) {
    // A file in its place is an error of its own.
    if (!statSync(path).isDirectory()) mkdirSync(path)
    return
  }
  const above = dirname(path)
  if (!existsSync(above)) {
    makeFolder(above)
    // The name of the folder itself is on the disk once what is put into it, or its last name, is synced with it.
    syncPath(dirname(above))
  }
  try {
    mkdirSync(path)
  } catch (error) {
    // Another process or thread was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error
  }
}

/** Writes a file so that its name never means a part of it, whatever happens to the process or the machine. */
export function writeWhole(folder: string, name: string, bytes: Uint8Array | string): void {
  makeFolder(folder)
  const partial = join(folder, `${name}.partial`)
  const file = openSync(partial, 'w')
  try {
    writeAll(file, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes)
    syncFile(file)
  } finally {
    closeSync(file)
  }
  renameSynced(partial, join(folder, name))
}

/** How far a growing file is, and the CRC-32 of everything before. */
export interface FileExtent {
  readonly bytes: number
  readonly crc: number
}

/** A file that only grows. It remembers what it was given, so that a reader can tell whether the disk still has it. */
export class GrowingFile {
  readonly path: string
  readonly descriptor: number
  #extent = emptyExtent

  /** `flags` as of `fs.open`. */
  constructor(path: string, flags: string) {
    this.path = path
    this.descriptor = openSync(path, flags)
  }

  get extent(): FileExtent {
    return this.#extent
  }

  append(bytes: Uint8Array): void {
    writeAll(this.descriptor, bytes)
    this.#extent = extended(this.#extent, bytes)
  }

  /** Continues from an earlier extent: the caller has cut the file back to it. */
  resumeAt(extent: FileExtent): void {
    this.#extent = extent
  }

  sync(): void {
    syncFile(this.descriptor)
  }

  close(): void {
    closeSync(this.descriptor)
  }
}

export const emptyExtent: FileExtent = { bytes: 0, crc: 0 }

/** An extent with more bytes behind it. */
export const extended = ({ bytes, crc }: FileExtent, more: Uint8Array): FileExtent => ({
  bytes: bytes + more.length,
  crc: crc32(more, crc),
})

const PART_BYTES = 1 << 20

/** Reads a file from its beginning to its end; `take` gets each part in a buffer that is used again afterwards. */
export function readParts(path: string, take: (bytes: Uint8Array) => void): void {
  const part = Buffer.allocUnsafe(PART_BYTES)
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const read = readSync(file, part, 0, PART_BYTES, null)
      if (read === 0) return
      take(part.subarray(0, read))
    }
  } finally {
    closeSync(file)
  }
}

/** The length and checksum of a file as it is on the disk. */
export function extentOf(path: string): FileExtent {
  let extent = emptyExtent
  readParts(path, (bytes) => {
    extent = extended(extent, bytes)
  })
  return extent
}

/** Files by path within a folder, each as it was written. */
export type Written = ReadonlyMap<string, FileExtent>

/** Writes a text file of a folder, and notes in `written` what it wrote. */
export function putFile(folder: string, name: string, text: string, written: Map<string, FileExtent>): void {
  const file = new GrowingFile(join(folder, name), 'w')
  try {
    file.append(new TextEncoder().encode(text))
  } finally {
    file.close()
  }
  written.set(name, file.extent)
}
