/** A journal that hledger and Ledger both read and check: nothing elided, dates sorted, balances asserted at the end. */
import { dateText } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { classOf, type LedgerAccount } from '../ledger/chart-of-accounts.ts'
import type { RunMeta } from '../record.ts'
import { type JournalFormat, plainText } from './journal.ts'
import { type Movement, movementCode } from './movements.ts'

/** `liabilities:buyer-cash:17` */
const accountName = ({ ledger, owner }: Pick<LedgerAccount, 'ledger' | 'owner'>): string =>
  `${classOf(ledger)}:${ledger}${owner === 0n ? '' : `:${owner}`}`

/** What a movement is about. No word is followed by a colon: Ledger would take it for a tag. */
function description({ kind, name, order, hour, rule }: Movement, utcOffset: number): string {
  const words = [
    kind,
    ...(name === '' ? [] : [`of ${plainText(name)}`]),
    ...(order === 0n ? [] : [`for order ${order}`]),
    ...(hour === 0 ? [] : [`in the hour from ${formatInstant(hour, utcOffset)}`]),
    `(${rule})`,
  ]
  return words.join(' ')
}

export function hledgerFormat({ name, seed, digest, currency, utcOffset }: RunMeta): JournalFormat {
  const amount = (units: bigint): string => `${decimalText(units, 8, 8)} ${currency}`
  return {
    ending: 'journal',
    head: (accounts) =>
      [
        `; marketsim, the books of ${plainText(name)}, seed ${plainText(seed)}, digest ${digest}`,
        // Two lines, because only so both programs keep 8 decimals.
        `commodity ${currency}`,
        `    format 1000.00000000 ${currency}`,
        ...accounts.flatMap((account) => [
          `account ${accountName(account)}`,
          ...(account.name === '' ? [] : [`    note ${plainText(account.name)}`]),
        ]),
        '\n',
      ].join('\n'),
    transaction: (movement) => {
      const postings = movement.legs.map((leg) => `    ${accountName(leg)}  ${amount(leg.amount)}\n`)
      const first = `${dateText(movement.day)} * (${movementCode(movement)}) ${description(movement, utcOffset)}`
      return `${first}\n${postings.join('')}\n`
    },
    include: (file) => `include ${file}\n`,
    // A posting of nothing that says what the account must hold by now.
    closing: (accounts, lastDay) =>
      accounts
        .map((account) => `    ${accountName(account)}  ${amount(0n)} = ${amount(account.balance)}\n\n`)
        .map((posting) => `${dateText(lastDay)} * closing balance\n${posting}`)
        .join(''),
  }
}
