/** Pages of bytes by number: those that were used last are in memory, the others in a temporary file. */
import { closeSync, readSync, writeSync } from 'node:fs'
import { temporaryFile } from './temporary-file.ts'

interface Page<V> {
  number: number
  readonly bytes: Uint8Array
  readonly views: V
  isRecent: boolean
  isChanged: boolean
}

export interface PageSettings<V> {
  /** Bytes of a page. */
  readonly size: number
  /** Pages in memory at most, 1 or more. There is no file before there are more. */
  readonly most: number
  /** What a page is read and written by. */
  readonly views: (buffer: ArrayBuffer) => V
}

/** `V`: typed arrays of a page. They are of another page after the next call, so that they are not to be kept. */
export class PagedFile<V> {
  readonly #settings: PageSettings<V>
  /** By number; undefined where it is not in memory. */
  readonly #pages: (Page<V> | undefined)[] = []
  readonly #isStored: boolean[] = []
  readonly #held: Page<V>[] = []
  #hand = 0
  #file: number | undefined

  constructor(settings: PageSettings<V>) {
    this.#settings = settings
  }

  /** A page to be read; one that was never changed is all zeros. */
  at(number: number): V {
    const page = this.#pages[number] ?? this.#load(number)
    page.isRecent = true
    return page.views
  }

  /** A page to be written. */
  changed(number: number): V {
    const page = this.#pages[number] ?? this.#load(number)
    page.isRecent = true
    page.isChanged = true
    return page.views
  }

  /** Gives memory and the file back. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    this.#pages.length = 0
    this.#isStored.length = 0
    this.#held.length = 0
    this.#hand = 0
  }

  #load(number: number): Page<V> {
    while (this.#pages.length <= number) {
      this.#pages.push(undefined)
      this.#isStored.push(false)
    }
    const page = this.#held.length < this.#settings.most ? this.#made() : this.#freed()
    page.number = number
    this.#pages[number] = page
    if (this.#isStored[number]) readSync(this.#file ?? -1, page.bytes, 0, page.bytes.length, this.#place(number))
    else page.bytes.fill(0)
    return page
  }

  #made(): Page<V> {
    const buffer = new ArrayBuffer(this.#settings.size)
    const page = {
      ...{ number: 0, isRecent: false, isChanged: false },
      bytes: new Uint8Array(buffer),
      views: this.#settings.views(buffer),
    }
    this.#held.push(page)
    return page
  }

  /** A page in memory that was not used since the hand passed it last. */
  #freed(): Page<V> {
    for (;;) {
      const page = this.#held[this.#hand]
      this.#hand = (this.#hand + 1) % this.#held.length
      if (page.isRecent) {
        page.isRecent = false
        continue
      }
      if (page.isChanged) this.#store(page)
      this.#pages[page.number] = undefined
      return page
    }
  }

  #store(page: Page<V>): void {
    this.#file ??= temporaryFile()
    const { bytes, number } = page
    for (let from = 0; from < bytes.length; )
      from += writeSync(this.#file, bytes, from, bytes.length - from, this.#place(number) + from)
    this.#isStored[number] = true
    page.isChanged = false
  }

  #place(number: number): number {
    return number * this.#settings.size
  }
}
