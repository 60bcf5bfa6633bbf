import type { Kernel } from './kernel.ts'

/** Statistics that can forget the past: `Usage`, `TimeWeighted`, `Tally`, `Counter`, `ProcessorSharing` and the like. */
export type Resettable = { reset(now: number): void }

/**
 * Ends a warm-up: at a time (ticks) all statistics forget the past, before anything else happens at that instant. What is
 * held or waits then stays.
 * @param things to be reset, or a function that lists them when the time comes
 * @param name of the event's kind, unlike any other in the kernel
 */
export function warmUp(
  kernel: Kernel,
  time: number,
  things: readonly Resettable[] | (() => readonly Resettable[]),
  name = 'warm-up ends',
): void {
  const kind = kernel.on(name, 0, () => {
    for (const thing of typeof things === 'function' ? things() : things) thing.reset(kernel.now)
  })
  kernel.at(time, kind, 0)
}
