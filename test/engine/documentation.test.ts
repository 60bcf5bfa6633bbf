import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../../docs/engine.md', import.meta.url), 'utf8')

test('the M/M/c example of docs/engine.md has at most 40 lines and prints what the page says', () => {
  const [, program] = page.match(/```ts\n([\s\S]*?)```/)!
  const [, output] = page.match(/```text\n([\s\S]*?)```/)!
  expect(program.trim().split('\n').length).toBeLessThanOrEqual(40)
  // Inside the repository, so that `#engine` means the engine.
  const folder = mkdtempSync(join(import.meta.dirname, 'example-'))
  try {
    writeFileSync(join(folder, 'example.ts'), program)
    expect(execFileSync(process.execPath, [join(folder, 'example.ts')], { encoding: 'utf8' })).toBe(output)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
