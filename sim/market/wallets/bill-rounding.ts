/**
 * M-08: a monthly bill is paid in minor units. Its charges were drawn with 8 decimals as they came; what the payable differs
 * from them by is drawn, or refunded, when the bill is made, so that the account has paid what the bill says.
 */
import type { Row } from '../../cell/table.ts'
import { isResold } from './reseller.ts'
import { bookSettlement, drawCharge, drawn, postSources } from './usage-run.ts'
import type { Wallets } from './wallets.ts'

interface Rest {
  readonly account: Row<'accounts'>
  /** An instant of the day that the bill is about (M-09). */
  readonly about: number
  /** Payable less charges and tax, whole 1e-8; negative where it is refunded. */
  readonly rest: bigint
  /** False of the provisional bill that is made as the run ends. */
  readonly final: boolean
}

/** Draws the rest from coupons, cash and credit as a charge, or gives it back in cash. */
export function settleRest(market: Wallets, { account, about, rest, final }: Rest): void {
  const { accounts, balances, ledger, now } = market
  if (rest === 0n) return
  // The hours before it are in the books first.
  bookSettlement(market, account)
  const isOwn = !isResold(market, account)
  const back = { coupon: 0n, cash: isOwn ? rest : 0n }
  const { coupon, cash } = rest > 0n ? drawn(market, account, rest) : back
  const movement = { at: now, about, account: accounts.id[account], order: 0, hour: 0, repeats: 1 }
  ledger.begin({ ...movement, kind: 'bill-rounding', rule: market.word('M-08') })
  postSources(market, account, { coupon, cash, rest: rest - coupon - cash })
  ledger.post('rounding-differences', 0, -rest)
  ledger.close()
  if (rest > 0n) drawCharge(market, account, rest)
  else if (isOwn) {
    balances.cash.add(account, -rest)
    if (final) market.wakeBalance(account)
  }
}
