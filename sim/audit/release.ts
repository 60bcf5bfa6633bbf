/** Memory of large columns that nothing reads any more. */

/** Gives it back: until V8 collects them, such columns can take more than all that are in use. */
export function release({ buffer }: Float64Array<ArrayBuffer>): void {
  buffer.transfer(0)
}
