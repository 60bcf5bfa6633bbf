/**
 * Bills as analysts hand them over: the same two bills, each time written in another way. A file is read where it has one
 * reading, and refused with the row and the option where it has two.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { table } from '../sim/billing/table.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

/** acme is charged 1,234.5 in May and 0.45 in June, zeta 12.00000001 in May. */
const events = `at,account,resource,do,product,flavour
2024-05-06T08:00:00+08:00,acme,i-1,start,,large
2024-05-06T09:00:00+08:00,acme,i-1,delete,,
2024-05-06T08:00:00+08:00,zeta,i-2,start,,exact
2024-05-06T09:00:00+08:00,zeta,i-2,delete,,
2024-06-06T08:00:00+08:00,acme,i-3,start,,small
2024-06-06T09:00:00+08:00,acme,i-3,delete,,
`
const prices = 'kind,name,hourly\necs,large,1234.5\necs,exact,12.00000001\necs,small,0.45\n'

let cwd: string
let files = 0
beforeAll(() => {
  cwd = newFolder()
  writeFileSync(join(cwd, 'events.csv'), events)
  writeFileSync(join(cwd, 'prices.csv'), prices)
})
afterAll(removeFolders)

async function reconciled(invoices: string | Buffer, ...options: string[]) {
  const name = `invoices-${++files}.csv`
  writeFileSync(join(cwd, name), invoices)
  const words = ['reconcile', 'events.csv', '--prices', 'prices.csv', '--against', name, ...options]
  const { code, stdout, stderr } = await inThisProcess(words, cwd)
  return { code, text: (stdout + stderr).replaceAll(name, 'invoices.csv') }
}

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le')
const charges = (rows: string): string => `account,month,charges\n${rows}`

