/** Which row of the invoices is a charge of ours. */
import { type InvoiceLines, ORDER_HOUR } from './invoices.ts'
import type { RatedLine } from './rated-line.ts'

/** Where a line of ours is in the invoices. */
export interface Found {
  /** The row, or -1. */
  readonly row: number
  readonly resource: number
  readonly product: number
}

/** What of a line says where it is. */
type Placed = Pick<RatedLine, 'resource' | 'kind' | 'product' | 'isOrder' | 'hour'>

/** Finds the rows of our lines; names are looked up once for all lines of a resource that come together. */
export function rowFinder(lines: InvoiceLines): (line: Placed) => Found {
  const encoder = new TextEncoder()
  const known = (names: InvoiceLines['resources'], text: string): number => {
    const bytes = encoder.encode(text)
    return names.find(bytes, 0, bytes.length)
  }
  const products = new Map<string, number>()
  const productOf = ({ kind, product }: Placed): number => {
    const name = lines.hasKinds ? `${kind} ${product}` : product
    let number = products.get(name)
    if (number === undefined) {
      number = known(lines.products, name)
      products.set(name, number)
    }
    return number
  }
  let lastName = ''
  let resource = -1
  let isFirst = true
  return (line) => {
    if (isFirst || line.resource !== lastName) {
      isFirst = false
      lastName = line.resource
      resource = known(lines.resources, lastName)
    }
    const product = productOf(line)
    const hour = line.isOrder ? ORDER_HOUR : line.hour
    return { row: resource < 0 || product < 0 ? -1 : lines.table.find(resource, product, hour), resource, product }
  }
}
