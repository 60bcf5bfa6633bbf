/**
 * `npm run recipes`: every command of the tutorial, of the cookbook and of the page for planners does what its page says, in the order of the page.
 * With MARKETSIM_WRITE set, the pages get the new outputs instead.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { root } from '../../house/source-tree.ts'
import { fits, make, stepsOf } from './page.ts'

const isShort = process.env.MARKETSIM_PROOF === 'short'

/** What differs from machine to machine or from run to run. */
const volatile = (text: string): string =>
  text.replace(/^Machine .*\n.*of memory.*$/gm, 'Machine     …\n            …').trim()

/** Pages with commands that build on one another. The tutorial sizes a pool, which takes longest. */
const pages = isShort ? ['docs/cookbook.md'] : ['docs/cookbook.md', 'docs/planning.md', 'docs/tutorial.md']

describe.each(pages)('%s', (page) => {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-recipes-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const text = readFileSync(join(root, page), 'utf8')
  let written = text

  test.each(stepsOf(text).map((step) => [`${step.line}: ${step.file ?? step.command}`, step] as const))(
    'line %s',
    async (_, step) => {
      const { text: output, code, errors } = await make(step, folder)
      expect(code, `${step.command}\n${output}\n${errors}`).toBe(step.exitCode)
      if (step.file !== undefined || step.output === '') return
      if (process.env.MARKETSIM_WRITE === undefined) {
        if (!fits(output, step.output)) expect(output).toBe(step.output)
        return
      }
      if (!fits(output, step.output)) written = written.replace(`\n${step.output}\n`, () => `\n${volatile(output)}\n`)
    },
  )

  afterAll(() => {
    if (process.env.MARKETSIM_WRITE !== undefined) writeFileSync(join(root, page), written)
  })
})

test('a page is taken apart: files, commands, exit codes and outputs', () => {
  const page =
    '# A\n\n```yaml a.yaml\nx: 1\n```\n\n```console\n$ cat a.yaml | \\\n    cat    # exit code 3\nx: …\n$ ls\n```\n'
  expect(stepsOf(page)).toEqual([
    { line: 4, command: '', exitCode: 0, output: 'x: 1\n', file: 'a.yaml' },
    { line: 8, command: 'cat a.yaml | cat', exitCode: 3, output: 'x: …' },
    { line: 11, command: 'ls', exitCode: 0, output: '' },
  ])
  expect(fits('a 1 b\nc\nd\ne', 'a … b\n…\ne')).toBe(true)
  expect(fits('a 1 b\nc\nd', 'a … b\n…\ne')).toBe(false)
})