const certain: readonly (readonly [title: string, invoices: string | Buffer, ...options: string[]])[] = [
  ['as programs write it', charges('acme,2024-05,1234.50\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n')],
  [
    'semicolons, decimal commas and thousands',
    'Account;Month;Charges\nacme;2024-05;1.234,50\nzeta;2024-05;12,00000001\nacme;2024-06;0,45\n',
  ],
  [
    'currency signs before and after, and non-breaking spaces',
    charges('acme,2024-05,"$1,234.50"\nzeta,2024-05,USD\u00a012.00000001\nacme,2024-06,0.45\u00a0$\n'),
  ],
  [
    'brackets and trailing signs for what is credited',
    charges(
      'acme,2024-05,1300.00\nacme,2024-05,(60.00)\nacme,2024-05,5.50-\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n',
    ),
  ],
  ['exponents', charges('acme,2024-05,1.2345E+03\nzeta,2024-05,1200000001E-8\nacme,2024-06,4.5E-01\n')],
  [
    'title lines above and totals below',
    `Bills of May and June;;\nprinted 2024-07-01;;\n\naccount;month;charges\nacme;2024-05;1234,5\nzeta;2024-05;12,00000001\nacme;2024-06;0,45\nTotal;;1246,95\n;;\nAll amounts in USD;;\n`,
  ],
  ['months as 05/2024', charges('acme,05/2024,1234.50\nzeta,5/2024,12.00000001\nacme,06/2024,0.45\n')],
  ['months as May-24', charges('acme,May-24,1234.50\nzeta,May 2024,12.00000001\nacme,June 2024,0.45\n')],
  [
    'months as days, of which one shows their order',
    charges('acme,05/01/2024,1234.50\nzeta,05/31/2024,12.00000001\nacme,06/01/2024,0.45\n'),
  ],
  [
    'months as instants, in UTC and in civil time',
    charges(
      'acme,2024-05-01T00:00:00Z,1234.50\nzeta,2024-04-30T16:00:00Z,12.00000001\nacme,2024-06-01T00:00:00+08:00,0.45\n',
    ),
  ],
  [
    'more than 8 decimals that change nothing',
    charges('acme,2024-05,1234.500000000000\nzeta,2024-05,12.000000010000001\nacme,2024-06,0.4500000000000\n'),
  ],
  [
    'other names of columns',
    'Customer No.|Billing period|Net amount (USD)|VAT\nacme|2024-05|1234.50|0\nzeta|2024-05|12.00000001|0\nacme|2024-06|0.45|0\n',
    '--map',
    'account=Customer No.,month=Billing period,charges=Net amount (USD)',
  ],
  [
    'UTF-16, as spreadsheets save "Unicode text"',
    utf16('account\tmonth\tcharges\r\nacme\t2024-05\t1234.50\r\nzeta\t2024-05\t12.00000001\r\nacme\t2024-06\t0.45\r\n'),
  ],
  [
    'Latin-1 in a title and in the header',
    Buffer.from(
      'Rechnungen für Mai;;\naccount;month;charges\nacme;Mai 2024;1234,50\nzeta;05.2024;12,00000001\nacme;06.2024;0,45\n',
      'latin1',
    ),
  ],
  [
    'formulas that keep a spreadsheet from reading dates',
    'Account,Month,Charges\n="acme",="2024-05",="1234.50"\n"=""zeta""","=""2024-05""",="12.00000001"\n="acme",="2024-06",="0.45"\n',
  ],
  [
    'months as periods, and what is credited with a long minus',
    'Account;Period;Net\nacme;01.05.2024 - 31.05.2024;1.300,00\nacme;01.05.2024 – 31.05.2024;−65,50\nzeta;2024-05-01/2024-06-01;12,00000001\nacme;01.06.2024 bis 30.06.2024;0,45\n',
    '--map',
    'account=Account,month=Period,charges=Net',
  ],
  [
    'titles on each page, lines below the header, a total in French',
    'Usage | page 1\naccount | month | charges\n--- | --- | ---\nacme | 2024/05 | 1 234.50\nzeta | 2024/05 | 12.00000001\n\fUsage | page 2\naccount | month | charges\nacme | 2024/06 | .45\nSomme | | 1 246.95000001\n',
  ],
  [
    'two columns of one name, of which --map takes one for what is charged',
    'account,month,amount,amount\nacme,2024-05,1234.50,1357.95\nzeta,2024-05,12.00000001,13.2\nacme,2024-06,0.45,0.5\n',
    '--map',
    'charges=3',
  ],
  [
    'names over several lines, columns without a name at the end, credits in brackets with a sign',
    '"Customer\nAccount","Billing\nMonth","Charges\n(USD)",,,\nacme,2024-05,"$1,300.00",,,\nacme,2024-05,"($65.50)",,,\nzeta,2024-05,$12.00000001,,,\nacme,2024-06,$0.45,,,\n,,,,,\nTotal,,"$1,246.95000001",,,\n',
    '--map',
    'account=Customer Account,month=Billing Month',
  ],
  [
    'the thousands of Swiss and of French programs, debit and credit',
    utf16(
      'Konto\tMonat\tBetrag\r\nacme\tMai 2024\t1’300,00 USD DR\r\nacme\tMai 2024\t65,50 USD CR\r\nzeta\tMai 2024\t12,00000001\u00a0$\r\nacme\tJuni 2024\t0,45\r\nTotal général\t\t1\u202f246,95000001\u00a0$\r\n',
    ),
    '--map',
    'account=Konto,month=Monat,charges=Betrag',
  ],
  [
    'lines that end with a return alone',
    'account,month,charges\racme,2024-05,1234.50\rzeta,2024-05,12.00000001\racme,2024-06,0.45\r',
  ],
  [
    'lines that end with two returns and a newline',
    charges('acme,2024-05,1234.50\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n').replaceAll('\n', '\r\r\n'),
  ],
  [
    'a line of units below the header',
    charges(',,(USD)\nacme,2024-05,1234.50\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n'),
  ],
  ['months as days of a spreadsheet', charges('acme,45413,1234.50\nzeta,45413,12.00000001\nacme,45444,0.45\n')],
  [
    'characters without width, copied from a page',
    `\u200b${charges('\u200bacme,2024-05,1234.50\nzeta\u00a0,2024-05,12.00000001\nacme\u200b,2024-06,0.45\n')}`,
  ],
  [
    'columns without names around',
    ',,account,,month,charges,,\n,,acme,,2024-05,1234.50,,\n,,zeta,,2024-05,12.00000001,,\n,,acme,,2024-06,0.45,,\n',
  ],
  [
    'a line that names the delimiter',
    'sep=;\naccount;month;charges\nacme;2024-05;1234,50\nzeta;2024-05;12,00000001\nacme;2024-06;0,45\n',
  ],
  [
    'subtotals by account',
    charges(
      'acme,2024-05,1234.50\nacme,2024-06,0.45\nSubtotal acme,,1234.95\nzeta,2024-05,12.00000001\nGrand total,,1246.95\n',
    ),
  ],
  [
    'comments above and below',
    `# made 2024-07-01\n# by finance\n${charges('acme,2024-05,1234.50\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n# rows: 3\n')}`,
  ],
  [
    'pages with form feeds',
    charges('acme,2024-05,1234.50\n\fPage 2\naccount,month,charges\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n'),
  ],
  ['gzip', gzipSync(charges('acme,2024-05,1234.50\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n'))],
  ['zstd', zstdCompressSync(charges('acme,2024-05,1234.50\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n'))],
  [
    'Swiss thousands and typographic minus',
    charges("acme,2024-05,1'240.00\nacme,2024-05,−5.50\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n"),
  ],
  [
    'thousands between narrow spaces, a decimal comma, and euros left out',
    'account;month;charges\nacme;2024-05;1\u202f234,50\nzeta;2024-05;12,00000001\nacme;2024-06;,45\n',
  ],
  [
    'the header again on each page, and subtotals of the months',
    charges(
      'acme,2024-05,1234.50\nzeta,2024-05,12.00000001\nSubtotal,,1246.50\naccount,month,charges\nacme,2024-06,0.45\nSubtotal,,0.45\nGrand total,,1246.95\n',
    ),
  ],
  [
    'text and formulas of spreadsheets',
    charges('="acme",2024-05,1234.50\n zeta ,2024-05,12.00000001\nacme,2024-06,"\'+0.45"\nacme,2024-06,-\n'),
  ],
  [
    'a first line that names the delimiter',
    'sep=;\naccount;month;charges\nacme;2024-05;1234,50\nzeta;2024-05;12,00000001\nacme;2024-06;0,45\n',
  ],
  [
    'an amount that could be a thousand, where another row shows that it is none',
    charges('acme,2024-05,1230.000\nacme,2024-05,4.500\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n'),
  ],
  ['months as 2024M05 and MAY24', charges('acme,2024M05,1234.50\nzeta,2024-M05,12.00000001\nacme,JUN24,0.45\n')],
  [
    'days of a spreadsheet with decimals, and n/a for nothing',
    charges('acme,45413.0,1234.50\nzeta,45413.00,12.00000001\nacme,45444.0,0.45\nzeta,45444.0,n/a\n'),
  ],
  [
    'debits and credits',
    charges('acme,2024-05,1300.00 DR\nacme,2024-05,65.50CR\nzeta,2024-05,12.00000001 Dr\nacme,2024-06,0.45\n'),
  ],
  [
    'the header again in capitals, and totals that name their account first',
    charges(
      'acme,2024-05,1234.50\nacme,2024-06,0.45\nacme Total,,1234.95\nACCOUNT,MONTH,CHARGES\nzeta,2024-05,12.00000001\nGrand total,,1246.95\n',
    ),
  ],
  [
    'a table of Markdown',
    '| account | month | charges |\n|:---|---|---:|\n| acme | 2024-05 | 1234.50 |\n| zeta | 2024-05 | 12.00000001 |\n| acme | 2024-06 | 0.45 |\n',
  ],
  [
    'a line drawn below the header',
    'account\tmonth\tcharges\n-------\t-------\t-------\nacme\t2024-05\t1234.50\nzeta\t2024-05\t12.00000001\nacme\t2024-06\t0.45\n',
  ],
  [
    'Indian thousands',
    charges('acme,2024-05,"1,23,456.00"\nacme,2024-05,"(1,22,221.50)"\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n'),
  ],
]

