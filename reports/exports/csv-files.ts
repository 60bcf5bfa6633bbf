/** The CSV files of the books and of rated logs: what each column says. The reference is made from this. */
import { eventsHead, skippedHead } from '#scenarios/logs/log-events.ts'
import { traceHead } from '#scenarios/logs/log-scenario.ts'
import { billsHead, hoursHead, problemsHead } from '#sim/metering-log/hours-csv.ts'
import { differencesHead } from '../against/differences.ts'

export interface CsvFile {
  /** The command that writes it. */
  readonly by: string
  readonly text: string
  readonly columns: Readonly<Record<string, string>>
}

const amount = 'in currency, 8 decimals'
const instant = 'instant with the UTC offset of the run; empty where there is none'
const owner = 'the account, seller or pool of money that the ledger account belongs to'

/** What `export --format csv` writes. */
export const bookFiles = {
  'postings.csv': {
    by: 'export --format csv',
    text: 'Every leg of every transaction. The amounts of a transaction sum to 0.',
    columns: {
      at: instant,
      transaction: 'number of the transaction, with the hour for the repeated charges of a span',
      kind: 'kind of the transaction: `usage`, `payment`, `refund`, …',
      account: 'the buyer',
      order: 'number of the order, if the transaction belongs to one',
      hour: 'the clock hour that is charged, if it is a charge for use',
      rule: 'the rule behind it',
      ledger: 'the ledger account',
      owner,
      amount: `debit above 0, credit below, ${amount}`,
      day: 'the day on which it was earned or used (M-09)',
    },
  },
  'balances.csv': {
    by: 'export --format csv',
    text: 'The balance of every ledger account at the end of the run.',
    columns: { ledger: 'the ledger account', owner, name: 'name of the owner', balance: amount },
  },
  'bills.csv': {
    by: 'export --format csv',
    text: 'The monthly bills.',
    columns: {
      account: 'the buyer',
      month: 'civil month, such as 2024-03',
      lines: 'number of charges',
      charges: `their sum before tax, ${amount}`,
      tax: amount,
      payable: 'what the bill asks for, in minor units of the currency (M-08)',
    },
  },
  'charges.csv': {
    by: 'export --format csv',
    text: 'The charges behind the bills: a row for each hour of a server or image, and for each line of a paid order.',
    columns: {
      account: 'the buyer',
      resource: 'number of the server, or `order` and the number of the order',
      hour: 'the clock hour, or the payment of the order',
      kind: '`ecs`, `image`, a cloud resource, or the kind of the product',
      product: 'the flavour or the product',
      seconds: 'seconds used, where use is charged by the second',
      hours: '1 where a started hour is charged in full',
      unit_price: 'price of an hour, 10 decimals',
      amount: `with tax, ${amount}`,
      rule: 'the rule behind it',
      plan: '`hourly`, or the plan of the order',
      net: `before tax, ${amount}`,
      tax: `of an order, ${amount}; the tax on use is on the bill (M-07)`,
    },
  },
  'order-lines.csv': {
    by: 'export --format csv',
    text: 'The lines of every paid order, which sum to its amount (M-04).',
    columns: {
      account: 'the buyer',
      order: 'number of the order',
      paid: 'instant of the payment',
      line: 'number of the line in its order',
      kind: 'kind of the product, or `tax`',
      product: 'the product',
      amount,
      rule: 'the rule behind it',
    },
  },
} as const satisfies Readonly<Record<string, CsvFile>>

/** What `export --format invoices` and `ubl` write next to the documents. */
export const documentFiles = {
  'account-totals.csv': {
    by: 'export --format invoices and ubl',
    text: 'The documents of each account against its books: charged less refunded is invoiced less credited, with what is not invoiced, without the rounding.',
    columns: {
      account: 'the buyer',
      charged: `what the ledger charged: drawn from balance, coupons or credit, paid by its reseller, or due, ${amount}`,
      refunded: 'what of it went back',
      invoiced: 'valid invoices: issued and not returned, or those to the reseller of the buyer (O-06)',
      credited: 'credit notes of orders that are on valid invoices',
      not_invoiced: 'paid orders less what went back of them, and use with its tax, that are on no valid invoice',
      rounding: 'what rounds invoices beyond what rounds bills (M-08)',
      difference: 'what remains: 0',
    },
  },
} as const satisfies Readonly<Record<string, CsvFile>>

