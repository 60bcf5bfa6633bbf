/** What Linux says of its processors: who used them, and how long a thread waited for one. Null on other systems. */
import { readFileSync } from 'node:fs'

/** Time of the processors that this process may use, ms since the machine started. */
export interface ProcessorTimes {
  readonly total: number
  /** Not idle: used by anybody, or taken by the hypervisor for other machines (steal). */
  readonly busy: number
}

/** `/proc/stat` counts in hundredths of a second. */
const TICK_MS = 10
/** Its columns: user, nice, system, idle, iowait, irq, softirq, steal; the guest's are in user already. */
const COLUMNS = 8
const [IDLE, IOWAIT] = [3, 4]

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
  let [total, idle] = [0, 0]
  for (const line of stat.split('\n')) {
    const match = /^cpu(\d+) (.*)$/.exec(line)
    if (match === null || !allowed.includes(Number(match[1]))) continue
    const ticks = match[2].trim().split(/\s+/).slice(0, COLUMNS).map(Number)
    total += ticks.reduce((sum, each) => sum + each, 0)
    idle += ticks[IDLE] + ticks[IOWAIT]
  }
  return total === 0 ? null : { total: total * TICK_MS, busy: (total - idle) * TICK_MS }
}

export function processorTimes(): ProcessorTimes | null {
  const [stat, status] = [read('/proc/stat'), read('/proc/self/status')]
  const allowed = status?.match(/^Cpus_allowed_list:\s*(.+)$/m)?.[1]
  return stat === null || allowed === undefined ? null : timesIn(stat, processorList(allowed))
}

/** Ms that the calling thread was ready to run and had no processor, since it started. */
export function threadWait(): number | null {
  const stat = read('/proc/thread-self/schedstat')
  return stat === null ? null : Number(stat.split(' ')[1]) / 1e6
}
