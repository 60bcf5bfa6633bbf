import { Digest } from '#engine/digest.ts'
import { Kernel } from '#engine/kernel.ts'
import { processorTime } from './billing/measure.ts'
import { median } from './median.ts'
import { holdShift, holdSpan } from './work/hold.ts'
import { mix } from './work/work.ts'

/**
 * What the history digest costs: HOLD with and without it, in turn in one process, paired. Each side has a kernel module
 * of its own, so that V8 compiles each for its digest alone.
 */

class Silent extends Digest {
  override fold5(): void {}
}

const silentModule = new URL('../engine/kernel.ts?silent', import.meta.url).href
const { Kernel: OtherKernel } = (await import(silentModule)) as { Kernel: typeof Kernel }

/** HOLD on a kernel: one call of the result is one span. */
function holdOn(kernel: Kernel, pending: number, operations: number): () => number {
  const span = holdSpan(pending, operations)
  const shift = holdShift(pending)
  const act = kernel.on('act', 0, (entity) => {
    kernel.after(1 + (mix(kernel.now, entity) >>> shift), act, entity)
  })
  for (let entity = 0; entity < pending; entity++) kernel.at(1 + (mix(0, entity) >>> shift), act, entity)
  return () => kernel.runUntil(kernel.now + span)
}

/** Share of a run's processor time that goes into the digest: median of paired rounds. */
export function digestShare(pending: number, operations: number, rounds: number): number {
  const silent = new OtherKernel()
  Object.assign(silent, { digest: new Silent() })
  const [on, off] = [holdOn(new Kernel(), pending, operations), holdOn(silent, pending, operations)]
  const timed = (run: () => number) => {
    const began = processorTime()
    const events = run()
    return (processorTime() - began) / events
  }
  for (let i = 0; i < 3; i++) if (on() !== off()) throw new Error('with and without digest differ in what they run')
  const shares = Array.from({ length: rounds }, (_, round) => {
    const first = timed(round % 2 === 0 ? on : off)
    const second = timed(round % 2 === 0 ? off : on)
    return round % 2 === 0 ? 1 - second / first : 1 - first / second
  })
  return median(shares)
}

if (import.meta.main) {
  for (const [pending, operations] of [
    [1e3, 2e6],
    [1e5, 1e6],
  ]) {
    const share = digestShare(pending, operations, 15)
    console.log(`digest at HOLD ${String(pending).padStart(6)}: ${(100 * share).toFixed(1)} % of the run`)
  }
}
