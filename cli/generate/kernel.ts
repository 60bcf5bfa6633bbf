/**
 * Compiles the metering kernel into `sim/billing/metering/kernel/kernel.wasm`: `npm run kernel`. Needs clang and lld
 * (Debian: `apt install clang lld`). The binary is committed, so that nothing but a change of the kernel needs them; a
 * test compiles it again with clang 14 and compares every byte.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runScript } from '../script.ts'

const folder = new URL('../../sim/billing/metering/kernel/', import.meta.url)

/** Steps of float64 as they are written: no fused multiplication, which would round once where JavaScript rounds twice. */
const flags = [
  ...['--target=wasm32', '-O3', '-msimd128', '-mbulk-memory', '-ffp-contract=off', '-nostdlib', '-Wall', '-Wextra'],
  ...['-Werror', '-Wl,--no-entry', '-Wl,--export=__heap_base', '-Wl,--strip-all'],
]

/** @throws Error with the compiler's own words where it fails */
export function compileKernel(output: string): void {
  execFileSync('clang', [...flags, '-o', output, fileURLToPath(new URL('kernel.c', folder))])
}

if (import.meta.main)
  await runScript(
    { command: 'npm run kernel --', about: 'Compiles the metering kernel; needs clang and lld.', options: {} },
    () => compileKernel(fileURLToPath(new URL('kernel.wasm', folder))),
  )
