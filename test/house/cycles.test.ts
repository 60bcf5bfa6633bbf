/** Import cycles, of values and of types alike: there is none. */
import { expect, test } from 'vitest'
import { importGraph } from './import-graph.ts'

/** Strongly connected components of more than one file (Tarjan 1972), each sorted. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[][] = []
  const visit = (file: string): void => {
    order.set(file, order.size)
    low.set(file, order.get(file) as number)
    stack.push(file)
    for (const imported of graph.get(file) as readonly string[]) {
      if (!order.has(imported)) visit(imported)
      else if (!stack.includes(imported)) continue
      low.set(file, Math.min(low.get(file) as number, low.get(imported) as number))
    }
    if (low.get(file) !== order.get(file)) return
    const component = stack.splice(stack.indexOf(file))
    if (component.length > 1) cycles.push(component.sort())
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return cycles
}

test('a cycle is found, of two files and of three', () => {
  const graph = new Map([
    ['a', ['b', 'd']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', ['e']],
    ['e', ['d']],
    ['f', ['a']],
  ])
  expect(cyclesOf(graph)).toEqual([
    ['d', 'e'],
    ['a', 'b', 'c'],
  ])
})

test('no file imports itself through others', () => {
  expect(cyclesOf(importGraph())).toEqual([])
})
