/**
 * What is known of every resource between two of its events: forty bytes each, of a million resources in memory and of further ones
 * in a temporary file. One pair of meters serves all of them in turn.
 */
import { PagedFile } from '#base/paged-file.ts'
import { type Columns, columns } from '#engine/columns.ts'
import type { HourRow } from '../billing/metering/hour-rows.ts'
import type { MeterAtRest } from '../billing/metering/resource-meter.ts'
import type { ResourceState } from '../billing/metering/resource-states.ts'
import type { LogEvent } from './log-event.ts'
import type { LogNames } from './log-names.ts'
import { type Kind, kinds } from './price-list.ts'

const states: readonly ResourceState[] = ['absent', 'running', 'stopped', 'suspended', 'deleted', 'down']
/** How the column holds it. */
const DELETED = states.indexOf('deleted')

/** Resources in memory, about. */
const MOST_HELD = 1_000_000
/** Resources of a page, as a power of 2 too, and its bytes. */
const ROW_BITS = 7
const ROWS = 1 << ROW_BITS
const SIZE = ROWS * (Float64Array.BYTES_PER_ELEMENT + 8 * Int32Array.BYTES_PER_ELEMENT)

/** The resources of a page as columns, all 0 before they are known. */
function resourceViews(buffer: ArrayBuffer) {
  const start = ROWS * Float64Array.BYTES_PER_ELEMENT
  const integers = (index: number) => new Int32Array(buffer, start + index * ROWS * Int32Array.BYTES_PER_ELEMENT, ROWS)
  return {
    changedAt: new Float64Array(buffer, 0, ROWS),
    state: integers(0),
    /** Lines beyond 2^32 would need 100 GB of log. */
    line: integers(1),
    account: integers(2),
    flavour: integers(3),
    /** Number of a disk whose size the log says + 1. */
    disk: integers(4),
    /** Number of the product + 1, 0: nothing was installed yet. */
    product: integers(5),
    installations: integers(6),
    /** First of its open hours + 1. */
    open: integers(7),
  }
}

const openColumns = {
  next: 'i32',
  kind: 'u8',
  /** Number of the product of an image, or the size of anything else, + 1. */
  product: 'i32',
  key: 'i32',
  seconds: 'i32',
  hour: 'f64',
  firstUse: 'f64',
  useEnd: 'f64',
} as const

type RestingNames = Pick<LogNames, 'product' | 'productNumber' | 'flavour' | 'flavourNumber'>

const nothing: readonly HourRow[] = []

export class RestingResources {
  /** Resources that were admitted. */
  count = 0
  readonly #pages: PagedFile<ReturnType<typeof resourceViews>>
  readonly #open: Columns<typeof openColumns> = columns(openColumns, 1024)
  readonly #byProduct: boolean
  readonly #names: RestingNames

  /** `mostHeld`: resources in memory, about. */
  constructor(imageKey: 'product' | 'image', names: RestingNames, mostHeld = MOST_HELD) {
    this.#pages = new PagedFile({ size: SIZE, most: Math.ceil(mostHeld / ROWS), views: resourceViews })
    this.#byProduct = imageKey === 'product'
    this.#names = names
  }

  /** Makes room for a resource that may never have been seen. */
  admit(row: number): void {
    if (this.count <= row) this.count = row + 1
  }

  /** Whether it was started. */
  isKnown(row: number): boolean {
    return this.#at(row).state[row & (ROWS - 1)] !== 0
  }

  /** Whether it was started, and not deleted. */
  isThere(row: number): boolean {
    const state = this.#at(row).state[row & (ROWS - 1)]
    return state !== 0 && state !== DELETED
  }

  account(row: number): number {
    return this.#at(row).account[row & (ROWS - 1)]
  }

  /** -1: none. */
  flavour(row: number): number {
    return this.#at(row).flavour[row & (ROWS - 1)] - 1
  }

  /** Number of a disk whose size the log says; -1: none. */
  disk(row: number): number {
    return this.#at(row).disk[row & (ROWS - 1)] - 1
  }

  /** -1: nothing was installed yet. */
  product(row: number): number {
    return this.#at(row).product[row & (ROWS - 1)] - 1
  }

  /** When a known one came into its present state, and where. */
  changedAt(row: number): number {
    return this.#at(row).changedAt[row & (ROWS - 1)]
  }

  line(row: number): number {
    return this.#at(row).line[row & (ROWS - 1)] >>> 0
  }

  /** Keeps whose a new one is, and what it is. */
  begin({ resource, account, flavour, disk }: Pick<LogEvent, 'resource' | 'account' | 'flavour' | 'disk'>): void {
    const page = this.#pages.changed(resource >>> ROW_BITS)
    const at = resource & (ROWS - 1)
    page.account[at] = account
    page.flavour[at] = flavour + 1
    page.disk[at] = disk + 1
  }

