/** Every script of ours answers `--help` and refuses an unknown option before it does anything, in a process of its own. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> }
const ours = Object.entries(scripts).filter(([, line]) => /^node .*\.ts\b/.test(line))

const called = (line: string, ...words: string[]) =>
  spawnSync(process.execPath, [...line.split(' ').slice(1), ...words], { cwd: root, encoding: 'utf8' })

test.each(ours)('npm run %s', (_, line) => {
  const help = called(line, '--help')
  expect([help.status, help.stderr]).toEqual([0, ''])
  expect(help.stdout).toMatch(/^usage: /)
  expect(help.stdout.split('\n').filter((each) => each.length > 100)).toEqual([])
  const wrong = called(line, '--halp')
  expect([wrong.status, wrong.stdout]).toEqual([2, ''])
  expect(wrong.stderr).toMatch(/^error: --halp is unknown, did you mean --help\?; see .* --help\n$/)
})
