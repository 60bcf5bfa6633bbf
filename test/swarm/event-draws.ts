/** Random planned events about what a scenario has. */
import fc from 'fast-check'
import { price } from './catalog-draws.ts'
import { amount, instantIn, oneOf, share } from './laws.ts'
import { changeablePolicies, policyValues } from './policy-values.ts'
import type { Doc } from './read-doc.ts'

const spans = fc.constantFrom('30min', '7h', '3d')

/** By kind of event: what it may say. */
function kindsOf(places: readonly Doc[], catalog: readonly Doc[]): Record<string, fc.Arbitrary<unknown>> {
  const idOf = ({ id }: Doc) => id as string
  const zone = fc.constantFrom(...places.map(idOf))
  const [onHosts, counted] = [true, false].map((has) => places.filter(({ hosts }) => (hosts !== undefined) === has))
  const flavour = fc.constantFrom('f1', 'f2')
  const product = fc.constantFrom(...catalog.map(({ id }) => id as string))
  const change = oneOf(changeablePolicies, '')
  return {
    priceChange: fc.tuple(fc.constantFrom(...catalog), price, amount(2, 10)).map(([item, next, hourly]) => {
      const specification = (item.specifications as Doc[])[0]
      const plans = specification.plans as { months: number }[] | undefined
      return {
        product: item.id,
        specification: specification.id,
        ...(plans ? { plans: plans.map(({ months }) => ({ months, price: next })) } : {}),
        ...(specification.billing === 'pay-per-use' ? { hourly } : {}),
        ...(specification.billing === 'one-off' ? { price: next } : {}),
      }
    }),
    serverPriceChange: fc.record({ zone, flavour, hourly: amount(2, 10) }),
    // What is on hosts has no capacity of its own (E-10).
    ...(counted.length > 0
      ? { capacityChange: fc.record({ zone: fc.constantFrom(...counted.map(idOf)), flavour, capacity: fc.nat(5) }) }
      : {}),
    ...(onHosts.length > 0
      ? {
          hostChange: fc.record({
            zone: fc.constantFrom(...onHosts.map(idOf)),
            hosts: fc.constant('h1'),
            count: fc.nat(4),
          }),
        }
      : {}),
    flavourChange: fc.record({ zone, flavour, status: fc.constantFrom('normal', 'sold-out', 'abandoned') }),
    outage: fc.record({ zone, for: spans, breaks: share }),
    sellerStrike: fc.record({ for: spans }),
    paymentFailure: fc.record({ for: spans, probability: share }),
    demandSurge: fc.record({ for: spans, factor: fc.constantFrom(0, 0.5, 5) }),
    policyChange: fc
      .array(
        change.chain((key) => fc.tuple(fc.constant(key), oneOf(policyValues[key] ?? [], null))),
        { minLength: 1, maxLength: 6 },
      )
      .map((pairs) => Object.fromEntries(pairs)),
    delist: fc.record({ product, renewals: fc.constantFrom('continue', 'stop') }),
    list: fc.record({ product }),
    accountFreeze: fc.record({
      for: spans,
      probability: fc.constantFrom(0, 0.5, 1),
      reason: fc.constantFrom('violation', 'legal'),
    }),
    violation: fc.record({ seller: fc.constantFrom(...catalog.map(({ seller }) => seller as string)), for: spans }),
  }
}

/** Up to four events, in any order. */
export function eventsOf(zones: readonly Doc[], catalog: readonly Doc[], start: number, days: number) {
  const model = kindsOf(zones, catalog)
  const event = fc
    .tuple(instantIn(start, days), fc.constantFrom(...Object.keys(model)))
    .chain(([at, kind]) => model[kind].map((said) => ({ at, [kind]: said })))
  return fc.array(event, { maxLength: 4 })
}