const more: typeof certain = [
  [
    'months as 202405, and as the last moment of each',
    charges('acme,202405,1234.50\nzeta,2024-05-31 23:59:59,12.00000001\nacme,2024-06-30 23:59:59,0.45\n'),
  ],
  [
    'months from their first day to that of the next',
    charges(
      'acme,2024-05-01 to 2024-06-01,1234.50\nzeta,2024-05-01 to 2024-06-01,12.00000001\nacme,2024-06-01 to 2024-07-01,0.45\n',
    ),
  ],
  [
    'a currency by its sign and its code',
    charges('acme,2024-05,"$1,234.50 USD"\nzeta,2024-05,US$12.00000001\nacme,2024-06,USD $0.45\n'),
  ],
  [
    'digits as wide as Chinese characters',
    charges('acme,2024-05,１２３４．５０\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n'),
  ],
  [
    'a total in Russian',
    charges('acme,2024-05,1234.50\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\nИтого,,1246.95000001\n'),
  ],
  [
    'quantities, prices and days of payment next to the amounts',
    'account,month,due date,quantity,unit price,charges\nacme,2024-05,2024-06-15,1,1234.50,1234.50\nzeta,2024-05,2024-06-15,1,12,12.00000001\nacme,2024-06,2024-07-15,1,1,0.45\n',
  ],
  [
    'drafts throughout',
    'account,month,charges,status\nacme,2024-05,1234.50,draft\nzeta,2024-05,12.00000001,Draft\nacme,2024-06,0.45,draft\n',
  ],
  [
    'bills that are paid, overdue and open',
    'account,month,charges,status\nacme,2024-05,1234.50,paid\nzeta,2024-05,12.00000001,overdue\nacme,2024-06,0.45,open\n',
  ],
]

