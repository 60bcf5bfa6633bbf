/** Pages in a temporary file are what they were in memory, whatever is changed and read in between. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PagedFile } from '#base/paged-file.ts'

const step = fc.record({ page: fc.nat(40), word: fc.nat(3), value: fc.integer(), isRead: fc.boolean() })

test.each([1, 2, 7, 50])('with %i pages in memory', (most) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const pages = new PagedFile({ size: 16, most, views: (buffer) => new Int32Array(buffer) })
      const expected = new Map<number, number[]>()
      for (const { page, word, value, isRead } of steps) {
        const words = expected.get(page) ?? [0, 0, 0, 0]
        if (isRead) expect([...pages.at(page)]).toEqual(words)
        else {
          pages.changed(page)[word] = value
          expected.set(page, words.with(word, value))
        }
      }
      for (const [page, words] of expected) expect([...pages.at(page)]).toEqual(words)
      pages.close()
    }),
    { numRuns: 40 },
  )
})
