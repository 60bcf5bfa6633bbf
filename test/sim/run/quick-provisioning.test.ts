/** E-04: quick provisioning has no step for quantity or duration, and brings the security group that a seller recommends. */
import { expect, test } from 'vitest'
import { simulated } from './inline-run.ts'

const shop = (provisioning: string, { policies = '{}', product = '' } = {}) => `
name: quick
start: 2024-03-04T00:00:00+08:00
duration: 1d
policies: ${policies}
regions:
  - { id: home, zones: [{ id: z, pools: [{ flavour: s, capacity: 100, hourly: 1, plans: [{ months: 1, price: 10 }, { months: 12, price: 100 }] }] }] }
sellers: [{ segment: isv }]
catalog:
  - id: os
    kind: image
    seller: isv/1
    category: tools
    ${product}
    specifications: [{ id: monthly, billing: monthly, plans: [{ months: 1, price: 3 }, { months: 12, price: 30 }] }]
buyers:
  - segment: people
    count: 1
    account: { securityGroup: 0 }
    wallet: { opening: 10000 }
    load: { renewal: { perBuyer: true, gap: 20h } }
    buys: [{ product: os, specification: monthly, flavour: s, quantity: 3, months: 12, provisioning: ${provisioning} }]
`

const free = '{ quick.choices: quantity-and-duration }'
const recommends = 'recommendsSecurityGroup: true'

test.each([
  ['customised provisioning: quantity and duration as chosen', 'customised', '{}', '', 3, 12, 390, ['E-03']],
  ['quick provisioning: one instance, for the first plan', 'quick', '{}', '', 1, 1, 13, ['E-03']],
  ['quick.choices = quantity-and-duration: as chosen', 'quick', free, '', 3, 12, 390, ['E-03']],
  ['a recommended security group comes with the instance', 'quick', '{}', recommends, 1, 1, 13, ['E-04']],
  ['customised provisioning brings none', 'customised', '{}', recommends, 3, 12, 390, ['E-03']],
])('E-04: %s', (_, provisioning, policies, product, instances, months, amount, rules) =>
  simulated(shop(provisioning, { policies, product }), ({ outcome, rows }) => {
    expect(outcome.differences).toBe(0)
    expect(rows('SELECT instances, months, amount / 100000000 AS amount FROM orders')).toEqual([
      { instances, months, amount },
    ])
    const created = rows<{ rule: string }>("SELECT rule FROM v_prerequisite_steps WHERE what = 'security-group'")
    expect(created.map(({ rule }) => rule)).toEqual(rules)
    const refused = rows<{ code: string }>('SELECT code FROM v_refusals').map(({ code }) => code)
    expect(refused).toEqual(rules[0] === 'E-04' ? [] : ['security-group-missing'])
  }),
)
