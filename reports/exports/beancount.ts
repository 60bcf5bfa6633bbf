/** A Beancount file: exact to the last decimal (no tolerance at all), every balance asserted on the day after the last. */
import { civilDay, dateText } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { type AccountClass, classOf, type LedgerAccount } from '../ledger/chart-of-accounts.ts'
import type { RunMeta } from '../record.ts'
import { type JournalFormat, plainText } from './journal.ts'
import { movementCode } from './movements.ts'

const roots: Readonly<Record<AccountClass, string>> = {
  assets: 'Assets',
  liabilities: 'Liabilities',
  income: 'Income',
  expenses: 'Expenses',
  equity: 'Equity',
}

/** `Liabilities:Buyer-Cash:17`: Beancount wants each part to begin with a capital or a digit. */
const accountName = ({ ledger, owner }: Pick<LedgerAccount, 'ledger' | 'owner'>): string => {
  const part = ledger.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
  return `${roots[classOf(ledger)]}:${part}${owner === 0n ? '' : `:${owner}`}`
}

export function beancountFormat({ name, seed, digest, currency, utcOffset, start }: RunMeta): JournalFormat {
  const amount = (units: bigint): string => decimalText(units, 8, 8)
  return {
    ending: 'beancount',
    head: (accounts) =>
      [
        `; marketsim, the books of ${plainText(name)}, seed ${plainText(seed)}, digest ${digest}`,
        `option "title" "${plainText(name)}"`,
        `option "operating_currency" "${currency}"`,
        'option "inferred_tolerance_multiplier" "0"',
        ...accounts.flatMap((account) => [
          `${civilDay(start, utcOffset)} open ${accountName(account)} ${currency}`,
          ...(account.name === '' ? [] : [`  name: "${plainText(account.name)}"`]),
        ]),
        '\n',
      ].join('\n'),
    transaction: (movement) => {
      const lines = [
        `${dateText(movement.day)} * "${plainText(movement.name)}" "${movement.kind}"`,
        `  transaction: "${movementCode(movement)}"`,
        `  rule: "${movement.rule}"`,
        `  made: "${formatInstant(movement.at, utcOffset)}"`,
        ...(movement.order === 0n ? [] : [`  order: "${movement.order}"`]),
        ...(movement.hour === 0 ? [] : [`  hour: "${formatInstant(movement.hour, utcOffset)}"`]),
        ...movement.legs.map((leg) => `  ${accountName(leg)}  ${amount(leg.amount)} ${currency}`),
      ]
      return `${lines.join('\n')}\n\n`
    },
    include: (file) => `include "${file}"\n`,
    // A balance holds at the beginning of its day.
    closing: (accounts, lastDay) => {
      const day = dateText(lastDay + 1)
      return accounts
        .map((account) => `${day} balance ${accountName(account)}  ${amount(account.balance)} ~ 0 ${currency}\n`)
        .join('')
    },
  }
}
