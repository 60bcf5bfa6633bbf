import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Exchange } from '#engine/cells/exchange.ts'

/** Lets all threads exchange, each in turn, as they would at the barrier. Returns the rounds it took. */
function exchange(sides: readonly Exchange[], firstRound: number): number {
  for (let round = firstRound; ; round++) {
    const left = sides.map((side) => side.post(round))
    for (const side of sides) side.take(round)
    if (!left.includes(true)) return round - firstRound + 1
  }
}

test('words arrive complete and in order, however small the mailboxes', () => {
  const traffic = fc.array(fc.array(fc.array(fc.double(), { maxLength: 40 }), { minLength: 3, maxLength: 3 }), {
    minLength: 3,
    maxLength: 3,
  })
  fc.assert(
    fc.property(fc.array(traffic, { maxLength: 4 }), fc.integer({ min: 1, max: 16 }), (windows, capacity) => {
      const memory = Exchange.memory(3, capacity)
      const sides = [0, 1, 2].map((me) => new Exchange(memory, 3, me))
      let round = 0
      for (const sent of windows) {
        for (const [from, side] of sides.entries()) {
          for (const [to, words] of side.outgoing.entries()) words.append(Float64Array.from(sent[from][to]))
        }
        round += exchange(sides, round)
        for (const [to, side] of sides.entries()) {
          for (const [from, words] of side.incoming.entries()) {
            expect([...words.data.subarray(0, words.length)]).toEqual(sent[from][to])
            words.length = 0
          }
        }
      }
    }),
  )
})

test('one round is enough for what fits, and a full mailbox takes another', () => {
  const memory = Exchange.memory(2, 10)
  const sides = [0, 1].map((me) => new Exchange(memory, 2, me))
  sides[0].outgoing[1].append(new Float64Array(10))
  expect(exchange(sides, 0)).toBe(1)
  sides[0].outgoing[1].append(new Float64Array(31))
  expect(exchange(sides, 1)).toBe(4)
})
