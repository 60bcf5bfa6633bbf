/**
 * Bills as analysts of many countries and programs hand them over: debits and credits, months as columns, lists of ledgers. Each is
 * read by its one reading, or refused with the row and what decides.
 */
import { expect, test } from 'vitest'
import { formatMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import type { InvoiceOptions } from '#reports/against/invoice-rows.ts'
import { readInvoices } from '#reports/against/read-invoices.ts'
import { bytes } from '../sim/metering-log/rated.ts'

/** `acme 2024-05 1234.5` for each bill or account of lines, or the error as it is shown. */
async function read(invoices: string | Buffer, options: InvoiceOptions): Promise<string> {
  const open = typeof invoices === 'string' ? () => bytes(invoices) : () => oneChunk(invoices)
  try {
    const found = await readInvoices('bills.csv', open, { utcOffset: 8 * 3_600_000, ...options })
    if (found.level === 'lines') {
      const { table, resources } = found.lines
      const rows = Array.from({ length: table.rows }, (_, row) => row)
      return rows.map((row) => `${resources.text(table.resource(row))} ${decimalText(table.amount(row), 8)}`).join(', ')
    }
    const shown = [...found.bills.values()].map(({ account, month, figures }) => {
      const amounts = Object.entries(figures).map(([figure, amount]) => `${figure} ${decimalText(amount, 8)}`)
      return `${account} ${formatMonth(month)} ${amounts.join(' ')}`.replace('payable ', '')
    })
    return shown.join(', ')
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return `${error.where}: ${error.what.replace('unreadable rows\n', '')}; ${error.hint}`
  }
}

async function* oneChunk(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk
}

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le')
const TWO = 'acme 2024-05 1234.5, zeta 2024-05 12'

const certain: readonly (readonly [
  title: string,
  invoices: string | Buffer,
  options: InvoiceOptions,
  bills: string,
])[] = [
  [
    'a list of SAP, with lines drawn, a minus behind and a total of stars',
    '|---|\n|Konto|Periode|Betrag in HW|Währg|\n|---|\n|acme|05.2024|1.300,00 |EUR|\n|acme|05.2024|65,50-|EUR|\n|zeta|05.2024|12,00|EUR|\n|---|\n|*||1.246,50|EUR|\n',
    {
      map: { account: 'Konto', month: 'Periode', amount: 'Betrag in HW', currency: 'Währg' },
      currency: 'EUR',
    },
    TWO,
  ],
  [
    'DATEV: an amount and its side, in Latin-1 below a line of the program',
    Buffer.from(
      '"EXTF";700;"Buchungsstapel für Mai"\n"Umsatz (ohne Soll/Haben-Kz)";"Soll/Haben-Kennzeichen";"Konto";"Monat"\n1300,00;"S";acme;05/2024\n65,50;"H";acme;05/2024\n12,00;"S";zeta;05/2024\n',
      'latin1',
    ),
    { map: { account: 'Konto', month: 'Monat', amount: 'Umsatz (ohne Soll/Haben-Kz)' } },
    TWO,
  ],
  [
    'Soll and Haben in two columns',
    'account;month;Soll;Haben\nacme;2024-05;1.300,00;\nacme;2024-05;;65,50\nzeta;2024-05;12,00;0,00\n',
    {},
    TWO,
  ],
  [
    'Xero: titles, debits, credits, a balance and totals of both',
    'Account Transactions\nDemo Company\n\nDate,Source,Account,Debit,Credit,Running Balance\n1 May 2024,Receivable Invoice,acme,"1,300.00",,"1,300.00"\n31 May 2024,Credit Note,acme,,65.50,"1,234.50"\n31 May 2024,Receivable Invoice,zeta,12.00,,12.00\nTotal,,,"1,312.00",65.50,\n',
    { map: { month: 'Date' } },
    TWO,
  ],
  [
    'QuickBooks: months as columns, a name without a header, totals of rows and columns',
    ',"May 24","Jun 24","TOTAL"\n"acme","1,234.50","0.45","1,234.95"\n"zeta","12.00","","12.00"\n"TOTAL","1,246.50","0.45","1,246.95"\n',
    { map: { account: '1' } },
    'acme 2024-05 1234.5, acme 2024-06 0.45, zeta 2024-05 12',
  ],
  [
    'Tally: lakhs, debits and credits, totals without a word',
    'Particulars,Vch Date,Debit,Credit\nacme,01-May-24,"1,23,456.00",\nacme,31-May-24,,"1,22,221.50"\nzeta,31-May-24,12.00,\n,,"1,23,468.00","1,22,221.50"\n',
    { map: { account: 'Particulars', month: 'Vch Date' } },
    TWO,
  ],
  [
    'Spain: debe, haber and saldo',
    'Cuenta;Mes;Debe;Haber;Saldo\nacme;05-2024;1.300,00;0,00;1.300,00\nacme;05-2024;0,00;65,50;1.234,50\nzeta;05-2024;12,00;0,00;12,00\n',
    { map: { account: 'Cuenta', month: 'Mes' } },
    TWO,
  ],
  [
    'Brazil: reais, months in words, D or C',
    'Conta;Mês;Valor;D/C\nacme;mai/24;R$ 1.300,00;D\nacme;mai/24;R$ 65,50;C\nzeta;mai/24;R$ 12,00;D\n',
    { map: { account: 'Conta', month: 'Mês', amount: 'Valor' }, currency: 'BRL' },
    TWO,
  ],
  [
    'an account of revenue, where credits are charges, because no bill is below 0',
    'account,month,debit,credit\nacme,2024-05,65.50,1300.00\nzeta,2024-05,,12.00\n',
    {},
    TWO,
  ],
  [
    'France: short months with points, spaces between thousands, UTF-16',
    utf16(
      'Société\tMois\tMontant HT\r\nacme\tmai-24\t1\u202f234,50 €\r\nzeta\tdéc.-24\t12,00 €\r\nacme\tfévr.-24\t-0,45 €\r\n',
    ),
    { map: { account: 'Société', month: 'Mois', amount: 'Montant HT' }, currency: 'EUR' },
    'acme 2024-05 1234.5, zeta 2024-12 12, acme 2024-02 -0.45',
  ],
  [
    'Switzerland and Denmark: dashes in the place of decimals',
    "account;month;amount\nacme;Mai 24;CHF 1'234.50\nzeta;maj 2024;CHF 12.—\nbeta;maj 2024;5.-\n",
    { currency: 'CHF' },
    'acme 2024-05 1234.5, zeta 2024-05 12, beta 2024-05 5',
  ],
  [
    'Poland and Turkey: months in words',
    'account;month;amount\nacme;maj 2024;1 234,50 zł\nzeta;grudzień 2024;12,00 zł\nbeta;Şub 2024;1,00\n',
    { currency: 'PLN' },
    'acme 2024-05 1234.5, zeta 2024-12 12, beta 2024-02 1',
  ],
  [
    'Japan: wide digits, years and months, triangles below 0',
    'account,month,amount\nacme,２０２４年５月,"￥１２３４"\nzeta,2024年05月,12円\nacme,2024年6月,▲45\n',
    { currency: 'JPY' },
    'acme 2024-05 1234, zeta 2024-05 12, acme 2024-06 -45',
  ],
  [
    'months as days of a spreadsheet in the header',
    'account\t45413\t45444\nacme\t1234.50\t0.45\nzeta\t12\t\n',
    {},
    'acme 2024-05 1234.5, acme 2024-06 0.45, zeta 2024-05 12',
  ],
  [
    'months as columns of charges, in euros, with quarters and a share next to them',
    'account;2024-04 (EUR);2024-05 (EUR);Q2 2024;Anteil;Summe\nacme;1.234,50;0,45;1.234,95;99 %;1.234,95\nzeta;12,00;-;12,00;1 %;12,00\nSumme;1.246,50;0,45;1.246,95;;1.246,95\n',
    { currency: 'EUR', figure: 'charges' },
    'acme 2024-04 charges 1234.5, acme 2024-05 charges 0.45, zeta 2024-04 charges 12, zeta 2024-05 charges 0',
  ],
  [
    'an account of several rows with a column for each month, and its subtotal',
    'account,product,2024-05,2024-06\nacme,web,1000,0.40\nacme,sql,234.5,0.05\nacme Total,,1234.5,0.45\nzeta,web,12,\n',
    {},
    'acme 2024-05 1234.5, acme 2024-06 0.45, zeta 2024-05 12',
  ],
  [
    'a sign in a column of its own',
    'account,month,amount,sign\nacme,2024-05,1300.00,+\nacme,2024-05,65.50,-\nzeta,2024-05,12,+\n',
    {},
    TWO,
  ],
  [
    'debits and credits of lines',
    'resource,hour,product,debit,credit\ni-1,2024-05-06T08:00:00Z,c6,3.00,\ni-1,2024-05-06T09:00:00Z,c6,,1.00\n',
    {},
    'i-1 3, i-1 -1',
  ],
  [
    'credit notes by --map side, and those that carry their sign',
    'account,month,amount,type\nacme,2024-05,1300,Invoice\nacme,2024-05,65.5,Credit Note\nzeta,2024-05,12,Invoice\n',
    { map: { side: 'type' } },
    TWO,
  ],
  [
    'credit notes below 0',
    'account,month,amount,type\nacme,2024-05,1300,Invoice\nacme,2024-05,-65.5,Credit Note\nzeta,2024-05,12,Invoice\n',
    {},
    TWO,
  ],
  [
    'a negative credit that another row shows to be a reversal',
    'account,month,debit,credit\nacme,2024-05,1224.50,\nacme,2024-05,,-20.00\nacme,2024-05,,10.00\nzeta,2024-05,12,\n',
    {},
    TWO,
  ],
  [
    'debits and credits that --map names, next to an amount without a sign',
    'account,month,amount,debit,credit\nacme,2024-05,1300,1300,\nacme,2024-05,65.5,,65.5\nzeta,2024-05,12,12,\n',
    { map: { debit: 'debit', credit: 'credit' } },
    TWO,
  ],
  [
    'an amount with its sign, which debits and credits confirm',
    'account,month,amount,debit,credit\nacme,2024-05,1300,1300,\nacme,2024-05,-65.5,,65.5\nzeta,2024-05,12,12,\n',
    {},
    TWO,
  ],
  [
    'the option for the side',
    'account,month,debit,credit\nacme,2024-05,1300,\nzeta,2024-05,,12\n',
    { charged: 'credit' },
    'acme 2024-05 -1300, zeta 2024-05 12',
  ],
  [
    'the option for credits that carry their sign',
    'account,month,debit,credit\nacme,2024-05,1300,\nacme,2024-05,,-65.5\nzeta,2024-05,12,\n',
    { negativeCredits: 'signed' },
    TWO,
  ],
  [
    'years and months in columns of their own, in numbers and in words',
    'account,year,month,amount\nacme,2024,5,1234.5\nzeta,2024,May,12\n',
    {},
    TWO,
  ],
  [
    'months by their first and last day in words',
    'account,month,amount\nacme,"May 1, 2024 - May 31, 2024",1234.5\nzeta,2024-05-01..2024-05-31,12\n',
    {},
    TWO,
  ],
  [
    'months by their last second in UTC, and by hyphens that do not break',
    'account,month,amount\nacme,2024-05-31T23:59:59Z,1234.5\nzeta,2024\u201105,12\n',
    {},
    TWO,
  ],
  [
    'subtotals of an account in the column of months, and by its name with a month',
    'account,month,amount\nacme,2024-05,1234\nacme,2024-05,0.5\nacme,Total,1234.5\nzeta,2024-05,12\nzeta Total,2024-05,12\n',
    {},
    TWO,
  ],
  [
    'totals of other languages, some with a month',
    'account,month,amount\nacme,2024-05,1234.5\n小計,2024-05,1234.5\nzeta,2024-05,12\nИтого,,1246.5\nRazem,2024-05,1246.5\n',
    {},
    TWO,
  ],
  [
    'subtotals of spreadsheets in German',
    'account;month;amount\nacme;2024-05;1000\nacme;2024-05;234,5\nacme Ergebnis;;1234,5\nzeta;2024-05;12\nGesamtergebnis;;1246,5\n',
    {},
    TWO,
  ],
  [
    'a pivot table in German, whose last row is no account',
    'Summe von Betrag;Spaltenbeschriftungen;\nZeilenbeschriftungen;Mai 24;Gesamtergebnis\nacme;1.234,50;1.234,50\nzeta;12,00;12,00\nGesamtergebnis;1.246,50;1.246,50\n',
    { map: { account: 'Zeilenbeschriftungen' } },
    TWO,
  ],
  [
    'numbers of pages in the column of amounts',
    'account;month;amount\nacme;2024-05;1234,50\n;;Seite 1 von 2\naccount;month;amount\nzeta;2024-05;12,00\n;;Seite 2 von 2\n',
    {},
    TWO,
  ],
  [
    'India: rupees without paise',
    'account,month,amount\nacme,2024-05,"₹1,234.50/-"\nzeta,2024-05,₹12/-\n',
    { currency: 'INR' },
    TWO,
  ],
  [
    'Switzerland: francs, and apostrophes of another kind',
    'account;month;amount\nacme;2024-05;SFr. 1ʼ234.50\nzeta;2024-05;12.00\n',
    { currency: 'CHF' },
    TWO,
  ],
  [
    'discounts that are none, or in percent, next to amounts',
    'account;month;discount;amount\nacme;2024-05;5,0 %;1234,50\nzeta;2024-05;0,00;12,00\n',
    {},
    TWO,
  ],
  [
    'credits that --map takes off the amounts',
    'account,month,amount,credits\nacme,2024-05,1300,65.50\nzeta,2024-05,12,0\n',
    { map: { debit: 'amount', credit: 'credits' } },
    TWO,
  ],
  [
    'the euro of Windows',
    Buffer.from('account;month;amount\nacme;2024-05;1234,50 \x80\nzeta;2024-05;12 \x80\n', 'latin1'),
    { currency: 'EUR' },
    TWO,
  ],
  [
    'a column of currencies as symbols, and titles that say the same',
    'Amounts in USD\naccount,month,amount,Currency code\nacme,2024-05,1234.5,US$\nzeta,2024-05,12,$\n',
    { currency: 'USD' },
    TWO,
  ],
]

test.each(certain)('one reading: %s', async (_, invoices, options, bills) => {
  expect(await read(invoices, options)).toBe(bills)
})

const head = 'account,month,debit,credit\n'

const refused: readonly (readonly [title: string, invoices: string, error: string])[] = [
  [
    'debits and credits of which neither side has all charges',
    `${head}acme,2024-05,1300,\nzeta,2024-05,,12\n`,
    'bills.csv, line 2: "1300" is 1300.00 with charges as debits, -1300.00 with charges as credits, and the file has both; add --charged debit or --charged credit',
  ],
  [
    'negative credits that may be reversals',
    `${head}acme,2024-05,1300,\nacme,2024-05,,-65.50\n`,
    'bills.csv, line 3: "-65.50" is 65.50 with negative credits as reversals of credits, -65.50 with credits that carry their sign, and no other row decides; add --negative-credits reversals or --negative-credits signed',
  ],
  [
    'neither a debit nor a credit',
    `${head}acme,2024-05,,\n`,
    'bills.csv: line 2: neither a debit nor a credit; write 0 where nothing is charged; correct these lines',
  ],
  [
    'an amount without a sign next to debits and credits',
    'account,month,amount,debit,credit\nacme,2024-05,65.50,,65.50\nacme,2024-05,1300,1300,\n',
    'bills.csv, line 3: "1300" in amount is not 1300.00, which debit and credit come to; write --map amount=amount or --map debit=debit,credit=credit',
  ],
  [
    'a side that is none',
    'account,month,amount,D/C\nacme,2024-05,65.50,X\n',
    'bills.csv: line 2: "X" in D/C is no side of an account; write D or C, or rename the column where it is something else; correct these lines',
  ],
  [
    'two signs of one amount',
    'account,month,amount,sign\nacme,2024-05,-65.50,-\n',
    'bills.csv: line 2: "-65.50" has a sign, and sign is another; write one of them; correct these lines',
  ],
  [
    'a credit note above 0',
    'account,month,amount,Document type\nacme,2024-05,65.50,Credit memo\n',
    'bills.csv, line 2: "65.50" is above 0, and Document type says Credit memo; add --map side=Document type, or write it below 0',
  ],
  [
    'credits next to amounts, which may be without them',
    'account,month,amount,Credits\nzeta,2024-05,12,0\nacme,2024-05,1300,-65.50\n',
    'bills.csv, line 3: "-65.50" in Credits may be taken off amount already, or not; write --map amount=amount where it is, or --map debit=amount,credit=Credits',
  ],
  [
    'a word that means the account above',
    'account,month,amount\nacme,2024-05,12\nditto,2024-06,13\n',
    'bills.csv: line 3: "ditto" means the name above; name it in each row; correct these lines',
  ],
  [
    'a bill that was paid back',
    'account,month,amount,status\nacme,2024-05,12,paid\nacme,2024-05,50,Refunded\n',
    'bills.csv, line 3: "Refunded" in the column status: the row says that it is not charged, and would be added to the bills; remove such rows, or the column where they are charged all the same',
  ],
  [
    'months of no year as columns',
    'account,Jan,Feb,Mar\nacme,1,2,3\n',
    'bills.csv, line 1: "Jan" is not a month; write one such as 2024-03',
  ],
  [
    'columns that may be years or months',
    'account,05-06,06-06\nacme,1.50,2.50\n',
    'bills.csv, line 1: "05-06" is 2006-05 with the day first, 2005-06 with the year first, and no other row decides; add --dates dmy or --dates ymd',
  ],
  [
    'two columns of one month',
    'account,May 2024,2024-05\nacme,1.50,2.50\n',
    'bills.csv, line 1: "May 2024" and "2024-05" are columns of 2024-05; remove the one that is not charged',
  ],
  [
    'a total of a row that its months do not come to',
    'account,2024-05,2024-06,Total\nacme,1.50,2.50,5.00\n',
    'bills.csv: line 2: Total is 5.00, and the months of the row come to 4.00; are columns missing? Complete the row, or remove the total; correct these lines',
  ],
  [
    'a total of a month that its rows do not come to',
    'account,2024-05,2024-06\nacme,1.50,2.50\nTotal,1.50,3.00\n',
    'bills.csv: line 3: the total 3.00 is not the sum of the rows above, 2.50; are rows missing? Complete the file, or remove the total; correct these lines',
  ],
  [
    'a month that may be a thousand or not',
    'account;2024-05;2024-06\nacme;1.234;2\n',
    'bills.csv, line 2: "1.234" is 1.234 with a decimal point, 1234 with a decimal comma, and no other row decides; add --decimal point or --decimal comma',
  ],
]

test.each(refused)('refused: %s', async (_, invoices, error) => {
  expect(await read(invoices, {})).toBe(error)
})

const scaled: readonly string[] = [
  ...[
    'cents',
    'ct',
    'minor units',
    'pence',
    'in 1000',
    'USDk',
    '$m',
    'M$',
    'MUSD',
    'TEUR',
    'lakhs',
    'in Cr',
    'Tausend',
    "$'000",
  ],
]

test.each(scaled)('amounts in other units than the currency are refused: (%s)', async (unit) => {
  const header = `amount (${unit})`
  expect(await read(`account,month,${header}\nacme,2024-05,1.5\n`, { currency: 'USD' })).toBe(
    `bills.csv, line 1: the column ${header} is not in whole units of a currency; write out its amounts`,
  )
})

const stated: readonly (readonly [title: string, invoices: string, error: string])[] = [
  [
    'cents in a name that --map gives',
    'account,month,net_cents\nacme,2024-05,150\n',
    'bills.csv, line 1: the column net_cents is not in whole units of a currency; write out its amounts',
  ],
  [
    'another currency in a name that --map gives',
    'account,month,net_eur\nacme,2024-05,150\n',
    'bills.csv, line 1: the column net_eur is in another currency than USD; convert it',
  ],
  [
    'thousands in a title',
    'Usage of May\nAll amounts in thousands of USD\naccount,month,amount\nacme,2024-05,1.5\n',
    'bills.csv, line 2: "All amounts in thousands of USD" says that amounts are not in whole units of a currency; write out the amounts, and remove the line',
  ],
  [
    'thousands of euros in a title',
    'Beträge in TEUR;;\naccount;month;amount\nacme;2024-05;1,5\n',
    'bills.csv, line 1: "Beträge in TEUR" says that amounts are not in whole units of a currency; write out the amounts, and remove the line',
  ],
  [
    'cents in a remark below',
    'account,month,amount\nacme,2024-05,150\n"(amounts in cents)",,\n',
    'bills.csv, line 3: "(amounts in cents)" says that amounts are not in whole units of a currency; write out the amounts, and remove the line',
  ],
  [
    'another currency in a title',
    'Currency: EUR\naccount,month,amount\nacme,2024-05,1.5\n',
    'bills.csv, line 1: "Currency: EUR" says that amounts are in another currency than USD; convert them, and remove the line',
  ],
  [
    'another currency in a column of another language',
    'account;month;amount;Währung\nacme;2024-05;1,5;EUR\n',
    'bills.csv: line 2: "EUR" is another currency than USD; convert it; correct these lines',
  ],
  [
    'accounts that a spreadsheet has shortened, so that two may be one',
    'account,month,amount\n1.23457E+11,2024-05,1.5\n',
    'bills.csv: line 2: "1.23457E+11" is a number that a spreadsheet has shortened; export the column as text, so that it has all digits; correct these lines',
  ],
]

test.each(stated)('refused by what the file says of its units: %s', async (_, invoices, error) => {
  const name = /net_\w+/.exec(invoices)?.[0]
  const map = name === undefined ? undefined : { amount: name }
  expect(await read(invoices, { currency: 'USD', map })).toBe(error)
})
