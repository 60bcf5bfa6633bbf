/** Checks of the catalog: kinds and billing modes, plans, bands, quantities (C-01..C-05, P-04, P-05). */

import type { Path } from '../document.ts'
import { kindOf } from '../product-kinds.ts'
import type { Price, Product, Specification } from '../sections/catalog.ts'
import { type Draft, type Report, refer, unique } from './draft.ts'
import { checkOrderAmount } from './order-amounts.ts'

export function checkCatalog(draft: Draft, report: Report): void {
  unique(
    report,
    ['catalog'],
    'id',
    draft.catalog.map((product) => product?.id),
  )
  draft.catalog.forEach((product, index) => {
    if (!product) return
    const path: Path = ['catalog', index]
    checkSeller(product.seller, draft, [...path, 'seller'], report)
    checkSupervision(product, path, report)
    unique(
      report,
      [...path, 'specifications'],
      'id',
      product.specifications.map((specification) => specification.id),
    )
    product.specifications.forEach((specification, s) => {
      checkSpecification(product, specification, [...path, 'specifications', s], report)
    })
  })
}

/** C-02: a seller, as segment/number, exists. */
export function checkSeller({ segment, number }: Product['seller'], draft: Draft, path: Path, report: Report): void {
  const named: Report = (at, words, part) => {
    const instead = words.instead === undefined ? undefined : `${words.instead}/${number}`
    report(at, { ...words, instead, ...(instead === undefined ? {} : { hint: `write ${instead}` }) }, part)
  }
  if (!refer(named, path, 'seller segment', segment, draft.names.sellers)) return
  const sellers = draft.sellers.find((seller) => seller?.segment === segment)
  if (sellers && number > sellers.count)
    report(path, {
      what: `seller number ${number} of ${sellers.count}`,
      expected: `a number from 1 to ${sellers.count}, the count of ${segment} (C-02)`,
      hint: `write ${segment}/${sellers.count}, or raise the count of the segment`,
      instead: `${segment}/${sellers.count}`,
    })
}

/** S-01: licenses and services always are, saas as flagged, the others never. */
function checkSupervision(product: Product, path: Path, report: Report): void {
  const { supervised } = kindOf(product)
  const takesOne = supervised === 'flagged'
  if (product.requestTemplate && !(takesOne && product.supervised === true))
    report([...path, 'requestTemplate'], {
      what: `requestTemplate on a product that is not a supervised saas`,
      expected: 'a template for the requests of a supervised saas only (S-02)',
      hint: takesOne ? 'remove it, or add supervised: true' : 'remove it',
      remove: true,
    })
  const always = supervised === 'always'
  if (product.supervised === null || supervised === 'flagged' || product.supervised === always) return
  report([...path, 'supervised'], {
    what: `supervised: ${product.supervised} on kind ${product.kind}`,
    expected: always ? 'no flag: licenses and services are always supervised (S-01)' : 'the flag on saas only (S-01)',
    hint: 'remove it',
    remove: true,
  })
}

function checkSpecification(product: Product, specification: Specification, path: Path, report: Report): void {
  const modes = kindOf(product).billing
  if (!modes.includes(specification.billing))
    report([...path, 'billing'], {
      what: `billing ${specification.billing} on kind ${product.kind}`,
      expected: `one of: ${modes.join(', ')} (C-03)`,
      hint: `write ${modes[0]}, or change the kind`,
      instead: modes[0],
    })
  if ('trial' in specification && specification.trial && kindOf(product).needsServer)
    report([...path, 'trial'], {
      what: 'a free trial of an image',
      expected: 'trials of products without a server; the server under an image is never free (E-06, O-12)',
      hint: 'remove trial',
      remove: true,
    })
  if ('plans' in specification) checkPlans(specification.plans, specification.billing, [...path, 'plans'], report)
  if ('price' in specification) checkBands(specification.price, [...path, 'price'], report)
  const quantity = 'quantity' in specification ? specification.quantity : null
  const most = quantity?.max ?? 1
  if ('plans' in specification)
    specification.plans.forEach((plan, index) => {
      checkOrderAmount(plan.price, most, [...path, 'plans', index, 'price'], report)
    })
  if ('price' in specification) checkOrderAmount(specification.price, most, [...path, 'price'], report)
  if (quantity && quantity.min > quantity.max)
    report([...path, 'quantity', 'max'], {
      what: `max ${quantity.max} below min ${quantity.min}`,
      expected: `max to be at least ${quantity.min} (C-04)`,
      hint: `write ${quantity.min} or more`,
      instead: String(quantity.min),
    })
}

/** P-05, and each duration once. */
export function checkPlans(
  plans: readonly { months: number; price: Price }[],
  billing: Specification['billing'],
  path: Path,
  report: Report,
): void {
  unique(
    report,
    path,
    'months',
    plans.map((plan) => plan.months),
  )
  plans.forEach((plan, index) => {
    checkBands(plan.price, [...path, index, 'price'], report)
    if (billing === 'yearly' && plan.months < 12)
      report([...path, index, 'months'], {
        what: `a plan of ${plan.months} months under billing yearly`,
        expected: '12, 24 or 36 months (P-05)',
        hint: 'write 12, or billing: monthly',
        instead: '12',
      })
  })
}

/** P-04: limits rise, and the last band, and only it, is open. */
export function checkBands(price: Price, path: Path, report: Report): void {
  if (price.model === 'linear') return
  const { bands } = price
  let limit = 0
  bands.forEach((band, index) => {
    const at: Path = [...path, 'bands', index, 'upTo']
    const last = index === bands.length - 1
    if (band.upTo === null && !last)
      report(at, {
        what: 'an open band before the last one',
        expected: 'only the last band open (P-04)',
        hint: `write ${limit + 1} or another limit, or remove the bands after it`,
        instead: String(limit + 1),
      })
    if (band.upTo !== null && last)
      report(at, {
        what: `a last band that ends at ${band.upTo}`,
        expected: 'the last band open (P-04)',
        hint: 'write null, or add an open band',
        instead: 'null',
      })
    if (band.upTo !== null && band.upTo <= limit)
      report(at, {
        what: `a band up to ${band.upTo} after one up to ${limit}`,
        expected: `a limit above ${limit}: bands rise without gap or overlap (P-04)`,
        hint: `write ${limit + 1} or more, or sort the bands by upTo`,
        instead: String(limit + 1),
      })
    limit = band.upTo ?? limit
  })
}