/** What `export --format log` writes next to `policies.yaml`, the rules that `meter` takes with `--policies`. */
export const logFiles = {
  'events.csv': {
    by: 'export --format log',
    text: 'What happened to each server that is metered, server after server, as `meter` reads it.',
    columns: {
      at: 'instant with the UTC offset of the run',
      account: 'the buyer',
      resource: 'number of the server',
      do: '`start`, `stop`, `image`, `suspend`, `resume`, `down` or `delete`',
      product:
        'the pay-per-use image of a `start` or `image`, with its specification where these differ in price; empty for all others',
      flavour:
        'of a `start`: the flavour, as `ZONE/FLAVOUR` where pools differ in price; empty for servers that are not pay-per-use',
    },
  },
  'prices.csv': {
    by: 'export --format log',
    text: 'The hourly prices of the run, as `meter` reads them.',
    columns: {
      kind: '`ecs`, `image`, or a cloud resource',
      name: 'the product of an image, the flavour of all else; of interruptible servers `ZONE/FLAVOUR interruptible` (E-11)',
      hourly: 'price of an hour, discounts taken off',
      from: 'since when; empty for always',
      currency: 'of the run',
    },
  },
  'bills.csv': {
    by: 'export --format log',
    text: 'What the run billed for use: `meter` comes to the same, but for what is in `left-out.csv`.',
    columns: {
      account: 'the buyer',
      month: 'civil month, such as 2024-03',
      lines: 'hours that were charged',
      charges: `their sum before tax, ${amount}`,
      tax: `on use (M-07), ${amount}`,
      payable: 'both in minor units of the currency (M-08), as if the bill had nothing else',
    },
  },
  'left-out.csv': {
    by: 'export --format log',
    text: 'What the run billed and a log cannot say, or says otherwise. Not written where there is nothing.',
    columns: {
      what: '`order`: bought and not used; `use`: hours or tax on them that differ',
      account: 'the buyer',
      month: 'civil month of the bill',
      kind: 'kind of the product, `ecs`, a cloud resource, or `tax`',
      product: 'the flavour or the product',
      rule: 'the rule behind it: `U-09` and `I-04` of records that came late, `M-07` of tax, else that of the charge',
      count: 'lines of orders, hours, or bills',
      run: `on the bill of the run, ${amount}`,
      log: `what \`meter\` makes of the log, ${amount}`,
    },
  },
} as const satisfies Readonly<Record<string, CsvFile>>

/** What `meter` and `reconcile` write, with the header that they write. */
export const ratedFiles: Readonly<Record<string, CsvFile & { readonly head: string }>> = {
  'hours.csv': {
    by: 'meter',
    head: hoursHead,
    text: 'A row for each charged hour of a server or an image.',
    columns: {
      account: 'as the log writes it',
      resource: 'as the log writes it',
      hour: 'the clock hour',
      kind: '`ecs`, `image`, or what a server has: `disk`, `elastic-ip`, `bandwidth`, `traffic` (E-09)',
      product: 'the image, the flavour of all else, or a disk of its own size such as `40 GB ssd`',
      seconds: 'seconds used, where use is charged by the second',
      hours: '1 where a started hour is charged in full',
      unit_price: 'price of an hour',
      amount,
      rule: 'the rule behind it',
    },
  },
  'bills.csv': {
    by: 'meter',
    head: billsHead,
    text: 'A row for each account and month.',
    columns: { ...bookFiles['bills.csv'].columns, account: 'as the log writes it' },
  },
  'problems.csv': {
    by: 'meter',
    head: problemsHead,
    text: 'Rows of the log that were not rated as they are. That of `reprice` begins with a column `side`: `old` or `new`.',
    columns: {
      line: 'line of the log',
      kind: 'kind of the problem',
      problem: 'what is wrong, in words',
    },
  },
  'differences.csv': {
    by: 'reconcile',
    head: differencesHead,
    text: 'Every difference between two systems.',
    columns: {
      verdict: 'what kind of difference it is: another amount, or a line that only one side has',
      account: 'the buyer',
      month: 'civil month, of bills',
      resource: 'the server, of charges by the hour',
      hour: 'the clock hour, of charges by the hour',
      product: 'the flavour, image or product',
      figure: 'what was compared: `amount`, `payable`, …',
      ours: `what marketsim computes, ${amount}; empty where it has none`,
      theirs: `what the other system bills, ${amount}; empty where it has none`,
      difference: 'theirs less ours',
      likely: 'the most likely cause',
      rule: 'the rule that is most likely not followed',
      why: 'the cause in words',
      line: 'line of the invoices file',
    },
  },
}

const used = 'as `--map` finds it in the log'

/** What `import` writes, with the header that it writes. */
export const importFiles: typeof ratedFiles = {
  'trace.csv': {
    by: 'import',
    head: traceHead,
    text: 'An order a line, for `load.trace` of a scenario.',
    columns: {
      at: 'when it is placed, in milliseconds since the epoch',
      lifetime: 'in milliseconds; 999999999999999 for a use without an end',
      quantity: 'servers',
      buyer: `the account, ${used}`,
      flavour: 'the flavour, as the scenario names it',
      zone: 'the zone, as the scenario names it',
      product: 'the image, as the scenario names it',
      resource: `the server, ${used}`,
    },
  },
  'events.csv': {
    by: 'import --as events',
    head: eventsHead,
    text: 'Starts and deletions of servers, as `meter` reads them.',
    columns: {
      at: 'instant with its UTC offset',
      account: used,
      resource: `the server, ${used}`,
      do: '`start` or `delete`',
      product: 'the image; of a start',
      flavour: 'of a start',
    },
  },
  'skipped.csv': {
    by: 'import',
    head: skippedHead,
    text: 'Rows of the log that were not taken.',
    columns: { line: 'line of the log', reason: 'why it was not taken', found: 'what was found' },
  },
}

/** The columns of `reconciliation.csv` of a run. */
export const reconciliationColumns: Readonly<Record<string, string>> = {
  month: 'civil month',
  kind: 'kind of the product, or `refund`',
  model: 'price model',
  rule: 'the rule behind the amounts',
  quantity: 'metered seconds, orders or refunds',
  unit: 'unit of the quantity',
  rated: `what the use and the orders come to, ${amount}`,
  charged: 'what was charged',
  posted: 'what the ledger has',
  audited: 'what the auditor computes',
  difference: 'audited less rated: 0 where every amount is right',
}
