import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR } from '#base/time.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { UsageInbox } from '#sim/billing/metering/usage-inbox.ts'
import { runs } from './cases.ts'

test('U-09: the first record of a resource, product and hour counts', () => {
  const inbox = new UsageInbox(defaultPolicies)
  expect(inbox.receive(1, 1, 0, 3600, HOUR)).toBe('accepted')
  expect(inbox.receive(1, 1, 0, 3600, HOUR)).toBe('duplicate')
  expect(inbox.receive(1, 1, 0, 1800, HOUR)).toBe('conflict')
  expect(inbox.receive(1, 1, 0, 3600, HOUR)).toBe('duplicate')
  expect(inbox.receive(1, 2, 0, 3600, HOUR)).toBe('accepted')
  expect(inbox.receive(2, 1, 0, 3600, HOUR)).toBe('accepted')
  expect(inbox.receive(1, 1, HOUR, 3600, 2 * HOUR)).toBe('accepted')
  expect(inbox.counts).toEqual({ accepted: 4, duplicate: 2, conflict: 1, late: 0, correction: 0 })
})

test('U-09: late records are taken until the window closes', () => {
  const inbox = new UsageInbox(defaultPolicies)
  expect(inbox.receive(1, 1, 0, 3600, HOUR + DAY)).toBe('accepted')
  expect(inbox.receive(2, 1, 0, 3600, HOUR + DAY + 1)).toBe('late')
  inbox.forgetBefore(HOUR + DAY + 1)
  expect(inbox.receive(1, 1, 0, 3600, HOUR + DAY + 1)).toBe('late')
})

test('U-09: the order of records changes nothing, and agrees with a set', () => {
  const record = fc.tuple(fc.nat(300), fc.nat(3), fc.nat(2))
  fc.assert(
    fc.property(fc.array(record, { maxLength: 400 }), (records) => {
      const run = (list: typeof records) => {
        const inbox = new UsageInbox(defaultPolicies)
        const accepted = list.filter(
          ([resource, product, hour]) => inbox.receive(resource, product, hour * HOUR, 1, 3 * HOUR) === 'accepted',
        )
        return accepted.map(String).toSorted()
      }
      expect(run(records)).toEqual([...new Set(records.map(String))].toSorted())
      expect(run(records.toReversed())).toEqual(run(records))
    }),
    runs,
  )
})

test('U-09: the room of an hour that is over is used again, and nothing of it is remembered', () => {
  const inbox = new UsageInbox({ 'usage.lateWindow': HOUR })
  const keys = [5, 900, 12, 2000]
  keys.forEach((count, hours) => {
    const hour = hours * 3 * HOUR
    inbox.forgetBefore(hour + HOUR)
    for (const copy of ['accepted', 'duplicate'])
      for (let resource = 0; resource < count; resource++)
        expect(inbox.receive(resource, resource % 3, hour, resource + hours, hour + HOUR)).toBe(copy)
  })
  const restored = new UsageInbox({ 'usage.lateWindow': HOUR })
  restored.restore(structuredClone(inbox.save()))
  expect(restored.receive(1999, 1999 % 3, 9 * HOUR, 1999 + 3, 10 * HOUR)).toBe('duplicate')
  expect(restored.receive(1999, 1999 % 3, 9 * HOUR, 1, 10 * HOUR)).toBe('conflict')
  expect(restored.receive(2000, 2000 % 3, 9 * HOUR, 1, 10 * HOUR)).toBe('accepted')
  expect(inbox.counts).toEqual({ accepted: 2917, duplicate: 2917, conflict: 0, late: 0, correction: 0 })
})
