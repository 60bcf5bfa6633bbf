import { type EventKind, Kernel } from '#engine/kernel.ts'
import { hexadecimal, mix, type Work } from './work.ts'

const OPERATIONS = 200_000

/** Timeouts that never fire, because each is moved or replaced in time: `size` are pending, any one may be next. */
function scene(size: number) {
  const kernel = new Kernel()
  const expire = kernel.on('expire', 2, () => {})
  const handles = Int32Array.from({ length: size }, (_, i) => kernel.after(delay(mix(i, 5)), expire, i))
  return { kernel, expire, handles }
}

function delay(chance: number): number {
  return 1 + (chance >>> 8)
}

type Scene = { kernel: Kernel; expire: EventKind; handles: Int32Array }

function timers(subject: string, touch: (scene: Scene, victim: number, wait: number) => void): Work {
  return {
    work: subject,
    subject: 'marketsim',
    sizes: [1e5],
    start(size) {
      const set = scene(size)
      let done = 0
      function batch(): number {
        for (const end = done + OPERATIONS; done < end; done++) {
          touch(set, (mix(done, 6) >>> 1) % size, delay(mix(done, 7)))
        }
        return OPERATIONS
      }
      return { batch, digest: () => hexadecimal(set.kernel.nextTime()) }
    },
  }
}

export const reschedule = timers('reschedule', ({ kernel, handles }, victim, wait) => {
  kernel.reschedule(handles[victim], kernel.now + wait)
})

/** One operation is a cancel and the schedule of a successor. */
export const cancel = timers('cancel', ({ kernel, expire, handles }, victim, wait) => {
  kernel.cancel(handles[victim])
  handles[victim] = kernel.after(wait, expire, victim)
})
