/** The metering kernels: in WebAssembly where it runs, else in JavaScript. Both compute the same numbers. */
import type { HourKernel, HourSizes } from './hour-kernel.ts'
import { ScriptHours } from './script-hours.ts'
import { ScriptUsage } from './script-usage.ts'
import type { UsageInput, UsageKernel } from './usage-kernel.ts'
import { kernelModule } from './wasm-columns.ts'
import { WasmHours } from './wasm-hours.ts'
import { WasmUsage } from './wasm-usage.ts'

/** The hour of all running instances (U-01, U-02). */
export function openHours(sizes: HourSizes, module = kernelModule()): HourKernel {
  return module === null ? new ScriptHours(sizes) : new WasmHours(module, sizes)
}

/** The usage records of an hour (U-09). @throws BillingError where a resource has no such account or plan */
export function openUsage(input: UsageInput, module = kernelModule()): UsageKernel {
  return module === null ? new ScriptUsage(input) : new WasmUsage(module, input)
}
