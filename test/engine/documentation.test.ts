import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { pageUrl, programsOf, renderedPage } from '../examples/page.ts'
import { filesOf, textOf } from '../house/source-tree.ts'

const page = readFileSync(pageUrl, 'utf8')

test('every program of docs/engine.md is a file of examples/guide, as it is there, with what it prints', () => {
  expect([...page.matchAll(/```ts\n/g)].length).toBe(programsOf(page).length)
  expect(filesOf('examples/guide').map((file) => file.slice('examples/guide/'.length, -3))).toEqual(
    programsOf(page).toSorted(),
  )
  expect(page).toBe(renderedPage(page))
})

test('a program that the page shows otherwise is found out', () => {
  expect(renderedPage(page.replace('capacity: 10,', 'capacity: 11,'))).toBe(page)
  expect(renderedPage(page.replace('499451 customers', '499452 customers'))).toBe(page)
})

test('the M/M/c example has at most 40 lines', () => {
  expect(textOf('examples/guide/mmc.ts').trim().split('\n').length).toBeLessThanOrEqual(40)
})

test.concurrent.each(filesOf('examples/guide', '.txt'))('%s is what its program prints', async (output) => {
  const program = fileURLToPath(new URL(`../../${output.replace(/txt$/, 'ts')}`, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program])
  expect(stdout).toBe(textOf(output))
})
