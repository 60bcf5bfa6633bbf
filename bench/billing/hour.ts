import type { Money, UnitPrice } from '#base/money.ts'
import type { HourKernel, HourSizes } from '#sim/billing/metering/kernel/hour-kernel.ts'
import { openHours } from '#sim/billing/metering/kernel/open-kernel.ts'
import { ScriptHours } from '#sim/billing/metering/kernel/script-hours.ts'
import { ecsHourAmount, imageHourAmount } from '#sim/billing/metering/rating.ts'
import { mix } from '../work/work.ts'
import { hourlyOf } from './rating.ts'
import { type BillingWork, digestOf } from './work.ts'

/** Accounts of so many instances: 30,000 of 100,000. */
export const accountsOf = (instances: number): number => Math.ceil(instances * 0.3)

/** Instances in random order of their accounts, with what a whole hour of each costs. */
export function instances(count: number) {
  const accounts = accountsOf(count)
  const account = Int32Array.from({ length: count }, (_, row) => (mix(row, 1) >>> 0) % accounts)
  const ecs = new Float64Array(count)
  const image = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    ecs[row] = ecsHourAmount(hourlyOf(row) as UnitPrice, 3600, 'truncate')
    image[row] = row % 3 === 0 ? 0 : imageHourAmount(hourlyOf(row + count) as UnitPrice, 'truncate')
  }
  return { accounts, account, ecs, image }
}

/** Opening balance of each account, 20,000 hours of an average instance. */
export const OPENING = 2e12

type OpenHours = (sizes: HourSizes) => HourKernel

/** The instances of a bench in a kernel, and the money of their accounts. */
function filled(open: OpenHours, size: number): HourKernel {
  const { accounts, account, ecs, image } = instances(size)
  const kernel = open({ instances: size, accounts })
  for (let row = 0; row < size; row++) kernel.put(row, account[row], ecs[row] as Money, image[row] as Money)
  for (let at = 0; at < accounts; at++) kernel.deposit(at, OPENING as Money)
  return kernel
}

/** One clock hour of all running instances, added to what their accounts owe. */
const sweepOf = (work: string, open: OpenHours): BillingWork => ({
  work,
  subject: 'marketsim',
  sizes: [100_000],
  turnSize: 5000,
  start(size) {
    const kernel = filled(open, size)
    return {
      bytesPerLine: 12,
      batch() {
        kernel.sweepServers(size)
        return size
      },
      digest: () => digestOf(kernel.owedEcs),
    }
  },
})

/**
 * One clock hour with everything the bill needs: servers and images swept apart, the hour drawn from each balance, the
 * month's charges and lines counted, and what the balance cannot pay falls due.
 */
const billOf = (work: string, open: OpenHours): BillingWork => ({
  work,
  subject: 'marketsim',
  sizes: [100_000],
  turnSize: 3000,
  start(size) {
    const kernel = filled(open, size)
    return {
      bytesPerLine: 20,
      batch() {
        kernel.bill(size)
        return size
      },
      digest: () => digestOf(kernel.cash, kernel.charges, kernel.due, kernel.lines, kernel.inArrears),
    }
  },
})

const script: OpenHours = (sizes) => new ScriptHours(sizes)

export const hourSweep = sweepOf('hour-sweep', script)
export const hourBill = billOf('hour-bill', script)
/** The same by the kernel in WebAssembly. */
export const wasmSweep = sweepOf('wasm/hour-sweep', openHours)
export const wasmBill = billOf('wasm/hour-bill', openHours)
