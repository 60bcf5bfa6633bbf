/**
 * Writes the stored 113-bit values again, after the points of `domains.ts` changed or a function joined them:
 * `node test/engine/mathematics/reference/generate.ts [function …]`. Wants gcc with libquadmath; the tests do not.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { domains, type FunctionName, pointsOf } from './domains.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'marketsim-quad-'))
const program = join(folder, 'quad')
try {
  execFileSync('gcc', ['-O2', '-o', program, here('quad.c'), '-lquadmath', '-lm'])
  const asked = process.argv.slice(2) as FunctionName[]
  for (const name of asked.length > 0 ? asked : (Object.keys(domains) as FunctionName[])) {
    const points = pointsOf(name)
    const input = Buffer.from(Float64Array.from(points.flat()).buffer)
    const output = execFileSync(program, [name, String(points[0].length)], { input, maxBuffer: 1e8 })
    writeFileSync(here(`${name}.f128`), output)
    console.log(`${name}: ${output.length / 16} values`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
