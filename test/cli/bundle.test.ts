/** The addresses of modules and data in the program of the installed package, `cli/package/bundle.ts`. */
import { describe, expect, test } from 'vitest'
import { withAddresses } from '../../cli/package/bundle.ts'
import { filesOf, textOf } from '../house/source-tree.ts'

describe('an address that a module asks for, from dist/program/', () => {
  test.each([
    ['its own', 'import.meta.url', `new URL('../cli/shell.js', import.meta.url).href`],
    [
      'of data next to it',
      `new URL('kernel.wasm', import.meta.url)`,
      `new URL('kernel.wasm', new URL('../cli/shell.js', import.meta.url).href)`,
    ],
    [
      'of the package',
      `new URL('../package.json', import.meta.url)`,
      `new URL('../package.json', new URL('../cli/shell.js', import.meta.url).href)`,
    ],
    [
      'of a module that a thread runs',
      `new URL('../sim/run/cell.js', import.meta.url)`,
      `new URL('./sim-run-cell.js', import.meta.url)`,
    ],
    ['of the launcher', `new URL('./bin.js', import.meta.url)`, `new URL('../cli/bin.js', import.meta.url)`],
  ])('%s', (_, written, expected) => {
    expect(withAddresses(written, 'cli/shell.js')).toBe(expected)
  })

  test('of itself, for a thread', () => {
    const worker = 'new Worker(new URL(import.meta.url))'
    expect(withAddresses(worker, 'sim/audit/part.js')).toBe(
      `new Worker(new URL('./sim-audit-part.js', import.meta.url))`,
    )
  })

  test('of a module that the bundle does not start: refused', () => {
    expect(() => withAddresses(`new URL('./new.js', import.meta.url)`, 'sim/run/cell.js')).toThrow(
      'sim/run/cell.js starts sim/run/new.js, which is not among those of bundle.ts',
    )
  })
})

test('every module that the program starts by its address is an entry of the bundle', () => {
  const rooms = ['base', 'engine', 'scenarios', 'sim', 'reports', 'cli']
  const modules = rooms.flatMap((room) => filesOf(room)).filter((path) => !/^cli\/(generate|package)\//.test(path))
  for (const path of modules) {
    const text = textOf(path).replaceAll(/(?<=')(\.{1,2}\/[\w./-]+)\.ts'/g, "$1.js'")
    expect(() => withAddresses(text, path.replace(/\.ts$/, '.js'))).not.toThrow()
  }
})