const titled = [...certain, ...more].map(([title, invoices, ...options]) => ({ title, invoices, options }))

test.each(titled)('one reading: $title', async ({ invoices, options }) => {
  const { code, text } = await reconciled(invoices, ...options)
  expect(text).toContain('bills: 3 agree, 0 differ, 0 missing, 0 unknown')
  expect(code).toBe(0)
})

const refused: readonly (readonly [title: string, invoices: string, where: string, what: string, hint: string])[] = [
  [
    'a point that may separate thousands',
    charges('acme,2024-05,1.234\nzeta,2024-05,12\n'),
    'invoices.csv, line 2',
    '"1.234" is 1.234 with a decimal point, 1234 with a decimal comma, and no other row decides',
    'add --decimal point or --decimal comma',
  ],
  [
    'both decimal signs in a file, and an amount that is one of them',
    'account;month;charges\nacme;2024-05;1,234\nzeta;2024-05;0,5\nacme;2024-06;0.5\n',
    'invoices.csv, line 2',
    '"1,234" is 1234 with a decimal point, 1.234 with a decimal comma, and the file has both',
    'add --decimal point or --decimal comma',
  ],
  [
    'a day that may be a month',
    charges('acme,05/06/2024,1234.50\n'),
    'invoices.csv, line 2',
    '"05/06/2024" is 2024-06 with the day first, 2024-05 with the month first, and no other row decides',
    'add --dates dmy or --dates mdy',
  ],
  [
    'a year that may be a month',
    charges('acme,05-06,1234.50\n'),
    'invoices.csv, line 2',
    '"05-06" is 2006-05 with the day first, 2005-06 with the year first, and no other row decides',
    'add --dates dmy or --dates ymd',
  ],
  [
    'decimals beyond the last, by which the amount depends on rounding',
    charges('acme,2024-05,1234.123456785\n'),
    'invoices.csv, line 2',
    '"1234.123456785" is 1234.12345678 with further decimals cut off, 1234.12345679 with further decimals rounded, and no other row decides',
    'add --excess-decimals truncate or --excess-decimals half-up',
  ],
  [
    'an hour without an offset',
    'resource,hour,product,amount\ni-1,2024-05-06 08:00,large,1234.5\n',
    'invoices.csv, line 2',
    '"2024-05-06 08:00" has no UTC offset, and with each it is another time',
    'add --time-zone +08:00',
  ],
  [
    'a decimal comma between commas',
    charges('acme,2024-05,1234,50\n'),
    'invoices.csv',
    'line 2: 4 fields where the header has 3: "50"',
    'correct these lines',
  ],
  [
    'a total that its rows do not come to',
    charges('acme,2024-05,1234.50\nTotal,,1234.60\n'),
    'invoices.csv',
    'line 3: the total 1234.60 is not the sum of the rows above, 1234.50',
    'correct these lines',
  ],
  [
    'another currency',
    charges('acme,2024-05,€1234.50\n'),
    'invoices.csv',
    'line 2: "€1234.50" is in another currency than USD',
    'correct these lines',
  ],
  [
    'another currency in the header',
    'Account,Month,Charges EUR\nacme,2024-05,1234.50\n',
    'invoices.csv, line 1',
    'the column Charges EUR is in another currency than USD',
    'convert it',
  ],
  [
    'thousands of a currency',
    'account,month,charges (k USD)\nacme,2024-05,1.2345\n',
    'invoices.csv, line 1',
    'the column charges (k USD) is not in whole units of a currency',
    'write out its amounts',
  ],
  [
    'a day of no year',
    charges('acme,24-May,1234.50\n'),
    'invoices.csv',
    'line 2: "24-May" is not a month',
    'correct these lines',
  ],
  [
    'a quarter',
    charges('acme,Q2 2024,1234.50\n'),
    'invoices.csv',
    'line 2: "Q2 2024" is not a month',
    'correct these lines',
  ],
  [
    '5/2024 without a sign, or a day',
    charges('acme,52024,1234.50\n'),
    'invoices.csv',
    'line 2: "52024" is not a month',
    'correct these lines',
  ],
  [
    'a percentage',
    charges('acme,2024-05,20%\n'),
    'invoices.csv',
    'line 2: "20%" is not an amount',
    'correct these lines',
  ],
  [
    'an error of a spreadsheet',
    charges('acme,2024-05,#N/A\n'),
    'invoices.csv',
    'line 2: "#N/A" is not an amount',
    'correct these lines',
  ],
  [
    'an account that is merged with the one above',
    charges('acme,2024-05,1\n,2024-06,0.45\n'),
    'invoices.csv',
    'line 3: no account',
    'correct these lines',
  ],
  ['an amount that is missing', charges('acme,2024-05,\n'), 'invoices.csv', 'line 2: no amount', 'correct these lines'],
  [
    'two columns of one name',
    'account,month,charges (USD),charges (EUR)\nacme,2024-05,1,2\n',
    'invoices.csv, line 1',
    'two columns are called charges',
    '--map charges=3',
  ],
]

