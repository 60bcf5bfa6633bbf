import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const page = readFileSync(new URL('../../docs/engine.md', import.meta.url), 'utf8')

const fences = [...page.matchAll(/```(ts|text)\n([\s\S]*?)```/g)].map(([, language, body]) => ({ language, body }))

/** The programs of the page, each named in its first line; what stands below one is what it prints. */
const programs = fences.flatMap(({ language, body }, i) => {
  const below = fences[i + 1]?.language === 'text' ? fences[i + 1].body : undefined
  return language === 'ts' ? [{ name: body.match(/^\/\/ (\S+\.ts)\n/)?.[1] ?? '', program: body, output: below }] : []
})

// Inside the repository, so that `#engine` means the engine.
const folder = mkdtempSync(join(import.meta.dirname, 'example-'))
for (const { name, program } of programs) writeFileSync(join(folder, name), program)
afterAll(() => rmSync(folder, { recursive: true }))

test('every program of docs/engine.md has a name', () => {
  expect(programs.filter(({ name }) => name === '')).toEqual([])
})

test('the M/M/c example has at most 40 lines', () => {
  const [{ name, program }] = programs
  expect({ name, short: program.trim().split('\n').length <= 40 }).toEqual({ name: 'mmc.ts', short: true })
})

test.concurrent.each(programs.filter(({ output }) => output))(
  '$name prints what the page says',
  async ({ name, output }) => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, name)])
    expect(stdout).toBe(output)
  },
)
