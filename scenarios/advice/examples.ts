/** What to add for a key that is missing: an example that fits the names of the scenario. */
import { itemName, type Path, valueAt } from '../document.ts'
import { idMeant } from './texts.ts'

const examples: Readonly<Record<string, string>> = {
  after: '1d',
  amount: '"50"',
  appeal: '{ probability: 0 }',
  attribute: 'users',
  base: '10/h',
  below: '"10"',
  billing: 'monthly',
  bands: '[{ upTo: 10, unit: "10" }, { upTo: null, unit: "9" }]',
  buys: '[{ product: PRODUCT, specification: SPECIFICATION }]',
  capacity: '10',
  catalog:
    '[{ id: app, kind: saas, seller: SELLER, category: tools, specifications: [{ id: basic, billing: monthly, plans: [{ months: 1, price: 10 }] }] }]',
  category: 'tools',
  categories: '{ tools: 1 }',
  count: '100',
  duration: '30d',
  every: '30d',
  factor: '2',
  file: 'orders.csv',
  flavour: 'FLAVOUR',
  for: '1d',
  hourly: '"0.12"',
  kind: 'saas',
  lifetime: '{ exponential: { mean: 8h } }',
  limit: '"100"',
  load: '{ poisson: { perBuyer: 1/week } }',
  max: '10',
  mean: '1h',
  months: '1',
  name: 'my-scenario',
  over: '1d',
  peak: '100/h',
  perBuyer: '1/week',
  plans: '[{ months: 1, price: 10 }]',
  pools: '[{ flavour: c6.large, capacity: 10, hourly: "0.12" }]',
  price: '10',
  probability: '0.5',
  product: 'PRODUCT',
  region: 'REGION',
  regions: '[{ id: region-1, zones: [{ id: zone-1, pools: [{ flavour: c6.large, capacity: 10, hourly: "0.12" }] }] }]',
  segment: 'SEGMENT',
  seller: 'SELLER',
  sellers: '[{ segment: sellers }]',
  buyers:
    '[{ segment: buyers, count: 100, load: { poisson: { perBuyer: 1/week } }, buys: [{ product: PRODUCT, specification: SPECIFICATION }] }]',
  specification: 'SPECIFICATION',
  specifications: '[{ id: basic, billing: monthly, plans: [{ months: 1, price: 10 }] }]',
  start: '2024-01-01T00:00:00+08:00',
  steps: '[{ to: 10/h, over: 1d }]',
  test: '"== 0"',
  thinkTime: '1d',
  to: '10/h',
  total: '10/h',
  unit: '"1"',
  weight: '1',
  zone: 'ZONE',
  zones: '[{ id: ZONE-1, pools: [{ flavour: c6.large, capacity: 10, hourly: "0.12" }] }]',
}

const inMoney: ReadonlySet<string> = new Set(['min', 'max', 'mode'])

/** The first item of a list, or nothing. */
const first = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined)

/** An id that no item of the list has yet. */
function freeId(data: unknown, path: Path, key: string): string {
  const item = valueAt(data, path.slice(0, -1))
  const list = valueAt(data, path.slice(0, -2))
  const others = Array.isArray(list) ? list.flatMap((each) => [itemName(each) ?? '']) : []
  const own = idMeant(valueAt(item, ['name']) ?? '')?.toLowerCase()
  const stem =
    own ??
    {
      regions: 'region',
      zones: 'zone',
      pools: 'c6',
      catalog: 'product',
      specifications: 'specification',
      sellers: 'sellers',
      buyers: 'buyers',
      hosts: 'hosts',
    }[String(path.at(-3))] ??
    key
  if (own !== undefined && !others.includes(own)) return own
  let number = 1
  while (others.includes(`${stem}-${number}`)) number++
  return `${stem}-${number}`
}

/** The product that a buy at this path names, else the first of the catalog. */
function productNear(data: unknown, path: Path): unknown {
  const catalog = valueAt(data, ['catalog'])
  const named = valueAt(data, [...path.slice(0, -1), 'product'])
  const specification = valueAt(data, [...path.slice(0, -1), 'specification'])
  const sells = (product: unknown) => {
    const list = valueAt(product, ['specifications'])
    return Array.isArray(list) && list.some((each) => itemName(each) === specification)
  }
  const products: readonly unknown[] = Array.isArray(catalog) ? catalog : []
  const known = products.find((each) => itemName(each) === named) ?? products.find(sells)
  return known ?? first(catalog)
}

/** C-03: a kind that may be billed as the first specification of the product is. */
function kindFor(product: unknown): string {
  const billing = valueAt(first(valueAt(product, ['specifications'])), ['billing'])
  return { 'pay-per-use': 'image', 'one-off': 'professional-service' }[String(billing)] ?? 'saas'
}

/** What to write after `key:`, in one line; null where nothing is known to fit. */
export function exampleOf(data: unknown, path: Path): string | null {
  const key = String(path.at(-1))
  if (key === 'id' || (key === 'segment' && path.length === 3) || (key === 'flavour' && path.at(-3) === 'pools'))
    return freeId(data, path, key)
  if (path.includes('quantity') && inMoney.has(key)) return key === 'min' ? '1' : '10'
  if (key === 'min' || key === 'max' || key === 'mode' || key === 'sd')
    return { min: '1h', mode: '2h', max: '3h', sd: '1h' }[key]
  if (key === 'kind' && path[0] === 'catalog') return kindFor(valueAt(data, path.slice(0, -1)))
  const text = Object.hasOwn(examples, key) ? examples[key] : null
  if (text === null) return null
  const product = productNear(data, path)
  const region = first(valueAt(data, ['regions']))
  const zone = first(valueAt(region, ['zones']))
  const names: Readonly<Record<string, string>> = {
    SELLER: `${itemName(first(valueAt(data, ['sellers']))) ?? 'sellers'}/1`,
    PRODUCT: itemName(product) ?? 'app',
    SPECIFICATION: itemName(first(valueAt(product, ['specifications']))) ?? 'basic',
    REGION: itemName(region) ?? 'region-1',
    FLAVOUR: itemName(first(valueAt(zone, ['pools']))) ?? 'c6.large',
    SEGMENT: itemName(first(valueAt(data, ['buyers']))) ?? 'buyers',
    ZONE: key === 'zones' ? (itemName(valueAt(data, path.slice(0, -1))) ?? 'zone') : (itemName(zone) ?? 'zone-1'),
  }
  return text.replace(/\b[A-Z]{4,}\b/g, (name) => (Object.hasOwn(names, name) ? names[name] : name))
}