/** What a row says of itself, and which row. */
const uncharged = table(`
  line  text                     column       header                             rows
  3     void                     status       account,month,charges,status       acme,2024-05,1,paid|acme,2024-05,99,void
  3     storniert                Status       account,month,charges,Status       acme,2024-05,1,offen|acme,2024-05,99,storniert
  2     yes                      cancelled    account,month,charges,cancelled    acme,2024-05,1,yes|acme,2024-05,99,no
  3     Payment                  type         account,month,charges,type         acme,2024-05,1,Invoice|acme,2024-05,-1,Payment
  2     Balance brought forward  description  account,month,charges,description  acme,2024-05,5,Balance brought forward|acme,2024-05,1,Usage
  2     Opening balance          account      account,month,charges              Opening balance,2024-05,5|acme,2024-05,1
  3     Forecast                 kind         account,month,charges,kind         acme,2024-05,1,Actual|acme,2024-06,1,Forecast
  3     draft                    status       account,month,charges,status       acme,2024-05,1,open|acme,2024-06,1,draft
  2     cancelled                Status       resource,hour,product,amount,Status  i-1,2024-05-06T08:00:00+08:00,large,1,cancelled
`)

test('rows that say that they are not charged are refused, and not added to the bills', async () => {
  for (const { line, text, column, header, rows } of uncharged) {
    const found = await reconciled(`${header}\n${rows.split('|').join('\n')}\n`)
    expect(found.text).toContain(`"${text}" in the column ${column}: the row says that it is not charged`)
    expect(found.text).toContain(`where: invoices.csv, line ${line}`)
    expect(found.code).toBe(2)
  }
})

