/** `reconcile --infer` names what a program of strangers does otherwise, and nothing where two things come to the same. */
import { expect, test } from 'vitest'
import { allRoundings, roundLine } from '#reports/against/line-roundings.ts'
import { because, isOfCharges, together } from '#reports/against/reason.ts'
import { otherFile, ours, type Shape, strangeLog } from '../proofs/infer/other-program.ts'
import { Draws, type Log, namedCause } from '../proofs/infer/planted-causes.ts'
import { secrets } from '../proofs/infer/secret-switches.ts'
import { table } from '../sim/billing/table.ts'

const log = strangeLog(new Draws('b 0'))

async function said(name: string, shape: Shape, of = log): Promise<string> {
  const cause = await namedCause(of, otherFile(of, { ...ours, ...secrets[name].steps }, shape))
  if (cause === 'agrees') return 'agrees'
  return cause === undefined ? 'unexplained' : cause.cause === 'unexplained' ? cause.text : cause.text
}

test('one cause of a file is named in the words of what was done', async () => {
  const cases = table(`
    switch                            shape      expected
    lines to 6 decimals, up           lines      each line rounded to 6 decimals, up
    each day to cents                 charges    the sum of each day rounded to 2 decimals, half-up
    payable to 5 cents                payable    every payable rounded to 0.05000000, half-up
    servers by the started minute     charges    servers by the started minute
    months by the hour itself         charges    hours billed in the month of their use, or hours and months in +06:00
    a product at another price        charges    all lines of c6 at 1.07 times their price
    prices of whole cents             charges    prices rounded to 2 decimals
    at least a cent a line            lines      at least 0.01000000 for each line
    a fee of 1.00 on each bill        charges    1.00000000 added to every bill
    images missing                    lines      no charge of any image
    hours of 3,601 seconds            lines      unexplained
    the first day of each account free  lines    the first day of each account free
    a product missing                 charges    no charge of web
    an account missing                payable    no bill of beta
    tax of 20                         payable    tax.percent 20 instead of 0, or prices so much higher: payables alone do not tell which
  `)
  for (const { switch: name, shape, expected } of cases)
    expect(await said(name, shape as Shape), `${name} (${shape})`).toBe(expected)
})

test('months of a place with summer time are named by the place where a log has both of its offsets', async () => {
  const spring: Log = {
    events: [
      'at,account,resource,do,product,flavour',
      '2024-02-20T10:20:00+08:00,acme,i-0,start,web,c6',
      '2024-02-21T09:00:00+08:00,beta,i-1,start,,c6',
      '2024-04-05T10:30:00+08:00,beta,i-1,delete,,',
      '2024-04-09T18:00:00+08:00,acme,i-0,delete,,\n',
    ].join('\n'),
    prices: 'kind,name,hourly,from\necs,c6,0.1234,\nimage,web,0.0567,\n',
  }
  expect(await said('months of Berlin', 'charges', spring)).toBe('months of Europe/Berlin')
  expect(await said('months of Berlin', 'payable', spring)).toBe('months of Europe/Berlin')
})

const june: Log = {
  events: [
    'at,account,resource,do,product,flavour',
    '2024-05-20T10:20:00+08:00,acme,i-0,start,web,c6',
    '2024-05-21T09:00:30+08:00,beta,i-1,start,,c6',
    '2024-06-05T10:12:20+08:00,beta,i-1,delete,,',
    '2024-06-09T18:00:00+08:00,acme,i-0,delete,,\n',
  ].join('\n'),
  prices: 'kind,name,hourly,from\necs,c6,0.1234,\necs,c6,0.1301,2024-06-02T00:00:00+08:00\nimage,web,0.0567,\n',
}

test('ways to bill hours and accounts are named in the words of what was done', async () => {
  const cases = table(`
    switch  shape  expected
    servers by a tenth of an hour     charges    servers by the started 6 minutes
    servers by the started day        charges    servers and images by the started day
    months from the 26th on           payable    months that begin on day 26, named by where they end
    started hours of one account      lines      as with ecs.granularity=hour-ceil; of beta only
    15 % off each bill, rounded to cents   all  every bill, rounded to 2 decimals, is 0.85 times ours, 15 % less
    started hours, 10 % off and months of UTC  charges  as with ecs.granularity=hour-ceil; and as with time.utcOffset=+00:00; and every bill is 0.9 times ours, 10 % less
    another name of an account        charges    acme is called acme-1
    hours are labelled by their end   lines      every hour labelled 1 hour later, by its end
    the sign of a charge              lines      one charge with the opposite sign: i-0, web
    tax of 20 from a day on           all        tax.percent 20 instead of 0 from 2024-05-28T00:00:00+08:00 on
    at most 20.00 a bill              charges    at most 20.00000000 for every bill, or at most 20.00000000 for each resource and month
    Sundays free                      lines      no charge of any resource on Sundays
    accounts in capitals              charges    acme is called ACME, beta is called BETA
    bills by the month after          payable    every bill under the month after its own
    charges and tax in cents          all        tax.percent 19 instead of 0; and charges and tax of each bill rounded to 2 decimals, half-up
    half price at weekends            lines      every line is 0.5 times ours, 50 % less; on Saturdays and Sundays
  `)
  for (const { switch: name, shape, expected } of cases)
    expect(await said(name, shape as Shape, june), `${name} (${shape})`).toBe(expected)
})

test('a price list from another day on, and free hours, are named by the day and the hours', async () => {
  for (const shape of ['lines', 'charges', 'payable'] as const) {
    expect(await said('the new list a day late', shape, june)).toBe(
      'the price list of 2024-06-02T00:00:00+08:00 from 2024-06-03T00:00:00+08:00 on',
    )
    expect(await said('the first 20 hours of each server free', shape, june)).toBe(
      'the first 20 hours of each server and image free, or the first 20 hours of each account free',
    )
  }
})

