import { Kernel } from '#engine/kernel.ts'
import { hexadecimal, mix, type Running, type Work } from './work.ts'

const HOUR = 3_600_000

/** 30 days. */
export const HOURS = 720

/** Instances that each hour add their price to their total, all on the hour. */
function columns(size: number) {
  return { total: new Int32Array(size), price: Int32Array.from({ length: size }, (_, i) => mix(i, 3) & 0xffff) }
}

function digestOf(total: Int32Array): string {
  return hexadecimal(total.reduce((sum, amount, entity) => (sum + mix(amount, entity)) | 0, 0))
}

function oneByOne(size: number): Running {
  const { total, price } = columns(size)
  function batch(): number {
    const kernel = new Kernel()
    const tick = kernel.on('tick', 0, (entity, hour) => {
      total[entity] += price[entity]
      if (hour < HOURS) kernel.after(HOUR, tick, entity, hour + 1)
    })
    for (let entity = 0; entity < size; entity++) kernel.after(HOUR, tick, entity, 1)
    return kernel.runUntil(Number.POSITIVE_INFINITY)
  }
  return { batch, digest: () => digestOf(total) }
}

function cohort(size: number): Running {
  const { total, price } = columns(size)
  function batch(): number {
    const kernel = new Kernel()
    const tick = kernel.on('tick', 0, (_, hour) => {
      for (let entity = 0; entity < total.length; entity++) total[entity] += price[entity]
      if (hour < HOURS) kernel.after(HOUR, tick, 0, hour + 1)
    })
    kernel.after(HOUR, tick, 0, 1)
    return kernel.runUntil(Number.POSITIVE_INFINITY) * size
  }
  return { batch, digest: () => digestOf(total) }
}

const sizes = [5000]

export const tickers: Work = { work: 'tickers', subject: 'marketsim', sizes, start: oneByOne }
export const tickersCohort: Work = { ...tickers, subject: 'marketsim-cohort', start: cohort }