const hourly = (...hours: readonly string[]): string =>
  `resource,hour,product,amount\n${hours.map((hour, index) => `i-${index + 1},${hour},${['large,1234.5', 'exact,12.00000001', 'small,0.45'][index]}\n`).join('')}`

test('hours by their beginning and end', async () => {
  const spaced = hourly('2024-05-06 08:00 - 09:00', '2024-05-06 08:00 to 09:00', '2024-06-06T08:00–09:00')
  expect((await reconciled(spaced, '--time-zone', '+08:00')).text).toContain('lines: 3 agree, 0 differ')
  expect(await reconciled(spaced)).toMatchObject({ code: 2 })
  const dashed = hourly('2024-05-06 08:00-09:00', '2024-05-06 08:00-09:00', '2024-06-06 08:00-09:00')
  expect((await reconciled(dashed, '--time-zone', '+08:00')).text).toContain('lines: 3 agree, 0 differ')
  const either = await reconciled(dashed)
  expect(either.text).toContain(
    '"2024-05-06 08:00-09:00" is the hour from 08:00 to 09:00, or a time of the offset -09:00',
  )
  expect(either.code).toBe(2)
  const offsets = hourly('2024-05-05 15:00-09:00', '2024-05-05 15:00-09:00', '2024-06-05 15:00-09:00')
  expect((await reconciled(offsets)).text).toContain('lines: 3 agree, 0 differ')
  const both = await reconciled(hourly('2024-05-06 08:00-09:00', '2024-05-05 15:00-09:00'), '--time-zone', '+08:00')
  expect(both.text).toContain('"2024-05-05 15:00-09:00" and other rows are hours, or times with an offset')
  const long = await reconciled(hourly('2024-05-06 08:00 - 10:00'), '--time-zone', '+08:00')
  expect(long.text).toContain('"2024-05-06 08:00 - 10:00" is not one hour')
})

test.each(refused)('several readings: %s', async (_, invoices, where, what, hint) => {
  const { code, text } = await reconciled(invoices)
  expect(text).toContain(what)
  expect(text).toContain(hint)
  expect(text).toContain(`where: ${where}`)
  expect(code).toBe(2)
})

test('the option that a refusal names decides', async () => {
  const point = charges('acme,2024-05,1.234\nacme,2024-05,1233.266\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n')
  expect((await reconciled(point.replace('1233.266', '1233266E-3'), '--decimal', 'point')).code).toBe(0)
  const days = charges('acme,05/06/2024,1234.50\nzeta,05/06/2024,12.00000001\nacme,06/06/2024,0.45\n')
  expect(await reconciled(days, '--dates', 'mdy')).toMatchObject({ code: 0 })
  expect(await reconciled(days, '--dates', 'dmy')).toMatchObject({ code: 3 })
  const long = charges('acme,2024-05,1234.499999999\nzeta,2024-05,12.00000001\nacme,2024-06,0.45\n')
  expect(await reconciled(long)).toMatchObject({ code: 2 })
  expect(await reconciled(long, '--excess-decimals', 'half-up')).toMatchObject({ code: 0 })
  const hours =
    'resource,hour,product,amount\ni-1,2024-05-06 08:00,large,1234.5\ni-2,6 May 2024 8:00 AM,exact,12.00000001\ni-3,2024-06-06T08:00,small,0.45\n'
  expect(await reconciled(hours, '--time-zone', '+08:00')).toMatchObject({ code: 0 })
  expect(await reconciled(hours, '--time-zone', '+00:00')).toMatchObject({ code: 3 })
})