test('taxes of parts, rates of exchange, limits and tiers are named by their figures', async () => {
  const cases = table(`
    switch  shape  expected
    tax on each line in cents                      all      tax.percent 20 instead of 0; and the tax of each line rounded to 2 decimals, half-up
    taxes of servers and of images                 all      tax.percent 19 on use of kind ecs, 7 on use of kind image, instead of 0
    rates of exchange by month                     charges  every line times one factor for each month, as rates of exchange are: 1.0812 in 2025-02, 1.0837 in 2025-03
    a rate of exchange by day                      lines    every line times one factor for each day, as rates of exchange are: 1.0065 on 2025-02-14, 1.0078 on 2025-02-15, 1.0091 on 2025-02-16 and 16 more
    the list six hours late                        charges  the price list of 2025-03-03T00:00:00+08:00 from 2025-03-03T06:00:00+08:00 on
    a product at another price in lines with tax   lines    every line is 1.2 times ours, 20 % on top: tax on each, or other prices; and all lines of c6 at 0.91707 an hour, not 0.8337, all lines of c6 at 0.48697 an hour, not 0.4427
    at most 1.50 for a server and day              charges  at most 1.50000000 for each resource and day
    no more than 100 hours of a server and month   lines    no more than 100 hours of each server and image charged in a month
    half of what is above 20.00                    charges  what of each bill is above 20.00000000 at 0.5 times ours
    the first 50 hours of servers of an account free  payable  the first 50 hours of all servers of an account together in a month free
    the last hour of each server free              lines    the last hour of each server and image free, or the last hour of each server with its image free
  `)
  for (const { switch: name, shape, expected } of cases)
    expect(await said(name, shape as Shape), `${name} (${shape})`).toBe(expected)
})

test('single bills, charges and servers are named by where they are', async () => {
  const cases = table(`
    switch  shape  expected
    a month without bills       payable  no bill of 2025-02
    a bill missing              charges  no bill of delta for 2025-02
    a charge missing            charges  one hour of web is missing on the bill of omega for 2025-02
    a charge missing            lines    no charge of i-9 for web from 2025-02-22T11:00:00+08:00
    a charge twice              charges  one hour of web is there twice on the bill of omega for 2025-02
    names of servers swapped    charges  the charges of i-8 and i-7 are swapped
    names of servers swapped    lines    the charges of i-7 and i-8 are swapped
    servers in capitals         lines    i-0 is called I-0, i-1 is called I-1, i-2 is called I-2, and 7 more resources have other names
    a server of another account  payable  the charges of i-8 are those of beta, not of delta
  `)
  for (const { switch: name, shape, expected } of cases)
    expect(await said(name, shape as Shape), `${name} (${shape})`).toBe(expected)
})

test('accounts, hours and first bills are named where nothing else is another, and charges here and there are no cause', async () => {
  const cases = table(`
    switch                             shape    expected
    an account for nothing             lines    no charge of beta
    the log ends three days early      charges  no charge of any resource from 2025-03-01T19:00:00+08:00 on
    a credit of 3.00 on the first bill of each account  all  3.00000000 taken off the first bill of each account, or every bill of 2025-02
    a few hours of images missing      lines    unexplained
    a few hours of images missing      charges  unexplained
    other names of all products        lines    c6 is called c6-v2, sql is called sql-v2, m5 is called m5-v2, c7 is called c7-v2, web is called web-v2
  `)
  for (const { switch: name, shape, expected } of cases)
    expect(await said(name, shape as Shape), `${name} (${shape})`).toBe(expected)
  // The list from its own date on is no cause of charges of 0.
  expect(await said('an account for nothing', 'lines', june)).toBe('no charge of i-1')
})

test('a rule of one account that moves one charge is not named where that charge may be missing', async () => {
  const log = strangeLog(new Draws('c 1'))
  expect(await said('a charge missing', 'charges', log)).toBe(
    'could be missing hour (one hour of sql is missing on the bill of delta for 2025-04) or other switch (as with image.whenStopped=free; of delta only)',
  )
  expect(await said('a server missing from a day on', 'charges', log)).toBe(
    'no charge of i-2 from 2025-04-10T14:00:00+08:00 on',
  )
})

test('half-even and up round by the size of an amount', () => {
  const of = (mode: string, decimals: number) => {
    const rule = allRoundings.find((each) => each.mode === mode && each.decimals === decimals)
    if (rule === undefined) throw new Error(mode)
    return (amount: bigint) => roundLine(amount, rule)
  }
  const [even, up] = [of('half-even', 2), of('up', 2)]
  expect([1_500_000n, 2_500_000n, 2_500_001n, -2_500_000n].map(even)).toEqual([
    2_000_000n,
    2_000_000n,
    3_000_000n,
    -2_000_000n,
  ])
  expect([1n, 1_000_000n, 1_000_001n, -1n].map(up)).toEqual([1_000_000n, 1_000_000n, 2_000_000n, -1_000_000n])
})

test('causes that only together fit keep what each of them is', () => {
  const tax = because('tax rate', 'M-07', 'tax.percent 20 instead of 0', { rates: ['20'] })
  const digits = because('transposed digits', '', 'two digits of one amount')
  const missing = because('missing resource', 'Q-02', 'no charge of i-1')
  const all = together(together(tax, digits), missing)
  expect(all).toMatchObject({
    rule: 'M-07, Q-02',
    text: 'tax.percent 20 instead of 0; and two digits of one amount; and no charge of i-1',
    parts: [tax, digits, missing],
  })
  expect([all, tax, missing].map(isOfCharges)).toEqual([true, false, true])
})
