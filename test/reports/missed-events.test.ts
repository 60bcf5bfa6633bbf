/** `reconcile --infer` names stops and resizes that another program missed, and a server that it charges as another flavour. */
import { expect, test } from 'vitest'
import { namedCause } from '../proofs/infer/planted-causes.ts'

const at = (hour: number): string => `2024-05-06T${String(hour).padStart(2, '0')}:00:00+08:00`

const events = [
  'at,account,resource,do,product,flavour',
  ...['acme,i-1', 'acme,i-2', 'beta,i-3', 'beta,i-4', 'beta,i-5'].map((own) => `${at(8)},${own},start,,c6`),
  `${at(10)},acme,i-1,stop,,`,
  `${at(10)},acme,i-2,stop,,`,
  `${at(11)},beta,i-5,resize,,c7`,
  `${at(12)},acme,i-2,start,,`,
  ...['acme,i-1', 'acme,i-2', 'beta,i-3', 'beta,i-4', 'beta,i-5'].map((own) => `${at(14)},${own},delete,,`),
].join('\n')
const prices = 'kind,name,hourly\necs,c6,0.1234\necs,c7,0.2468\necs,m5,0.3571\n'

/** What they charge, by the flavour of a server in an hour; undefined where it is not charged. */
type Flavour = (server: number, hour: number) => string | undefined

const ours: Flavour = (server, hour) => {
  if (server === 1) return hour < 10 ? 'c6' : undefined
  if (server === 2) return hour < 10 || hour >= 12 ? 'c6' : undefined
  return server === 5 && hour >= 11 ? 'c7' : 'c6'
}
const hourly: Readonly<Record<string, number>> = { c6: 1234, c7: 2468, m5: 3571 }

function invoicesBy(flavour: Flavour, price: Flavour): string {
  const lines: string[] = []
  for (let server = 1; server <= 5; server++)
    for (let hour = 8; hour < 14; hour++) {
      const name = flavour(server, hour)
      if (name === undefined) continue
      const amount = hourly[price(server, hour) ?? name]
      lines.push(`i-${server},${at(hour)},${name},${(amount / 10_000).toFixed(4)}`)
    }
  return `resource,hour,product,amount\n${lines.join('\n')}\n`
}

const cases: readonly (readonly [title: string, flavour: Flavour, price: Flavour, cause: string])[] = [
  [
    'stops that were missed',
    (server, hour) => ours(server, hour) ?? 'c6',
    () => undefined,
    'servers charged as if they had never been stopped',
  ],
  [
    'the stop of one server that was missed',
    (server, hour) => ours(server, hour) ?? (server === 1 ? 'c6' : undefined),
    () => undefined,
    'servers charged as if they had never been stopped; of i-1 only',
  ],
  [
    'a resize that was missed',
    (server, hour) => (server === 5 ? 'c6' : ours(server, hour)),
    () => undefined,
    'servers charged as if they had never been resized',
  ],
  [
    'a server at the price of another flavour',
    ours,
    (server) => (server === 3 ? 'm5' : undefined),
    'c6 at the price of m5; of i-3 only',
  ],
]

test.each(cases)('%s', async (_, flavour, price, cause) => {
  const found = await namedCause({ events: `${events}\n`, prices }, invoicesBy(flavour, price))
  expect(found === 'agrees' ? found : found?.text).toBe(cause)
})