test('an option that a row contradicts is refused where it matters, and ignored where it does not', async () => {
  const both = charges('acme,2024-05,1.234\nzeta,2024-05,12.5\n')
  const wrong = await reconciled(both, '--decimal', 'comma')
  expect(wrong.code).toBe(2)
  expect(wrong.text).toContain('"12.5" cannot be read with a decimal comma, and line 2 has "1.234"')
  expect((await reconciled(certain[0][1], '--decimal', 'comma')).code).toBe(0)
})

test('totals are compared with what the rows turn out to be', async () => {
  const late =
    'account;month;charges\nacme;2024-05;1,234\nacme;2024-05;1233,266\nzeta;2024-05;12,00000001\nacme;2024-06;0,45\nTotal;;1246,95\n'
  expect((await reconciled(late)).code).toBe(0)
  const both = await reconciled('account;month;charges\nacme;2024-05;1,234\nacme;2024-05;x\n')
  expect(both.code).toBe(2)
  expect(both.text).toContain('line 3: "x" is not an amount')
  expect(both.text).toContain('line 2: "1,234" is 1234 with a decimal point, 1.234 with a decimal comma')
})

test('how the file is written is said, with its totals', async () => {
  const { text } = await reconciled(certain[5][1])
  expect(text).toContain(
    'invoices.csv: semicolon between fields, 2 lines above the header, 1 total that agrees, 1 line without amounts',
  )
  const json = JSON.parse((await reconciled(certain[5][1], '--json')).text)
  expect(json.read).toEqual({
    delimiter: ';',
    header: 4,
    titles: 2,
    repeated: 0,
    encoding: 'utf-8',
    rows: 3,
    totals: 1,
    notes: 1,
  })
})

test('meter reads logs and prices that are written in other ways, and comes to the same bills', async () => {
  const folder = join(cwd, 'meter')
  mkdirSync(folder)
  const dirty = `Events of servers;;;;;
When;Customer;resource;do;product;flavour
06/05/2024 08:00;acme;i-1;start;;large
06/05/2024 09:00;acme;i-1;delete;;
06/05/2024 08:00;zeta;i-2;start;;exact
06/05/2024 09:00;zeta;i-2;delete;;
13/06/2024 08:00;acme;i-3;start;;small
13/06/2024 09:00;acme;i-3;delete;;
Total events: 6;;;;;
`
  writeFileSync(join(folder, 'log.csv.gz'), gzipSync(Buffer.from(dirty, 'utf16le')))
  writeFileSync(
    join(folder, 'prices.csv'),
    'Price list\nkind;name;hourly (USD)\necs;large;"1.234,5 $"\necs;exact;12,00000001\necs;small;0,45\n',
  )
  const words = ['meter', 'log.csv.gz', '--prices', 'prices.csv', '--map', 'at=When,account=Customer']
  const needed = await inThisProcess(words, folder)
  expect(needed).toMatchObject({ code: 2 })
  expect(needed.stderr).toContain('"06/05/2024 08:00" has no UTC offset')
  const rated = await inThisProcess([...words, '--time-zone', '+08:00'], folder)
  expect(rated.stderr).toBe('')
  expect(rated.code).toBe(0)
  expect(rated.stdout).toContain('Read       log.csv.gz: semicolon between fields, utf-16le, 1 line above the header')
  expect(rated.stdout).toContain('3, 1,246.95000001 charged')
  writeFileSync(join(folder, 'open.csv'), dirty.replaceAll('13/06', '07/06'))
  const open = await inThisProcess(['meter', 'open.csv', ...words.slice(2), '--time-zone', '+08:00'], folder)
  expect(open.code).toBe(2)
  expect(open.stderr).toContain('"06/05/2024 08:00" is 2024-05-06 with the day first, 2024-06-05 with the month first')
  expect(open.stderr).toContain('add --dates dmy or --dates mdy')
})

