/** Wallets that are probably a mistake. */
import type { BuyerSegment } from '../sections/buyers.ts'
import type { Warn } from '../warnings.ts'
import type { Draft, Report } from './draft.ts'

const isZero = (amount: string): boolean => !/[1-9]/.test(amount)

/** Whether nothing in the wallet can ever pay a charge (O-05, O-06). */
function isEmpty({ wallet, reseller }: BuyerSegment): boolean {
  const { opening, topUp, credit, coupons, card } = wallet
  const isReplaced = reseller !== null && reseller.probability > 0
  return (
    isZero(opening) &&
    (topUp === null || isZero(topUp.amount)) &&
    card === null &&
    (credit === null || isZero(credit.limit)) &&
    coupons.length === 0 &&
    !isReplaced
  )
}

/** Whether nothing here costs anything: servers and images at 0 an hour. */
function isFree({ regions, catalog }: Draft): boolean {
  const pools = regions.flatMap((region) => region?.zones.flatMap((zone) => zone.pools) ?? [])
  const specifications = catalog.flatMap((product) => product?.specifications ?? [])
  return (
    pools.every(({ hourly, plans }) => isZero(hourly) && plans.length === 0) &&
    specifications.every((each) => 'hourly' in each && isZero(each.hourly))
  )
}

/** O-13: a method that a buyer may select has to be there. */
export function checkMethods({ buyers }: Draft, report: Report): void {
  buyers.forEach((segment, index) => {
    if (segment === undefined) return
    const { wallet } = segment
    for (const method of ['card', 'credit'] as const)
      if (wallet.methods[method] > 0 && wallet[method] === null)
        report(['buyers', index, 'wallet', 'methods', method], {
          what: `buyers select ${method}, but their wallet has no ${method} (O-13)`,
          expected: `wallet.${method}, or a weight of 0`,
          hint:
            method === 'card'
              ? 'write card: { declines: 0.02 } in the wallet'
              : 'write credit: { limit: "100" } in the wallet',
        })
  })
}

/** A trace says when people come, not what they own: without a wallet orders fall into arrears (A-01, O-10). */
export function warnOfWallets(draft: Draft, warn: Warn): void {
  if (draft.money === 'ignore' || isFree(draft)) return
  draft.buyers.forEach((segment, index) => {
    if (segment === undefined || !isEmpty(segment)) return
    const whose = segment.load.kind === 'trace' ? 'the buyers of this trace' : `the buyers of ${segment.segment}`
    warn(['buyers', index, 'wallet'], {
      code: 'wallet-cannot-pay',
      what: `${whose} have no money: their orders are refused once they are in arrears (A-01, O-10)`,
      hint: 'add a wallet such as { opening: "1000000" }, or write money: ignore if you ask about capacity only',
    })
  })
}
