/** The hour of all running instances in WebAssembly. */
import { HourRows, type HourSizes } from './hour-kernel.ts'
import { WasmColumns, type WasmModule } from './wasm-columns.ts'

export class WasmHours extends HourRows {
  readonly #memory: WasmColumns
  readonly #books: number

  constructor(module: WasmModule, { instances, accounts }: HourSizes) {
    const memory = new WasmColumns(module)
    const [account, ecs, image] = [4, 8, 8].map((width) => memory.place(width * instances))
    const books = [8, 8, 8, 8, 8, 4, 1].map((width) => memory.place(width * accounts))
    const list = memory.place(books.length * Uint32Array.BYTES_PER_ELEMENT)
    // Nothing is placed after this, so that the columns stay valid.
    const { buffer } = memory
    const [owedEcs, owedImage, cash, charges, due, lines, inArrears] = books
    super({
      account: new Int32Array(buffer, account, instances),
      ecs: new Float64Array(buffer, ecs, instances),
      image: new Float64Array(buffer, image, instances),
      owedEcs: new Float64Array(buffer, owedEcs, accounts),
      owedImage: new Float64Array(buffer, owedImage, accounts),
      cash: new Float64Array(buffer, cash, accounts),
      charges: new Float64Array(buffer, charges, accounts),
      due: new Float64Array(buffer, due, accounts),
      lines: new Int32Array(buffer, lines, accounts),
      inArrears: new Uint8Array(buffer, inArrears, accounts),
    })
    new Uint32Array(buffer, list, books.length).set(books)
    this.#books = list
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
