import { readFileSync } from 'node:fs'
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'

/** On what machine, and how busy it was. */
export interface Machine {
  readonly processor: string
  readonly processors: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
}

export const machineHere = (): Machine => ({
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
  memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
  system: `${platform()} ${release()} ${arch()}`,
  node: process.version,
})

/** Ticks of all processors since the machine started; null where the system does not tell. */
interface Ticks {
  readonly all: number
  readonly idle: number
  readonly stolen: number
}

/** The first line of Linux' /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. */
export function ticksOf(stat: string): Ticks | null {
  const match = /^cpu +([\d ]+)$/m.exec(stat)
  if (match === null) return null
  const ticks = match[1].trim().split(/ +/).slice(0, 8).map(Number)
  const [, , , idle = 0, waiting = 0, , , stolen = 0] = ticks
  return { all: ticks.reduce((sum, each) => sum + each, 0), idle: idle + waiting, stolen }
}

function ticksNow(): Ticks | null {
  try {
    return ticksOf(readFileSync('/proc/stat', 'utf8'))
  } catch {
    return null
  }
}

/** How busy the machine was meanwhile. */
export interface Weather {
  /** Processes that ran or wanted to, over the last minute. */
  readonly loadBefore: number
  readonly loadAfter: number
  /** Share of the processors' time that was used, by anyone; null where the system does not tell. */
  readonly busy: number | null
  /** Share that the host gave to other machines. */
  readonly stolen: number | null
}

/** Starts to watch; the answer ends it. */
export function watchWeather(): () => Weather {
  const [loadBefore] = loadavg()
  const before = ticksNow()
  return () => {
    const after = ticksNow()
    const [loadAfter] = loadavg()
    if (before === null || after === null || after.all === before.all)
      return { loadBefore, loadAfter, busy: null, stolen: null }
    const all = after.all - before.all
    return {
      loadBefore,
      loadAfter,
      busy: 1 - (after.idle - before.idle) / all,
      stolen: (after.stolen - before.stolen) / all,
    }
  }
}
