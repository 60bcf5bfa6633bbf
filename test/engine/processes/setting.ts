import { Kernel } from '#engine/kernel.ts'
import type { TimeUnit } from '#engine/model-time.ts'
import { Processes } from '#engine/process.ts'

/** A kernel with processes, and a story that notes what happens with its time. */
export function setting(unit: TimeUnit = 1) {
  const kernel = new Kernel()
  const processes = new Processes(kernel, { unit })
  const story: string[] = []
  return { kernel, processes, story, note: (what: unknown) => void story.push(`${processes.now} ${what}`) }
}
