/** The peak of memory of a stretch of a program: Linux keeps one for each process, and sets it back when asked. */
import { readFileSync, writeFileSync } from 'node:fs'

/** Forgets the peak so far, where the system can. */
export function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Elsewhere the peak is that of the whole process.
  }
}

/** MiB at most since the peak was forgotten, else since the process started. */
export function peakMiB(): number {
  try {
    const [, kibibytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kibibytes !== undefined) return Number(kibibytes) / 1024
  } catch {
    // No such file outside Linux.
  }
  return process.resourceUsage().maxRSS / 1024
}
