/** The table of product kinds reads like the rulebook, and nothing decides by the name of a kind but through it. */
import { expect, test } from 'vitest'
import { isSupervised, kindTable, type ProductKind, productKinds } from '#scenarios/product-kinds.ts'
import { filesOf, textOf } from '../house/source-tree.ts'
import { table } from '../sim/billing/table.ts'

test('what the rules ask of each kind', () => {
  const rows = table(`
    kind                  sold                        supervised  request  server  changes  refund  traded
    image                 pay-per-use,monthly,yearly  never       no       yes     no       yes     yes
    saas                  monthly,yearly,one-off      flagged     yes      no      yes      no      yes
    license               monthly,yearly,one-off      always      no       no      no       no      yes
    professional-service  monthly,yearly,one-off      always      yes      no      no       no      yes
    content               one-off                     never       no       no      no       no      yes
    hardware              one-off                     never       no       no      no       no      yes
    consulting            one-off                     never       no       no      no       no      no
  `)
  const yesNo = (value: boolean): string => (value ? 'yes' : 'no')
  expect(rows.map(({ kind }) => kind)).toEqual(productKinds)
  for (const row of rows) {
    const { billing, supervised, hasRequest, needsServer, changes, refundable, traded } =
      kindTable[row.kind as ProductKind]
    expect({
      kind: row.kind,
      sold: billing.join(','),
      supervised,
      request: yesNo(hasRequest),
      server: yesNo(needsServer),
      changes: yesNo(changes),
      refund: yesNo(refundable),
      traded: yesNo(traded),
    }).toEqual(row)
  }
})

test.each([
  ['license', null, true],
  ['professional-service', null, true],
  ['saas', true, true],
  ['saas', false, false],
  ['saas', null, false],
  ['image', null, false],
] as const)('%s flagged %s: supervised %s (S-01)', (kind, supervised, expected) => {
  expect(isSupervised({ kind, supervised })).toBe(expected)
})

const byName = new RegExp(`product\\.kind [!=]== '(${productKinds.join('|')})'`)

test('rules ask the table, never the name of a kind', () => {
  const files = ['scenarios', 'sim', 'reports', 'cli'].flatMap((room) => filesOf(room))
  const asking = files.filter((file) => !file.startsWith('sim/audit/') && byName.test(textOf(file)))
  expect(asking).toEqual([])
  expect(byName.test("if (offer.product.kind === 'image') {")).toBe(true)
})
