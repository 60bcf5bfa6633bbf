/** The compiled metering kernel, and columns in its memory. */
import { readFileSync } from 'node:fs'

/** Functions of `kernel.c`; addresses and counts are whole numbers. */
export interface KernelFunctions {
  sweepHour(account: number, amount: number, count: number, owed: number): void
  settleHour(books: number, accounts: number): number
  firstBeyond(numbers: number, count: number, limit: number): number
  moveKeys(old: number, count: number, slots: number, mask: number): void
  meterUsage(job: number): number
  settleUsage(books: number, accounts: number, now: number, topUp: number): number
}

const PAGE_BYTES = 65_536
/** Columns begin at a line of the processor's cache. */
const LINE_BYTES = 64
/** WebAssembly addresses have 32 bits. */
const MOST_BYTES = 2 ** 32

/** A compiled kernel. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string
}

interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): void
}

/** What is used of WebAssembly: its types come with those of a browser only. */
interface WasmEngine {
  validate(bytes: Uint8Array): boolean
  readonly Module: new (bytes: Uint8Array) => WasmModule
  readonly Instance: new (module: WasmModule) => { readonly exports: Readonly<Record<string, unknown>> }
}

const engineHere = (): WasmEngine | undefined => (globalThis as { WebAssembly?: WasmEngine }).WebAssembly

/** `null`: there is no WebAssembly with SIMD here. */
let compiled: WasmModule | null | undefined

/** The compiled kernel, loaded once; null where it cannot run. */
export function kernelModule(): WasmModule | null {
  compiled ??= loadKernel(engineHere())
  return compiled
}

/** The same with any engine: null without one, or where it refuses the instructions of the kernel. */
export function loadKernel(engine: WasmEngine | undefined): WasmModule | null {
  if (engine === undefined) return null
  const bytes = readFileSync(new URL('kernel.wasm', import.meta.url))
  return engine.validate(bytes) ? new engine.Module(bytes) : null
}

/** One instance of the kernel. Memory is only ever added; a column is valid until the next `place`. */
export class WasmColumns {
  readonly call: KernelFunctions
  readonly #memory: WasmMemory
  #top: number

  constructor(module: WasmModule) {
    const { Instance } = engineHere() as WasmEngine
    const { exports } = new Instance(module)
    this.call = exports as unknown as KernelFunctions
    this.#memory = exports.memory as WasmMemory
    this.#top = (exports.__heap_base as { readonly value: number }).value
  }

  /** Changes when memory was added: columns over the former one are empty then. */
  get buffer(): ArrayBuffer {
    return this.#memory.buffer
  }

  /** The address of so many bytes of zeros. @throws RangeError beyond 4 GiB */
  place(bytes: number): number {
    const address = Math.ceil(this.#top / LINE_BYTES) * LINE_BYTES
    const top = address + bytes
    if (top > MOST_BYTES)
      throw new RangeError(`the metering kernel needs ${top} bytes, more than ${MOST_BYTES}; meter in smaller groups`)
    const missing = Math.ceil((top - this.buffer.byteLength) / PAGE_BYTES)
    if (missing > 0) this.#memory.grow(missing)
    this.#top = top
    return address
  }
}
