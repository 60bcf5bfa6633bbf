/** What Linux says of its processors: who used them, and how long a thread waited for one. Null on other systems. */
import { readdirSync, readFileSync } from 'node:fs'

/** Time of the processors that this process may use, ms since the machine started. */
export interface ProcessorTimes {
  readonly total: number
  /**
   * Used by programs, or taken by the hypervisor for other machines (steal). Interrupts and the kernel's own threads are left out:
   * most of what they do is write what the programs asked for, so a test that commits to a disk would disturb itself.
   */
  readonly busy: number
}

/** `/proc/stat` counts in hundredths of a second. */
const TICK_MS = 10
/** Its columns: user, nice, system, idle, iowait, irq, softirq, steal; the guest's are in user already. */
const COLUMNS = 8
const NOT_BUSY = { idle: 3, iowait: 4, irq: 5, softirq: 6 } as const

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** The numbers in a list such as `0-3,8`. */
export const processorList = (text: string): number[] =>
  text.split(',').flatMap((part) => {
    const [from, to = from] = part.trim().split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })

/** Times of the listed processors in the text of `/proc/stat`; null where it has none of them. */
export function timesIn(stat: string, allowed: readonly number[]): ProcessorTimes | null {
  let [total, notBusy] = [0, 0]
  for (const line of stat.split('\n')) {
    const match = /^cpu(\d+) (.*)$/.exec(line)
    if (match === null || !allowed.includes(Number(match[1]))) continue
    const ticks = match[2].trim().split(/\s+/).slice(0, COLUMNS).map(Number)
    total += ticks.reduce((sum, each) => sum + each, 0)
    notBusy += Object.values(NOT_BUSY).reduce((sum, column) => sum + ticks[column], 0)
  }
  return total === 0 ? null : { total: total * TICK_MS, busy: (total - notBusy) * TICK_MS }
}

/** Process number of the parent of all threads of the kernel. */
const KERNEL_PARENT = 2
/** Fields of `/proc/N/stat` behind the name: parent, times in a program and in the kernel, and the processor it ran on last. */
const [PARENT, USER, SYSTEM, PROCESSOR] = [1, 11, 12, 36]

/** Processor time in the text of `/proc/N/stat` if it is a thread of the kernel that ran on one of the listed processors, ms; or 0. */
export function kernelTimeIn(stat: string, allowed: readonly number[]): number {
  // A name may have blanks and brackets.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  if (fields[PARENT] !== KERNEL_PARENT || !allowed.includes(fields[PROCESSOR])) return 0
  return (fields[USER] + fields[SYSTEM]) * TICK_MS
}

export function processorTimes(): ProcessorTimes | null {
  const [stat, status] = [read('/proc/stat'), read('/proc/self/status')]
  const list = status?.match(/^Cpus_allowed_list:\s*(.+)$/m)?.[1]
  if (stat === null || list === undefined) return null
  const allowed = processorList(list)
  const times = timesIn(stat, allowed)
  if (times === null) return null
  let kernel = 0
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name)) kernel += kernelTimeIn(read(`/proc/${name}/stat`) ?? '', allowed)
  return { ...times, busy: times.busy - kernel }
}

/** Ms that the calling thread was ready to run and had no processor, since it started. */
export function threadWait(): number | null {
  const stat = read('/proc/thread-self/schedstat')
  return stat === null ? null : Number(stat.split(' ')[1]) / 1e6
}
