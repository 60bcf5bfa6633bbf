/** Checks of buyer segments: who they are and whether what they buy can be bought at all. */

import type { Path } from '../document.ts'
import { kindOf } from '../product-kinds.ts'
import type { Buy, BuyerSegment } from '../sections/buyers.ts'
import type { Specification } from '../sections/catalog.ts'
import { type Draft, type Report, refer, unique } from './draft.ts'
import { checkWeights } from './market.ts'
import { checkMonths, checkQuantity } from './quantities.ts'
import { checkPoolPlans, checkServer } from './servers.ts'

export function checkBuyers(draft: Draft, report: Report): void {
  unique(
    report,
    ['buyers'],
    'segment',
    draft.buyers.map((segment) => segment?.segment),
  )
  draft.buyers.forEach((segment, index) => {
    if (!segment) return
    const path: Path = ['buyers', index]
    checkWeights(segment.regions, [...path, 'regions'], 'region', draft.names.regions, report)
    checkCount(segment, path, report)
    checkTopUp(segment, [...path, 'wallet', 'topUp'], report)
    if (segment.buys.every((buy) => buy.weight === 0))
      report([...path, 'buys'], {
        what: 'weights that are all 0',
        expected: 'at least one weight above 0',
        hint: 'raise a weight',
      })
    segment.buys.forEach((buy, b) => {
      checkBuy(segment, buy, draft, [...path, 'buys', b], report)
    })
  })
  for (const name of Object.keys(draft.parties?.buyers ?? {}))
    refer(report, ['parties', 'buyers', name], 'segment', name.split('/')[0], draft.names.buyers, 'key')
  for (const name of Object.keys(draft.parties?.resellers ?? {}))
    refer(report, ['parties', 'resellers', name], 'segment', name, draft.names.buyers, 'key')
}

function checkCount(segment: BuyerSegment, path: Path, report: Report): void {
  const trace = segment.load.kind === 'trace'
  if (segment.count === null && !trace)
    report([...path, 'count'], {
      what: 'no count',
      expected: 'count: how many buyers the segment has',
      hint: 'add count: 100, or how many there are',
    })
  if (segment.count !== null && trace)
    report([...path, 'count'], {
      what: `a count of ${segment.count} next to a trace`,
      expected: 'no count: the trace names its buyers',
      hint: 'remove count',
      remove: true,
    })
}

function checkTopUp(segment: BuyerSegment, path: Path, report: Report): void {
  const { topUp } = segment.wallet
  if (topUp && !/[1-9]/.test(topUp.amount))
    report([...path, 'amount'], {
      what: `a top-up of ${topUp.amount}`,
      expected: 'an amount above 0',
      hint: 'write "50", or what is paid in each time',
      instead: '"50"',
    })
}

function checkBuy(segment: BuyerSegment, buy: Buy, draft: Draft, path: Path, report: Report): void {
  const { names } = draft
  if (!refer(report, [...path, 'product'], 'product', buy.product, [...names.products.keys()])) return
  const ids = names.products.get(buy.product) ?? []
  const known = refer(report, [...path, 'specification'], `specification of ${buy.product}`, buy.specification, ids)
  const product = draft.catalog.find((candidate) => candidate?.id === buy.product)
  if (!known || !product) return
  const specification = product.specifications.find((candidate) => candidate.id === buy.specification)
  if (!kindOf(product).traded)
    report([...path, 'product'], {
      what: `${buy.product}, which is ${product.kind}`,
      expected: `a product that can be bought; ${product.kind} is only listed (C-01)`,
      hint: 'buy another product',
    })
  if (!specification) return
  checkServer(segment, buy, kindOf(product).needsServer, draft, path, report)
  checkPoolPlans(segment, buy, specification, draft, path, report)
  checkTerm(segment, buy, specification, path, report)
  checkQuantity(buy, specification, kindOf(product).needsServer, path, report)
  if (buy.trial && !('trial' in specification && specification.trial))
    report([...path, 'trial'], {
      what: 'a trial of a specification without one',
      expected: 'a specification with trial: true (O-12)',
      hint: 'remove trial here, or add trial: true to the specification',
      remove: true,
    })
}

/** How long what is bought lives: a lifetime when pay-per-use, months when bought for a term. */
function checkTerm(segment: BuyerSegment, buy: Buy, specification: Specification, path: Path, report: Report): void {
  const metered = specification.billing === 'pay-per-use'
  const traced = segment.load.kind === 'trace' && segment.load.columns.lifetime !== null
  if (metered && buy.lifetime === null && !traced)
    report([...path, 'lifetime'], {
      what: 'no lifetime',
      expected: 'lifetime: how long a pay-per-use purchase is kept',
      hint: 'add lifetime: { exponential: { mean: 8h } }',
    })
  if (buy.lifetime !== null && (!metered || traced))
    report([...path, 'lifetime'], {
      what: metered
        ? 'a lifetime in addition to the lifetimes of the trace'
        : `a lifetime under ${specification.billing}`,
      expected: metered ? 'one of the two' : 'a lifetime with pay-per-use only; a term has months',
      hint: 'remove lifetime',
      remove: true,
    })
  if ('plans' in specification) checkMonths(buy, specification.plans, path, report)
  else if (buy.months !== null)
    report([...path, 'months'], {
      what: `months under billing ${specification.billing}`,
      expected: 'months with yearly and monthly billing only',
      hint: 'remove months',
      remove: true,
    })
  if ((buy.server === 'yearly-monthly') !== (buy.serverMonths !== null))
    report([...path, buy.serverMonths === null ? 'server' : 'serverMonths'], {
      what: buy.serverMonths === null ? 'a yearly/monthly server without its months' : 'months of a metered server',
      expected: 'server: yearly-monthly and serverMonths together (E-06)',
      hint: buy.serverMonths === null ? 'add serverMonths: 1' : 'remove serverMonths, or write server: yearly-monthly',
    })
}
