/**
 * What is known of every resource between two of its events, in columns: a resource costs about fifty bytes, and one
 * pair of meters serves all of them in turn.
 */
import { type Columns, columns } from '#engine/columns.ts'
import type { HourRow } from '../billing/metering/hour-rows.ts'
import type { MeterAtRest } from '../billing/metering/resource-meter.ts'
import type { ResourceState } from '../billing/metering/resource-states.ts'
import type { LogNames } from './log-names.ts'
import { type Kind, kinds } from './price-list.ts'

const states: readonly ResourceState[] = ['absent', 'running', 'stopped', 'suspended', 'deleted']
/** How the column holds it. */
export const DELETED = states.indexOf('deleted')

const resourceColumns = {
  state: 'u8',
  /** Lines beyond 2^32 would need 100 GB of log. */
  line: 'u32',
  account: 'i32',
  flavour: 'i32',
  /** Number of a disk whose size the log says + 1. */
  disk: 'i32',
  /** Number of the product + 1, 0: nothing was installed yet. */
  product: 'i32',
  installations: 'i32',
  changedAt: 'f64',
  /** First of its open hours + 1. */
  open: 'i32',
} as const

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

export type ResourceTable = Columns<typeof resourceColumns>

type RestingNames = Pick<LogNames, 'product' | 'productNumber' | 'flavour' | 'flavourNumber'>

const nothing: readonly HourRow[] = []

export class RestingResources {
  readonly table: ResourceTable = columns(resourceColumns, 1024)
  readonly #open: Columns<typeof openColumns> = columns(openColumns, 1024)
  readonly #byProduct: boolean
  readonly #names: RestingNames

  constructor(imageKey: 'product' | 'image', names: RestingNames) {
    this.#byProduct = imageKey === 'product'
    this.#names = names
  }

  /** Makes room for a resource that may never have been seen. */
  admit(row: number): void {
    while (this.table.rows <= row) this.table.changedAt[this.table.add()] = Number.NEGATIVE_INFINITY
  }

  /** The resource as the meter of its server, its image or what the server has left it. */
  wake(row: number, kind: Kind): MeterAtRest {
    const { table } = this
    const isImage = kind === 'image'
    const product = table.product[row]
    const name = isImage ? (product > 0 ? this.#names.product(product - 1) : undefined) : this.#sizeOf(row, kind)
    return {
      state: states[table.state[row]],
      changedAt: table.changedAt[row],
      product: name,
      key: isImage ? this.#keyOf(name, table.installations[row]) : (name ?? ''),
      installations: isImage ? table.installations[row] : 0,
      open: table.open[row] === 0 ? nothing : this.#wakeRows(row, kind),
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
    const { table } = this
    this.#forgetRows(row)
    table.state[row] = states.indexOf(image.state)
    table.line[row] = line
    table.changedAt[row] = image.changedAt
    table.product[row] = image.product === undefined ? 0 : this.#names.productNumber(image.product) + 1
    table.installations[row] = image.installations
    for (const [kind, { open }] of others) this.#restRows(row, kind, open)
    this.#restRows(row, 'image', image.open)
    this.#restRows(row, 'ecs', server.open)
  }

  /** Another flavour, another disk, or both; -1: as before. */
  resize(row: number, flavour: number, disk: number): void {
    if (flavour >= 0) this.table.flavour[row] = flavour + 1
    if (disk >= 0) this.table.disk[row] = disk + 1
  }

  /** The flavour, or the disk. */
  #sizeOf(row: number, kind: Kind): string | undefined {
    const { flavour, disk } = this.table
    const size = kind === 'disk' && disk[row] > 0 ? disk[row] : flavour[row]
    return size > 0 ? this.#names.flavour(size - 1) : undefined
  }

  #keyOf(product: string | undefined, installations: number): string | number {
    return this.#byProduct ? (product ?? '') : installations
  }

  #wakeRows(row: number, kind: Kind): HourRow[] {
    const open = this.#open
    const rows: HourRow[] = []
    for (let at = this.table.open[row]; at !== 0; at = open.next[at - 1]) {
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

  #forgetRows(row: number): void {
    for (let at = this.table.open[row]; at !== 0; ) {
      const next = this.#open.next[at - 1]
      this.#open.remove(at - 1)
      at = next
    }
    this.table.open[row] = 0
  }

  /** Puts the rows in front of those that are kept, so that the list keeps their order. */
  #restRows(row: number, kind: Kind, rows: readonly HourRow[]): void {
    const numberOf = kind === 'image' ? this.#names.productNumber : this.#names.flavourNumber
    for (let index = rows.length - 1; index >= 0; index--) {
      const each = rows[index]
      const at = this.#open.add()
      const open = this.#open
      open.next[at] = this.table.open[row]
      open.kind[at] = kinds.indexOf(kind)
      open.product[at] = each.product === undefined ? 0 : numberOf(each.product) + 1
      open.key[at] = typeof each.key === 'number' ? each.key : 0
      open.seconds[at] = each.seconds
      open.hour[at] = each.hour
      open.firstUse[at] = each.firstUse
      open.useEnd[at] = each.useEnd
      this.table.open[row] = at + 1
    }
  }
}