  /** Gives memory and the file back; only their count remains. */
  close(): void {
    this.#pages.close()
  }

  #at(row: number) {
    return this.#pages.at(row >>> ROW_BITS)
  }

  /** The resource as the meter of its server, its image or what the server has left it. */
  wake(row: number, kind: Kind): MeterAtRest {
    const page = this.#at(row)
    const at = row & (ROWS - 1)
    const isImage = kind === 'image'
    const product = page.product[at]
    const name = isImage ? (product > 0 ? this.#names.product(product - 1) : undefined) : this.#sizeOf(row, kind)
    return {
      state: states[page.state[at]],
      changedAt: page.state[at] === 0 ? Number.NEGATIVE_INFINITY : page.changedAt[at],
      product: name,
      key: isImage ? this.#keyOf(name, page.installations[at]) : (name ?? ''),
      installations: isImage ? page.installations[at] : 0,
      open: page.open[at] === 0 ? nothing : this.#wakeRows(page.open[at], kind),
    }
  }

  /** Keeps what all meters know, which are in one state; `line` is where the resource came into its present state. */
  rest(
    row: number,
    line: number,
    server: MeterAtRest,
    image: MeterAtRest,
    others: readonly (readonly [kind: Kind, resource: MeterAtRest])[],
  ): void {
    const page = this.#pages.changed(row >>> ROW_BITS)
    const at = row & (ROWS - 1)
    this.#forgetRows(page.open[at])
    page.state[at] = states.indexOf(image.state)
    page.line[at] = line
    page.changedAt[at] = image.changedAt
    page.product[at] = image.product === undefined ? 0 : this.#names.productNumber(image.product) + 1
    page.installations[at] = image.installations
    let first = 0
    for (const [kind, { open }] of others) first = this.#restRows(first, kind, open)
    first = this.#restRows(first, 'image', image.open)
    page.open[at] = this.#restRows(first, 'ecs', server.open)
  }

  /** Another flavour, another disk, or both; -1: as before. */
  resize(row: number, flavour: number, disk: number): void {
    const page = this.#pages.changed(row >>> ROW_BITS)
    const at = row & (ROWS - 1)
    if (flavour >= 0) page.flavour[at] = flavour + 1
    if (disk >= 0) page.disk[at] = disk + 1
  }

  /** The flavour, or the disk. */
  #sizeOf(row: number, kind: Kind): string | undefined {
    const { flavour, disk } = this.#at(row)
    const at = row & (ROWS - 1)
    const size = kind === 'disk' && disk[at] > 0 ? disk[at] : flavour[at]
    return size > 0 ? this.#names.flavour(size - 1) : undefined
  }

  #keyOf(product: string | undefined, installations: number): string | number {
    return this.#byProduct ? (product ?? '') : installations
  }

  /** `first` of its open hours + 1. */
  #wakeRows(first: number, kind: Kind): HourRow[] {
    const open = this.#open
    const rows: HourRow[] = []
    for (let at = first; at !== 0; at = open.next[at - 1]) {
      const from = at - 1
      if (kinds[open.kind[from]] !== kind) continue
      const name = open.product[from] - 1
      const product = name < 0 ? undefined : kind === 'image' ? this.#names.product(name) : this.#names.flavour(name)
      rows.push({
        hour: open.hour[from],
        key: kind === 'image' ? this.#keyOf(product, open.key[from]) : (product ?? ''),
        product,
        seconds: open.seconds[from],
        firstUse: open.firstUse[from],
        useEnd: open.useEnd[from],
      })
    }
    return rows
  }

  /** `first` of its open hours + 1. */
  #forgetRows(first: number): void {
    for (let at = first; at !== 0; ) {
      const next = this.#open.next[at - 1]
      this.#open.remove(at - 1)
      at = next
    }
  }

  /** Puts the rows in front of those that are kept, so that the list keeps their order; `first` and the result are its first + 1. */
  #restRows(first: number, kind: Kind, rows: readonly HourRow[]): number {
    const numberOf = kind === 'image' ? this.#names.productNumber : this.#names.flavourNumber
    let next = first
    for (let index = rows.length - 1; index >= 0; index--) {
      const each = rows[index]
      const at = this.#open.add()
      const open = this.#open
      open.next[at] = next
      open.kind[at] = kinds.indexOf(kind)
      open.product[at] = each.product === undefined ? 0 : numberOf(each.product) + 1
      open.key[at] = typeof each.key === 'number' ? each.key : 0
      open.seconds[at] = each.seconds
      open.hour[at] = each.hour
      open.firstUse[at] = each.firstUse
      open.useEnd[at] = each.useEnd
      next = at + 1
    }
    return next
  }
}
