/** The house of the market: one folder a chapter of the rulebook, each of which knows only those before it. */
import { expect, test } from 'vitest'
import { importGraph } from './import-graph.ts'
import { textOf } from './source-tree.ts'

/** The order of the chapters: of imports, and of handlers at one port. */
const chapters = [
  'wallets',
  'freezes',
  'arrears',
  'sellers',
  'invoices',
  'orders',
  'subscriptions',
  'hosts',
  'servers',
  'interruptible',
  'growth',
  'metering',
  'supervision',
] as const

const graph = importGraph()
const folderIn = (room: string, file: string): string | undefined =>
  file.startsWith(`${room}/`) && file.slice(room.length + 1).includes('/')
    ? file.slice(room.length + 1).split('/')[0]
    : undefined

/** Imports that lead from a folder to a later one. */
function backwards(room: string, order: readonly string[]): string[] {
  return [...graph].flatMap(([file, imported]) => {
    const from = order.indexOf(folderIn(room, file) ?? '')
    return imported
      .filter((target) => from >= 0 && order.indexOf(folderIn(room, target) ?? '') > from)
      .map((target) => `${file} imports ${target}`)
  })
}

test('a chapter imports from those before it alone', () => {
  expect(backwards('sim/market', chapters)).toEqual([])
})

test('the folders of sim/market are the chapters, and modules.ts assembles them in their order', () => {
  const found = [...graph.keys()].flatMap((file) => folderIn('sim/market', file) ?? [])
  expect([...new Set(found)].sort()).toEqual([...chapters].sort())
  const calls = [...textOf('sim/market/modules.ts').matchAll(/const \w+ = (\w+)\(cell/g)].map(([, name]) => name)
  expect(calls).toEqual(chapters)
})

/** Files that list what there is, one import a thing; every other file does its work with at most fifteen others of sim. */
const lists = [
  'sim/billing/index.ts',
  'sim/market/modules.ts',
  'sim/people/people.ts',
  'sim/run/marketplace.ts',
  'sim/audit/checks.ts',
  'sim/quote/answer.ts',
  'sim/billing/index.ts',
]

test('no file of sim imports more than fifteen others of it, except those that list or assemble', () => {
  const broad = [...graph]
    .filter(([file]) => file.startsWith('sim/') && !lists.includes(file))
    .map(([file, imported]) => [file, imported.filter((target) => target.startsWith('sim/')).length] as const)
    .filter(([, count]) => count > 15)
  expect(broad).toEqual([])
})

/** Files on the longest way of imports within the market, from one that imports none of it to `modules.ts`. */
function floors(what: 'all' | 'values'): number {
  const imports = importGraph(what)
  const heights = new Map<string, number>()
  const heightOf = (file: string): number => {
    const known = heights.get(file)
    if (known !== undefined) return known
    const below = (imports.get(file) ?? []).filter((path) => path.startsWith('sim/market/'))
    const height = 1 + Math.max(0, ...below.map(heightOf))
    heights.set(file, height)
    return height
  }
  return Math.max(...[...imports.keys()].filter((file) => file.startsWith('sim/market/')).map(heightOf))
}

test('the market has at most eight floors of code, and nine with types', () => {
  expect(floors('values')).toBeLessThanOrEqual(8)
  expect(floors('all')).toBeLessThanOrEqual(9)
})
