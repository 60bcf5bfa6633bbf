import { readFileSync } from 'node:fs'
import { format } from 'node:util'
import { expect, test, vi } from 'vitest'
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

/** What a program prints that is loaded into this process: starting Node for each would take longer than all of them. */
async function printedBy(program: string): Promise<string> {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(`${format(...values)}\n`))
  try {
    await import(new URL(`../../${program}`, import.meta.url).href)
    return lines.join('')
  } finally {
    log.mockRestore()
  }
}

test.each(filesOf('examples/guide', '.txt'))('%s is what its program prints', async (output) => {
  expect(await printedBy(output.replace(/txt$/, 'ts'))).toBe(textOf(output))
})
