import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answer, reply } from '#sim/quote/answer.ts'

interface Vector {
  readonly id: string
  readonly expect: Readonly<Record<string, unknown>>
}

const lines = readFileSync(new URL('../../vectors/vectors.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')

test.each(lines.map((line) => [(JSON.parse(line) as Vector).id, line]))('vector %s', (id, line) => {
  const vector = JSON.parse(line) as Vector
  const found = JSON.parse(answer(line)) as Record<string, unknown>
  expect(found.id).toBe(id)
  for (const [key, expected] of Object.entries(vector.expect)) {
    if (key === 'error') {
      expect(found.error).toMatch(/^\S+: .+; .+/)
      expect(reply(line).isError).toBe(true)
    } else if (key.endsWith('~')) expect(String(found[key.slice(0, -1)]).startsWith(String(expected))).toBe(true)
    else expect(found[key]).toEqual(expected)
  }
})
