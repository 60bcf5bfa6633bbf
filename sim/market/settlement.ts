/**
 * Settlement (U-08, A-01): a lag after an hour has closed, what it owes is drawn from each account's balance; what the
 * balance cannot pay is booked as due. Hours that settle alike share one transaction row (`repeats`).
 */
import { wordNumber } from '../record/words.ts'
import type { Market } from './market.ts'
import { HOUR, type HourOwed, type Meter } from './metering.ts'
import { fallDue } from './standing-steps.ts'

/** Draws one closed hour from all accounts. */
export function settleHour(market: Market, meter: Meter, owed: HourOwed): void {
  const { accounts } = market
  for (let account = 0; account < accounts.rows; account++) {
    const ecs = owed.ecs[account]
    const image = owed.image[account]
    if (ecs + image !== 0) settleAccount(market, meter, account, owed.hour, ecs, image)
  }
}

function settleAccount(market: Market, meter: Meter, account: number, hour: number, ecs: number, image: number): void {
  const { accounts, now } = market
  const total = ecs + image
  if (!Number.isSafeInteger(total))
    throw new Error(`M-01: account ${accounts.id[account]} owes more in one hour than 90 million units of currency`)
  const cash = Math.min(accounts.cash[account], total)
  const repeatsLast =
    accounts.spanHours[account] > 0 &&
    accounts.spanHour[account] + accounts.spanHours[account] * HOUR === hour &&
    accounts.spanAt[account] + accounts.spanHours[account] * HOUR === now &&
    accounts.spanEcs[account] === ecs &&
    accounts.spanImage[account] === image &&
    accounts.spanCash[account] === cash
  if (!repeatsLast) {
    bookSettlement(market, account)
    accounts.spanHour[account] = hour
    accounts.spanAt[account] = now
    accounts.spanEcs[account] = ecs
    accounts.spanImage[account] = image
    accounts.spanCash[account] = cash
  }
  accounts.spanHours[account]++
  accounts.cash[account] -= cash
  accounts.monthCharges[account] += total
  accounts.monthLines[account]++
  if (cash < total) {
    accounts.due[account] += total - cash
    fallDue(market, meter, account)
  }
  market.reactions.balanceFell(account, 0)
}

/** Books the run of hours that were settled alike, if one is open. */
export function bookSettlement(market: Market, account: number): void {
  const { accounts, ledger } = market
  const repeats = accounts.spanHours[account]
  if (repeats === 0) return
  accounts.spanHours[account] = 0
  const owner = accounts.id[account]
  const ecs = accounts.spanEcs[account]
  const image = accounts.spanImage[account]
  const cash = accounts.spanCash[account]
  ledger.begin({
    at: accounts.spanAt[account],
    kind: 'usage',
    account: owner,
    order: 0,
    hour: accounts.spanHour[account],
    repeats,
    rule: wordNumber('U-08'),
  })
  ledger.post('buyer-cash', owner, cash)
  ledger.post('buyer-receivable', owner, ecs + image - cash)
  ledger.post('cloud-resource-revenue', 0, -ecs)
  ledger.post('marketplace-revenue', 0, -image)
  ledger.close()
}
