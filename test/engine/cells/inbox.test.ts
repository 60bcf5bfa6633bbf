import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Inbox } from '#engine/cells/inbox.ts'

const words = Float64Array.of(1, 2, 3)

test('messages are conserved: what came in was taken or waits, across snapshots', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('put', 'take', 'snapshot'), { maxLength: 200 }), (steps) => {
      let inbox = new Inbox()
      const waiting: number[] = []
      for (const step of steps) {
        if (step === 'put') {
          inbox.count()
          waiting.push(inbox.put(words, 0, 3))
        } else if (step === 'take' && waiting.length > 0) inbox.take(waiting.shift()!)
        else if (step === 'snapshot') {
          const state = inbox.save()
          inbox = new Inbox()
          inbox.restore(state)
        }
      }
      return inbox.lost === 0
    }),
  )
})

test('a message that is counted and never put is lost; one that is put and never counted is one too many', () => {
  const inbox = new Inbox()
  inbox.count()
  expect(inbox.lost).toBe(1)
  inbox.take(inbox.put(words, 0, 3))
  inbox.take(inbox.put(words, 0, 3))
  expect(inbox.lost).toBe(-1)
})
