/**
 * A disk after a power cut: what a program did to it (`recorder.c`) up to an operation, without what was not synced by then.
 * The strict reading of POSIX: the sync of a file keeps its bytes but not its name, that of a folder the names in it. Of the
 * rest nothing is left, or a random part: of changes of names the first ones (file systems keep their order), of writes any,
 * each torn at sectors.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const kinds = ['', 'made', 'written', 'cut', 'synced', 'renamed', 'removed', 'folder'] as const

interface Operation {
  readonly kind: (typeof kinds)[number]
  readonly inode: number
  readonly place: number
  readonly length: number
  readonly path: string
  readonly other: string
  readonly content: Uint8Array
}

export function compileRecorder(folder: string): string {
  const library = join(folder, 'recorder.so')
  const source = fileURLToPath(new URL('./recorder.c', import.meta.url))
  execFileSync('gcc', ['-O2', '-Wall', '-Werror', '-shared', '-fPIC', '-o', library, source, '-ldl'])
  return library
}

/** Variables of the environment of a program that is recorded; `log` is a file that is not there yet. */
export const recordedDisk = (library: string, log: string, under: string) => ({
  LD_PRELOAD: library,
  RECORD_UNDER: under,
  RECORD_LOG: log,
  RECORD_LOCK: `${log}.lock`,
  MARKETSIM_SYNC: 'on',
})

const HEAD = 7 * 8

/** All operations of a log, which goes. */
export function operationsIn(log: string): Operation[] {
  const bytes = readFileSync(log)
  rmSync(log)
  rmSync(`${log}.lock`)
  const operations: Operation[] = []
  for (let at = 0; at < bytes.length; ) {
    const [kind, inode, place, length, path, other, size] = Array.from({ length: 7 }, (_, index) =>
      Number(bytes.readBigUInt64LE(at + 8 * index)),
    )
    at += HEAD
    operations.push({
      kind: kinds[kind],
      inode,
      place,
      length,
      path: bytes.toString('utf8', at, at + path),
      other: bytes.toString('utf8', at + path, at + path + other),
      content: bytes.subarray(at + path + other, at + path + other + size),
    })
    at += path + other + size
  }
  return operations
}

interface Change {
  readonly place: number
  /** Null for a cut to `place`. */
  readonly content: Uint8Array | null
}

/** A file or folder, by whatever names. */
interface Inode {
  readonly isFolder: boolean
  /** What the disk keeps of a file, and what it was given since. */
  kept: Uint8Array
  readonly pending: Change[]
  /** What the disk keeps of a folder. */
  readonly names: Map<string, Inode>
}

const newInode = (isFolder: boolean, kept: Uint8Array = new Uint8Array()): Inode => ({
  isFolder,
  kept,
  pending: [],
  names: new Map(),
})

function changed(bytes: Uint8Array, { place, content }: Change): Uint8Array {
  if (content === null && place <= bytes.length) return bytes.subarray(0, place)
  const next = new Uint8Array(Math.max(bytes.length, place + (content?.length ?? 0)))
  next.set(bytes)
  if (content !== null) next.set(content, place)
  return next
}

/** A change of names that is not on the disk for certain. */
interface Renaming {
  readonly folders: readonly Inode[]
  readonly happen: () => void
}

/** Of a cut: nothing that was not synced is left, or what a seed says. */
export type Left = { readonly seed: number } | 'nothing'

/** Bytes of a file by its path below the disk's folder; null for a folder. */
export type Tree = ReadonlyMap<string, Uint8Array | null>

const SECTOR = 512

export class Disk {
  readonly #root: string
  readonly #top: Inode
  /** By their numbers while the program ran; a copy of its disk has others. */
  readonly #inodes = new Map<number, Inode>()
  /** As the program sees it: inodes by path. */
  readonly #paths = new Map<string, Inode>()
  #pending: Renaming[] = []

  /** The disk as it is now, all of it kept. */
  constructor(root: string) {
    this.#root = root
    this.#top = this.#load(root)
  }

  #load(path: string): Inode {
    const isFolder = statSync(path).isDirectory()
    const inode = newInode(isFolder, isFolder ? undefined : readFileSync(path))
    this.#paths.set(path, inode)
    if (isFolder) for (const name of readdirSync(path)) inode.names.set(name, this.#load(join(path, name)))
    return inode
  }

  take({ kind, inode: number, place, length, path, other, content }: Operation): void {
    const inode = this.#inodes.get(number) ?? this.#known(number, path)
    switch (kind) {
      case 'made':
      case 'folder':
        this.#make(number, path, kind === 'folder')
        return
      case 'written':
        inode?.pending.push({ place, content })
        return
      case 'cut':
        inode?.pending.push({ place: length, content: null })
        return
      case 'synced':
        if (inode !== undefined) this.#sync(inode)
        return
      case 'renamed':
        this.#rename(path, other)
        return
      case 'removed': {
        const folder = this.#folderOf(path)
        this.#paths.delete(path)
        this.#pending.push({ folders: [folder], happen: () => folder.names.delete(nameOf(path)) })
        return
      }
    }
  }