test('meter rates events of any metric by a rate card, however the log is written', async () => {
  const folder = join(cwd, 'usage')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'usage.csv'),
    'Usage of May;;;\nWhen;Customer;value;region\n31.05.2024 08:00;acme;1.234,5;eu\n31.05.2024 09:00;acme;0,5;eu\n30.05.2024 09:00;zeta;3;us\n',
  )
  writeFileSync(
    join(folder, 'card.yaml'),
    'metrics: { gb: { aggregate: sum } }\nprices: [{ metric: gb, where: { region: eu }, plan: { model: package, size: 100, price: 2.5, included: 35 } }]\n',
  )
  const words = [
    'meter',
    'usage.csv',
    '--prices',
    'card.yaml',
    '--map',
    'at=When,account=Customer',
    '--time-zone',
    '+08:00',
  ]
  const { code, stdout, stderr } = await inThisProcess([...words, '--out', 'rated'], folder)
  expect(stdout).toContain('Bills      1, 30.00 charged, 30.00 USD payable')
  expect(stderr).toContain('usage.csv, line 5: no price of gb is in force at 2024-05-30T09:00:00+08:00')
  expect(code).toBe(2)
  expect(readFileSync(join(folder, 'rated/lines.csv'), 'utf8')).toBe(
    'account,bill,month,metric,region,events,quantity,rule,formula,currency,amount\n' +
      'acme,2024-05,2024-05,gb,eu,2,1235,P-06,"12 x 2.5, packages of 100 for 1200, 1235 less 35 included",USD,30.00000000\n',
  )
  expect(readFileSync(join(folder, 'rated/bills.csv'), 'utf8')).toBe(
    'account,month,currency,lines,charges,tax,payable\nacme,2024-05,USD,1,30.00000000,0.00000000,30.00\n',
  )
  const json = JSON.parse((await inThisProcess([...words, '--json'], folder)).stdout)
  expect(json).toMatchObject({
    rows: 3,
    events: 3,
    lines: 1,
    problems: 1,
    bills: [{ currency: 'USD', payable: '30.00' }],
  })
  expect(await inThisProcess([...words, '--strict', '--out', 'strict'], folder)).toMatchObject({ code: 2, stdout: '' })
})

test('a log with titles, actions in capitals and a remark below is metered', async () => {
  const rows = events
    .split('\n')
    .slice(1, -1)
    .map((row) => row.replaceAll(',', '|').replace('start', 'Start').replace('delete', 'DELETE'))
  const log = [
    'Report "events"',
    'Generated: 2024-07-01',
    '',
    'AT|Account|Resource|DO|PRODUCT|Flavour',
    ...rows,
    '-- 6 rows --',
  ]
  writeFileSync(join(cwd, 'titled.csv'), `${log.join('\n')}\n`)
  const { code, stdout, stderr } = await inThisProcess(['meter', 'titled.csv', '--prices', 'prices.csv'], cwd)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('6 events of 3 resources')
  expect(stdout).toContain('1,246.95000001 charged')
})

test('a period of less than a month has no bill', async () => {
  const { code, text } = await reconciled(charges('acme,01.05.2024 - 30.05.2024,1234.50\n'), '--dates', 'dmy')
  expect(code).toBe(2)
  expect(text).toContain('"01.05.2024 - 30.05.2024" is not one whole month')
})
