import { Kernel } from '#engine/kernel.ts'
import { mix, type Running, type Work } from './work.ts'

function scene(pending: number) {
  const kernel = new Kernel()
  const act = kernel.on('act', 0, () => {})
  for (let entity = 0; entity < pending; entity++) kernel.after(1 + (mix(0, entity) >>> 4), act, entity)
  const target = new Kernel()
  target.on('act', 0, () => {})
  return { kernel, target }
}

/** Digest of what happens in the next 100 s after a detour over the snapshot. */
function digestOf(kernel: Kernel): string {
  const copy = new Kernel()
  copy.on('act', 0, () => {})
  copy.restore(kernel.save())
  copy.runUntil(copy.now + 100_000)
  return copy.digest.hex().slice(0, 8)
}

function save(pending: number): Running {
  const { kernel } = scene(pending)
  let bytes = 0
  function batch(): number {
    bytes += kernel.save().list.structure.length
    return pending
  }
  return { batch, digest: () => (bytes < 0 ? '' : digestOf(kernel)) }
}

function restore(pending: number): Running {
  const { kernel, target } = scene(pending)
  const state = kernel.save()
  function batch(): number {
    target.restore(state)
    return pending
  }
  return { batch, digest: () => digestOf(target) }
}

export const snapshot: Work = { work: 'snapshot', subject: 'marketsim', sizes: [1e6], start: save }
export const restored: Work = { work: 'restore', subject: 'marketsim', sizes: [1e6], start: restore }
