/** The hour of all running instances in WebAssembly. */
import { HourRows, type HourSizes } from './hour-kernel.ts'
import { WasmColumns, type WasmModule } from './wasm-columns.ts'

export class WasmHours extends HourRows {
  readonly account: Int32Array
  readonly ecs: Float64Array
  readonly image: Float64Array
  readonly owedEcs: Float64Array
  readonly owedImage: Float64Array
  readonly cash: Float64Array
  readonly charges: Float64Array
  readonly due: Float64Array
  readonly lines: Int32Array
  readonly inArrears: Uint8Array
  readonly #memory: WasmColumns
  readonly #books: number

  constructor(module: WasmModule, { instances, accounts }: HourSizes) {
    super()
    const memory = new WasmColumns(module)
    const [account, ecs, image] = [4, 8, 8].map((width) => memory.place(width * instances))
    const books = [8, 8, 8, 8, 8, 4, 1].map((width) => memory.place(width * accounts))
    this.#books = memory.place(books.length * Uint32Array.BYTES_PER_ELEMENT)
    // Nothing is placed after this, so that the columns stay valid.
    const { buffer } = memory
    const [owedEcs, owedImage, cash, charges, due, lines, inArrears] = books
    this.account = new Int32Array(buffer, account, instances)
    this.ecs = new Float64Array(buffer, ecs, instances)
    this.image = new Float64Array(buffer, image, instances)
    this.owedEcs = new Float64Array(buffer, owedEcs, accounts)
    this.owedImage = new Float64Array(buffer, owedImage, accounts)
    this.cash = new Float64Array(buffer, cash, accounts)
    this.charges = new Float64Array(buffer, charges, accounts)
    this.due = new Float64Array(buffer, due, accounts)
    this.lines = new Int32Array(buffer, lines, accounts)
    this.inArrears = new Uint8Array(buffer, inArrears, accounts)
    new Uint32Array(buffer, this.#books, books.length).set(books)
    this.#memory = memory
  }

  protected sweep(what: 'ecs' | 'image', count: number): void {
    const owed = what === 'ecs' ? this.owedEcs : this.owedImage
    this.#memory.call.sweepHour(this.account.byteOffset, this[what].byteOffset, count, owed.byteOffset)
  }

  protected settle(): number {
    return this.#memory.call.settleHour(this.#books, this.cash.length)
  }
}
