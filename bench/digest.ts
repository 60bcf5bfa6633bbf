import { runScript, type Usage } from '#cli/script.ts'
import { Digest } from '#engine/digest.ts'
import { Kernel } from '#engine/kernel.ts'
import { processorTime } from './billing/measure.ts'
import { holdShift, holdSpan } from './work/hold.ts'
import { mix } from './work/work.ts'

/**
 * What the history digest costs: HOLD with and without it, in turn in one process. Each side has a kernel module of its
 * own, so that V8 compiles each for its digest alone.
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

/**
 * Share of a run's processor time that goes into the digest. Many short slices in turn, added up: what the neighbours on
 * the machine cost falls on both sides alike, and so do the steps of the processor's clock.
 */
export function digestShare(pending: number, operations: number, slices: number): number {
  const silent = new OtherKernel()
  Object.assign(silent, { digest: new Silent() })
  const [on, off] = [holdOn(new Kernel(), pending, operations), holdOn(silent, pending, operations)]
  const timed = (run: () => number) => {
    const began = processorTime()
    run()
    return processorTime() - began
  }
  for (let i = 0; i < 10; i++) if (on() !== off()) throw new Error('the runs with and without digest differ')
  let withDigest = 0
  let without = 0
  for (let slice = 0; slice < slices; slice++) {
    if (slice % 2 === 0) withDigest += timed(on)
    without += timed(off)
    if (slice % 2 === 1) withDigest += timed(on)
  }
  return 1 - without / withDigest
}

const usage: Usage = {
  command: 'npm run bench:digest --',
  about: "Cost of the history digest: its share of a run's processor time, at two sizes of HOLD.",
  options: { json: { help: 'print data' } },
  codes: ['0  measured', '2  bad input'],
}

if (import.meta.main)
  await runScript(usage, (given) => {
    const shares = [1e3, 1e5].map((pending) => ({ work: 'hold', pending, share: digestShare(pending, 200_000, 100) }))
    if (given.has('json')) console.log(JSON.stringify(shares, null, 1))
    else
      for (const { pending, share } of shares)
        console.log(`digest at HOLD ${String(pending).padStart(6)}: ${(100 * share).toFixed(1)} % of the run`)
    return 0
  })
