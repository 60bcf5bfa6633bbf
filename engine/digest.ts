/**
 * A 128-bit fingerprint of a history, sensitive to order: four 32-bit lanes, each multiplied by an odd constant and
 * rotated into its neighbour. For given input a step is a permutation of the lanes, so that nothing ever folded is
 * forgotten; two steps spread one word over all lanes. It finds differences between runs; it is no cryptography.
 */
export class Digest {
  private p = 0x243f6a88
  private q = 0x85a308d3 | 0
  private r = 0x13198a2e
  private s = 0x03707344

  /** Folds one number: equal numbers fold alike, whatever V8 keeps them as; all NaN are one, and -0 is 0. */
  fold(x: number): void {
    const whole = x | 0
    if (whole === x) this.fold5(whole, 0x1b873593, 0, 0, 0)
    else this.foldReal(x)
  }

  /** Folds five int32 at the cost of one number. */
  fold5(v: number, w: number, x: number, y: number, z: number): void {
    const p = Math.imul(this.p ^ v, 0x9e3779b1)
    const q = Math.imul(this.q ^ w, 0x85ebca77)
    const r = Math.imul(this.r ^ x, 0xc2b2ae3d)
    const s = Math.imul(this.s ^ y, 0x27d4eb2f)
    const next = (((p << 13) | (p >>> 19)) + (q ^ z)) | 0
    this.p = next
    this.q = (((q << 17) | (q >>> 15)) + r) | 0
    this.r = (((r << 11) | (r >>> 21)) + s) | 0
    this.s = (((s << 15) | (s >>> 17)) + next) | 0
  }

  /** Folds a text by its UTF-16 code units and its length. */
  foldText(text: string): void {
    for (let i = 0; i < text.length; i++) this.fold5(text.charCodeAt(i), 0x3c6ef372, i, 0, 0)
    this.fold5(text.length, 0x5bd1e995, 0, 0, 0)
  }

  /** 32 hexadecimal digits. Does not change the digest. */
  hex(): string {
    const end = new Digest()
    end.restore(this.save())
    for (let i = 0; i < 4; i++) end.fold5(i, 0, 0, 0, 0)
    return [...end.save()].map((lane) => lane.toString(16).padStart(8, '0')).join('')
  }

  save(): Uint32Array {
    return Uint32Array.of(this.p, this.q, this.r, this.s)
  }

  restore(lanes: Uint32Array): void {
    this.p = lanes[0] | 0
    this.q = lanes[1] | 0
    this.r = lanes[2] | 0
    this.s = lanes[3] | 0
  }

  /** The digest of several digests in their order. */
  static combine(digests: readonly string[]): string {
    const whole = new Digest()
    for (const digest of digests) whole.foldText(digest)
    whole.fold(digests.length)
    return whole.hex()
  }

  private foldReal(x: number): void {
    real[0] = Number.isNaN(x) ? Number.NaN : x
    this.fold5(bits[0], 0x2545f491, bits[1], 0, 0)
  }
}

const real = new Float64Array(1)
const bits = new Int32Array(real.buffer)
