import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answer, reply } from '#sim/quote/answer.ts'

interface Vector {
  readonly id: string
  readonly expect: Readonly<Record<string, unknown>>
}

const linesOf = (file: string): readonly string[] =>
  readFileSync(new URL(`../../vectors/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')

const lines = ['vectors.ndjson', 'vectors-2.ndjson'].flatMap(linesOf)

const vectors = lines.map((line) => ({ line, vector: JSON.parse(line) as Vector }))

test.each(vectors.map(({ line, vector }) => [vector.id, line, vector] as const))('vector %s', (id, line, vector) => {
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