  /** What was there at the beginning has its number only from the program's first use of it. */
  #known(number: number, path: string): Inode | undefined {
    const inode = this.#paths.get(path)
    if (inode !== undefined) this.#inodes.set(number, inode)
    return inode
  }

  #folderOf(path: string): Inode {
    const folder = this.#paths.get(dirname(path))
    if (folder === undefined) throw new Error(`${path} is in no known folder`)
    return folder
  }

  #make(number: number, path: string, isFolder: boolean): void {
    const inode = newInode(isFolder)
    const folder = this.#folderOf(path)
    this.#inodes.set(number, inode)
    this.#paths.set(path, inode)
    this.#pending.push({ folders: [folder], happen: () => folder.names.set(nameOf(path), inode) })
  }

  #rename(from: string, to: string): void {
    const [source, target] = [this.#folderOf(from), this.#folderOf(to)]
    const moved = [...this.#paths].filter(([path]) => path === from || path.startsWith(`${from}/`))
    for (const [path] of moved) this.#paths.delete(path)
    for (const [path, inode] of moved) this.#paths.set(to + path.slice(from.length), inode)
    const inode = this.#paths.get(to) as Inode
    this.#pending.push({
      folders: [source, target],
      happen: () => {
        source.names.delete(nameOf(from))
        target.names.set(nameOf(to), inode)
      },
    })
  }

  #sync(inode: Inode): void {
    for (const change of inode.pending.splice(0)) inode.kept = changed(inode.kept, change)
    if (!inode.isFolder) return
    // What a change of this folder depends on is kept with it.
    const reached = new Set([inode])
    const isKept = this.#pending.map(() => false)
    for (let at = this.#pending.length - 1; at >= 0; at--) {
      const { folders } = this.#pending[at]
      if (!folders.some((folder) => reached.has(folder))) continue
      isKept[at] = true
      for (const folder of folders) reached.add(folder)
    }
    this.#pending.forEach(({ happen }, at) => {
      if (isKept[at]) happen()
    })
    this.#pending = this.#pending.filter((_, at) => !isKept[at])
  }

  /** What is on the disk if the power is cut now. */
  afterCut(left: Left): Tree {
    const chance = left === 'nothing' ? null : chanceOf(left.seed)
    const names = new Map<Inode, Map<string, Inode>>()
    const kept = new Map<Inode, Map<string, Inode>>()
    if (chance !== null) {
      // The first changes of names are made, looked at, and taken back.
      for (const { folders } of this.#pending) for (const folder of folders) kept.set(folder, new Map(folder.names))
      for (const { happen } of this.#pending.slice(0, Math.floor(chance() * (this.#pending.length + 1)))) happen()
    }
    for (const folder of this.#folders(this.#top)) names.set(folder, new Map(folder.names))
    for (const [folder, before] of kept) {
      folder.names.clear()
      for (const [name, inode] of before) folder.names.set(name, inode)
    }
    const tree = new Map<string, Uint8Array | null>()
    const list = (inode: Inode, path: string): void => {
      if (path !== '') tree.set(path, inode.isFolder ? null : bytesLeft(inode, chance))
      for (const [name, child] of names.get(inode) ?? []) list(child, path === '' ? name : join(path, name))
    }
    list(this.#top, '')
    return tree
  }

  #folders(folder: Inode): Inode[] {
    return [
      folder,
      ...[...folder.names.values()].filter(({ isFolder }) => isFolder).flatMap((each) => this.#folders(each)),
    ]
  }

  /** Writes a tree in place of what is in the disk's folder. */
  write(tree: Tree): void {
    rmSync(this.#root, { recursive: true, force: true })
    mkdirSync(this.#root)
    for (const [path, bytes] of tree)
      if (bytes === null) mkdirSync(join(this.#root, path))
      else writeFileSync(join(this.#root, path), bytes)
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** What is left of a file: of each write since its last sync nothing, all, or some of its sectors. */
function bytesLeft({ kept, pending }: Inode, chance: (() => number) | null): Uint8Array {
  if (chance === null) return kept
  let bytes = kept
  for (const { place, content } of pending) {
    const drawn = chance()
    if (drawn < 0.4) continue
    if (content === null || drawn < 0.7) bytes = changed(bytes, { place, content })
    else
      for (let from = 0; from < content.length; ) {
        const to = Math.min(content.length, from + SECTOR - ((place + from) % SECTOR))
        if (chance() < 0.5) bytes = changed(bytes, { place: place + from, content: content.subarray(from, to) })
        from = to
      }
  }
  return bytes
}

/** Numbers from 0 to 1 of a seed (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A name of what is on a disk: equal trees have equal ones. */
export function hashOf(tree: Tree): string {
  const hash = createHash('sha256')
  for (const [path, bytes] of [...tree].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path}\0${bytes === null ? 'folder' : bytes.length}\0`)
    if (bytes !== null) hash.update(bytes)
  }
  return hash.digest('hex')
}
