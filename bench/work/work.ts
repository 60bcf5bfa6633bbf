/** A piece of work to be timed, as a function with a size. */
export type Work = {
  readonly work: string
  readonly subject: string
  /** Sizes that are measured. */
  readonly sizes: readonly number[]
  /** Sets the scene, outside the measurement. */
  start(size: number): Running
}

export type Running = {
  /** Does the next part of the work and returns the number of operations it had. */
  batch(): number
  /** Of all the work so far, 8 hexadecimal digits; the same for every subject that does the same work. */
  digest(): string
}

/**
 * Chance for benches: a hash of two numbers instead of a generator, so that the answer does not depend on the order in
 * which a subject runs what happens at one instant. Any language does it in six operations (MurmurHash3's finalizer).
 */
export function mix(time: number, entity: number): number {
  let x = time ^ Math.imul(entity, 0x9e3779b1)
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}

export function hexadecimal(sum: number): string {
  return (sum >>> 0).toString(16).padStart(8, '0')
}
