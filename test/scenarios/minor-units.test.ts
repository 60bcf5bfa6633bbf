/** M-08: every amount of money in a scenario is in minor units of its currency; one clear error for each that is not. */
import { expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { table } from '../sim/billing/table.ts'
import { marketplace } from './marketplace.ts'

function faultsOf(currency: string, wallet: string, reseller: string): string[] {
  const text = marketplace
    .replace('currency: USD', `currency: ${currency}`)
    .replace(/wallet: \{.*\}/, `wallet: { ${wallet} }\n    reseller: { ${reseller} }`)
  try {
    parseScenario(text, 'money.yaml')
    return []
  } catch (error) {
    if (error instanceof ScenarioErrors)
      return error.faults.map(({ path, what, expected, hint }) => `${path}: ${what}; ${expected}; ${hint}`)
    throw error
  }
}

test.each(
  table(`
    currency                     given       decimals          hint
    JPY                          9000.5      a whole amount    write 9000 or 9001
    KRW                          0.1         a whole amount    write 0 or 1
    USD                          0.999       at most 2         write 0.99 or 1.00
    KWD                          1.2345      at most 3         write 1.234 or 1.235
    CLF                          1.23456     at most 4         write 1.2345 or 1.2346
    { code: XTS, decimals: 1 }   99.99       at most 1         write 99.9 or 100.0
  `),
)('$given $currency of any amount of money in hand: $hint', ({ currency, given, decimals, hint }) => {
  const wallet = `opening: "${given}", coupons: [{ amount: "${given}" }], credit: { limit: "${given}" },
      topUp: { below: "${given}", amount: "${given}" }`
  const faults = faultsOf(currency, wallet, `monthlyBudget: "${given}"`)
  expect(faults.map((fault) => fault.split(':')[0].split('.').slice(2).join('.'))).toEqual([
    'wallet.opening',
    'wallet.coupons.0.amount',
    'wallet.credit.limit',
    'wallet.topUp.below',
    'wallet.topUp.amount',
    'reseller.monthlyBudget',
  ])
  for (const fault of faults) {
    expect(fault).toContain(decimals)
    expect(fault).toContain(hint)
  }
})

test('M-08: whole minor units pass, zeros behind them too; prices may be finer', () => {
  expect(faultsOf('JPY', 'opening: "9000.000"', 'monthlyBudget: 5')).toEqual([])
  expect(faultsOf('KWD', 'opening: "0.125", topUp: { below: 0, amount: "0.001" }', '')).toEqual([])
})

test('M-01, M-08: one error for each amount, also next to one that is no amount at all', () => {
  const faults = faultsOf('JPY', 'opening: "0.5", topUp: { below: "1.123456789", amount: "1.5" }', 'monthlyBudget: "x"')
  expect(faults.map((fault) => fault.split(';')[0])).toEqual([
    'buyers.start-ups.wallet.opening: an opening balance of 0.5 JPY',
    'buyers.start-ups.wallet.topUp.below: found "1.123456789"',
    'buyers.start-ups.wallet.topUp.amount: a top-up of 1.5 JPY',
    'buyers.start-ups.reseller.monthlyBudget: found "x"',
  ])
})
