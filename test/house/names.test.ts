/** Names from files never reach an object's prototype: a region may be called `constructor`. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { codeOf, filesOf } from './source-tree.ts'

const rooms = ['base', 'scenarios', 'sim', 'reports', 'cli'] as const

/** Variables that hold a name which a file chose. */
const named =
  '(?:[\\w.[\\]]+\\.)?(?:id|name|key|each|home|region|zone|segment|flavour|product|specification|seller|pool|account|resource|word)'
/** An object asked by such a name, with an answer for the case that it has none: `own()` or a Map is meant. */
const asked = new RegExp(`[\\w\\])](?:\\?\\.)?\\[${named}\\]\\s*(?:\\?\\?|\\?\\.|[!=]== undefined)`)

/** Objects that have no name of a file: rows of SQL, and Maps of arrays asked by number. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'reports/against/log-source.ts': ['(values[key] ?? [])'],
  'reports/capacity/demand.ts': ['BigInt(asked[name] ?? 0)'],
  'reports/compare/compared-run.ts': ['row[charged]'],
  'reports/html/sections/orders.ts': ["String(row[key] ?? '')"],
  'reports/sla/supervision.ts': ['BigInt(row[key] ?? 0)'],
  'scenarios/sections/events.ts': ['kindNames'],
  'sim/audit/checks/recognition.ts': ['said[index]?.[name] ?? 0'],
  'sim/audit/premises.ts': ['this.#words[id]'],
  'sim/people/load/closed.ts': ['this.#rateFactors[segment]?.at'],
  'sim/metering-log/rater.ts': ['this.#flavourPrices[flavour]'],
  'sim/quote/operations/remaining.ts': ['timeKeys'],
}

test.each(rooms)('%s asks no object for a name of a file: own(), a Map or Object.hasOwn is meant', (room) => {
  const found = filesOf(room).flatMap((file) =>
    codeOf(file)
      .split('\n')
      .filter((line) => asked.test(line) && !(allowed[file] ?? []).some((part) => line.includes(part)))
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(found).toEqual([])
})

test('the rule finds what it is to find', () => {
  for (const line of [
    'const weight = weights[zone] ?? 0',
    'weights[regions[region].id] ?? 0',
    'by[label]?.[key] ?? null',
    'traces[segment.segment]?.buyers',
    'if (known[name] === undefined)',
  ])
    expect(asked.test(line), line).toBe(true)
  for (const line of ['own(weights, zone) ?? 0', 'map.get(zone) ?? 0', 'lines[index] ?? 0', 'columns[name]'])
    expect(asked.test(line), line).toBe(false)
})

test('a mapping that is filled by name begins without a prototype, or is a Map', () => {
  const filled = /Record<string, [^=]*> = \{\}/
  const found = rooms.flatMap((room) => filesOf(room).filter((file) => filled.test(readFileSync(file, 'utf8'))))
  expect(found).toEqual([])
})
