import { expect, test } from 'vitest'
import { lifecyclesText } from '#cli/generate/references/lifecycles.ts'
import { lifecycles } from '#sim/market/lifecycles.ts'

test('each lifecycle is drawn once, under a name of its own', () => {
  const names = lifecycles.map(({ lifecycle }) => lifecycle.name)
  expect(new Set(names).size).toBe(names.length)
  const headings = lifecyclesText().match(/^## .+$/gm) ?? []
  expect(headings.map((heading) => heading.slice(3).toLowerCase())).toEqual(names.map((name) => name.toLowerCase()))
})

test('each step of a table is an arrow, and each arrow a step', () => {
  for (const { lifecycle, begins } of lifecycles) {
    const name = `${lifecycle.name[0].toUpperCase()}${lifecycle.name.slice(1)}`
    const drawing = lifecyclesText().split(`## ${name}\n`)[1].split('```')[1]
    const drawn = [...drawing.matchAll(/^ {2}(\w+) --> (\w+): (.+)$/gm)].flatMap(([, from, to, events]) =>
      events.split(', ').map((event) => `${from} ${event} ${to}`),
    )
    const dash = (state: string) => state.replaceAll('-', '_')
    const reached = new Set<string>(begins)
    for (const state of reached)
      for (const event of lifecycle.events) {
        const next = lifecycle.table[state][event]
        if (next !== null) reached.add(next)
      }
    const held = lifecycle.states
      .filter((state) => reached.has(state))
      .flatMap((from) =>
        lifecycle.events.flatMap((event) => {
          const to = lifecycle.table[from][event]
          return to === null ? [] : [`${dash(from)} ${event} ${dash(to)}`]
        }),
      )
    expect(drawn.sort(), lifecycle.name).toEqual(held.sort())
  }
})
