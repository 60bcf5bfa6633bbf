/** Lines that say whose they are: charges of other accounts do not agree, and what was done to the accounts is named. */
import { expect, test } from 'vitest'
import { compareLines } from '#reports/against/compare-lines.ts'
import { Differences, differenceText } from '#reports/against/differences.ts'
import { inferred } from '#reports/against/infer.ts'
import { logSource } from '#reports/against/log-source.ts'
import { readInvoices } from '#reports/against/read-invoices.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { bytes } from '../sim/metering-log/rated.ts'

const events = `at,account,resource,do,product,flavour
2024-05-06T08:00:00+08:00,acme,i-1,start,,c6
2024-05-06T08:00:00+08:00,acme,i-2,start,,c6
2024-05-06T08:00:00+08:00,beta,i-3,start,,c7
2024-05-06T11:00:00+08:00,acme,i-1,delete,,
2024-05-06T11:00:00+08:00,acme,i-2,delete,,
2024-05-06T11:00:00+08:00,beta,i-3,delete,,
`
const prices = 'kind,name,hourly\necs,c6,0.12\necs,c7,0.2\n'

interface Charge {
  readonly account: string
  readonly resource: string
  readonly hour: number
  readonly amount: string
}

const charges: readonly Charge[] = ['i-1', 'i-2', 'i-3'].flatMap((resource) =>
  [8, 9, 10].map((hour) =>
    resource === 'i-3'
      ? { account: 'beta', resource, hour, amount: '0.20' }
      : { account: 'acme', resource, hour, amount: '0.12' },
  ),
)

async function reconciled(change: (charge: Charge) => Partial<Charge>) {
  const rows = charges.map((charge) => {
    const { account, resource, hour, amount } = { ...charge, ...change(charge) }
    const product = resource === 'i-3' ? 'c7' : 'c6'
    return `${account},${resource},2024-05-06T${String(hour).padStart(2, '0')}:00:00+08:00,${product},${amount}\n`
  })
  const source = logSource({
    file: 'events.csv',
    prices: await readPrices('prices.csv', bytes(prices)),
    policies: defaultPolicies,
    until: undefined,
    events: () => bytes(events),
  })
  const text = `account,resource,hour,product,amount\n${rows.join('')}`
  const invoices = await readInvoices('invoices.csv', () => bytes(text), {})
  if (invoices.level !== 'lines') throw new Error('the invoices are no lines')
  const found = new Differences(1, () => {})
  await compareLines(source, invoices.lines, found)
  const cause = found.total === 0 ? undefined : await inferred(source, invoices, found.oneCause)
  const [first] = found.first
  return {
    agree: found.agrees,
    differ: found.counts.differs,
    first: first === undefined ? '' : differenceText(first, 8 * 3_600_000),
    cause: cause?.text ?? '',
  }
}

const swapped: Readonly<Record<string, string>> = { acme: 'beta', beta: 'acme' }

const cases: readonly (readonly [
  title: string,
  change: (charge: Charge) => Partial<Charge>,
  differ: number,
  cause: string,
])[] = [
  ['the same accounts', () => ({}), 0, ''],
  ['accounts that are left empty', () => ({ account: '' }), 0, ''],
  [
    'accounts that are swapped',
    ({ account }) => ({ account: swapped[account] }),
    9,
    'the charges of acme and beta are swapped',
  ],
  [
    'another name of an account',
    ({ account }) => (account === 'beta' ? { account: 'B-2' } : {}),
    3,
    'beta is called B-2',
  ],
  [
    'a resource of another account',
    ({ resource }) => (resource === 'i-2' ? { account: 'beta' } : {}),
    3,
    'the charges of i-2 are those of beta, not of acme',
  ],
  [
    'some charges of another account',
    ({ hour, resource }) => (resource === 'i-2' && hour === 9 ? { account: 'beta' } : {}),
    1,
    '',
  ],
  [
    'accounts that are swapped, and charges twice as high',
    ({ account, amount }) => ({ account: swapped[account], amount: amount === '0.12' ? '0.24' : '0.40' }),
    9,
    'every line is 2 times ours, 100 % on top: tax on each, or other prices; and the charges of acme and beta are swapped',
  ],
]

test.each(cases)('%s', async (_, change, differ, cause) => {
  expect(await reconciled(change)).toMatchObject({ agree: 9 - differ, differ, cause })
})

test('a charge of another account is shown with whose it is', async () => {
  const { first } = await reconciled(({ resource }) => (resource === 'i-2' ? { account: 'beta' } : {}))
  expect(first).toBe(
    'differs: acme, 2024-05, i-2, c6, 2024-05-06T08:00:00+08:00: amount 0.12000000 where we have 0.12000000 (0.00000000); likely swapped accounts (I-02): charged to beta: the charges of i-2 are those of beta, not of acme [line 5]',
  )
})
