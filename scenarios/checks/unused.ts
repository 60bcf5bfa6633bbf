/** Warns of what no buyer buys: products, pools and sellers without a buyer. It costs nothing, and is seldom meant. */
import { kindOf } from '../product-kinds.ts'
import type { Warn } from '../warnings.ts'
import type { Draft } from './draft.ts'

export function warnOfUnused(draft: Draft, warn: Warn): void {
  const { buyers, catalog, regions, sellers } = draft
  // What could not be read may be what buys the rest.
  if ([...buyers, ...catalog, ...regions, ...sellers].some((item) => item === undefined)) return
  const buys = buyers.flatMap((segment) => segment?.buys.filter(({ weight }) => weight > 0) ?? [])
  const bought = new Set(buys.map(({ product }) => product))
  catalog.forEach((product, index) => {
    if (product === undefined || bought.has(product.id) || !kindOf(product).traded) return
    warn(['catalog', index, 'id'], {
      code: 'unused-product',
      what: `no buyer buys ${product.id}`,
      hint: `add { product: ${product.id}, specification: ${product.specifications[0].id} } to the buys of a segment, or remove the product`,
    })
  })
  const flavours = new Set(buys.flatMap(({ flavour }) => (flavour === null ? [] : [flavour])))
  const isTraced = buyers.some((segment) => segment?.load.kind === 'trace' && segment.load.columns.flavour !== null)
  regions.forEach((region, r) => {
    region?.zones.forEach((zone, z) => {
      zone.pools.forEach((pool, p) => {
        if (isTraced || flavours.has(pool.flavour)) return
        warn(['regions', r, 'zones', z, 'pools', p, 'flavour'], {
          code: 'unused-pool',
          what: `no buyer buys a server of ${pool.flavour}`,
          hint: `write flavour: ${pool.flavour} in a purchase of an image, or remove the pool`,
        })
      })
    })
  })
  const selling = new Set(catalog.map((product) => product?.seller.segment))
  sellers.forEach((seller, index) => {
    if (seller === undefined || selling.has(seller.segment)) return
    warn(['sellers', index, 'segment'], {
      code: 'unused-seller',
      what: `no product is sold by ${seller.segment}`,
      hint: `write seller: ${seller.segment}/1 in a product, or remove the segment`,
    })
  })
}
