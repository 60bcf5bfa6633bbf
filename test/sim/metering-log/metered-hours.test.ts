/** The hours that a log was metered to, priced again: what rating the log again gives. */
import { expect, test } from 'vitest'
import { HOUR } from '#base/time.ts'
import { logSource } from '#reports/against/log-source.ts'
import type { RatedSource } from '#reports/against/rated-line.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { LogNames } from '#sim/metering-log/log-names.ts'
import { MeteredHours } from '#sim/metering-log/metered-hours.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { bytes } from './rated.ts'

const events = `at,account,resource,do,product,flavour
2024-05-31T08:20:00+08:00,zeta,i-2,start,,c7
2024-05-31T08:40:01+08:00,zeta,i-2,delete,,
2024-05-31T20:43:07+08:00,acme,i-1,start,A,c6
2024-05-31T21:10:00+08:00,acme,i-1,stop,,
2024-05-31T23:10:00.5+08:00,acme,i-1,start,,
2024-06-01T00:10:00+08:00,acme,i-1,image,B,
2024-06-01T02:30:00+08:00,acme,i-1,delete,,
`
const prices = `kind,name,hourly,from
ecs,c6,0.3601234567,
ecs,c6,0.4101234567,2024-05-31T23:30:00+08:00
ecs,c7,0.5,
image,A,0.1,
image,B,0.2,
`

async function source(): Promise<RatedSource> {
  const list = await readPrices('prices.csv', bytes(prices))
  return logSource({
    ...{ file: 'events.csv', prices: list, policies: defaultPolicies, until: undefined },
    events: () => bytes(events),
  })
}

async function made({ each }: RatedSource) {
  const lines: string[] = []
  const bills = await each(({ account, resource, kind, product, hour, amount, month, hourMonth, use }) =>
    lines.push([account, resource, kind, product, hour, amount, month, hourMonth, use?.seconds, use?.hourly].join()),
  )
  return { lines, bills }
}

test('every other switch, time zone and list is the same by the hours that are kept as by the log', async () => {
  const [kept, unread] = [await source(), await source()]
  const own = await made(kept)
  expect(await made(kept)).toEqual(own)
  expect(await kept.bills()).toEqual(own.bills)
  const all = ({ variants, candidates }: RatedSource) => [...variants(), ...candidates()]
  const others = all(unread)
  let different = 0
  for (const [index, variant] of all(kept).entries()) {
    const again = await made(variant.source)
    expect(again, variant.text).toEqual(await made(others[index].source))
    expect(await variant.source.bills(), variant.text).toEqual(again.bills)
    if (JSON.stringify(again.lines, text) !== JSON.stringify(own.lines, text)) different++
  }
  expect(different).toBeGreaterThan(12)
})

const text = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)

test('what has our own lines has the same hours and amounts, and only bills differ', async () => {
  const own = await source()
  const hoursOf = async (each: RatedSource) => (await made(each)).lines.map((line) => line.split(',').slice(0, 6))
  const ours = await hoursOf(own)
  const same = [...own.variants(), ...own.candidates()].filter(({ hasOurLines }) => hasOurLines === true)
  expect(same.map(({ text }) => text)).toEqual(expect.arrayContaining(['hours and months in +07:00']))
  for (const variant of same) expect(await hoursOf(variant.source), variant.text).toEqual(ours)
})

test('a sample is of lines of the whole log', async () => {
  const own = await source()
  const { lines } = await made(own)
  const sampled: string[] = []
  own.sample?.(({ resource, kind, hour }) => sampled.push(`${resource} ${kind} ${hour}`))
  expect(sampled).toHaveLength(lines.length)
})

test('more hours than are held are let go', () => {
  const hours = new MeteredHours(new LogNames(), 2)
  const hour = { kind: 'ecs', account: 0, resource: 0, name: 0, seconds: 9, firstUse: 0, useEnd: 9_000 } as const
  for (let at = 0; at < 4; at++) hours.keep({ ...hour, hour: at * HOUR })
  expect([hours.isTooLong, hours.rows]).toEqual([true, 0])
})
