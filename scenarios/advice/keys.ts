/** Which key was meant by one that its place does not have. */
import { didYouMean } from '#base/did-you-mean.ts'

/** What people write, and the keys that mean it; the first that the place has counts. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  amount: ['price', 'quantity', 'unit'],
  begin: ['start', 'from', 'at'],
  cost: ['price', 'hourly', 'unit'],
  date: ['at', 'start'],
  description: ['name', 'question'],
  finish: ['end'],
  instances: ['capacity', 'count'],
  label: ['name'],
  length: ['duration', 'for', 'over'],
  max: ['upTo'],
  members: ['count'],
  monthly: ['plans', 'price'],
  name: ['id', 'segment', 'flavour'],
  number: ['count', 'capacity'],
  price: ['hourly', 'unit', 'plans'],
  rate: ['perBuyer', 'total', 'hourly'],
  ratio: ['weight'],
  seller: ['segment'],
  servers: ['capacity', 'count'],
  share: ['weight'],
  size: ['flavour', 'capacity', 'count'],
  spec: ['specification', 'specifications'],
  specs: ['specifications'],
  balance: ['opening'],
  from: ['min'],
  to: ['max'],
  low: ['min'],
  lower: ['min'],
  minimum: ['min'],
  high: ['max'],
  upper: ['max'],
  maximum: ['max'],
  likely: ['mode'],
  gaussian: ['normal'],
  gauss: ['normal'],
  exp: ['exponential'],
  expo: ['exponential'],
  fixed: ['constant'],
  timezone: ['time.utcOffset'],
  start: ['from', 'min', 'at'],
  end: ['to', 'max'],
  std: ['sd'],
  stddev: ['sd'],
  stdev: ['sd'],
  sigma: ['sd'],
  mu: ['mean'],
  average: ['mean'],
  avg: ['mean'],
  lambda: ['mean'],
  tax: ['taxPercent', 'tax.percent'],
  term: ['months'],
  time: ['at'],
  title: ['name', 'question'],
  type: ['kind', 'flavour', 'billing', 'model'],
  until: ['end', 'upTo'],
  users: ['count', 'attribute'],
  vat: ['taxPercent', 'tax.percent'],
  vendor: ['seller'],
  vendors: ['sellers'],
  customers: ['buyers'],
  products: ['catalog', 'buys'],
  zone: ['zones'],
  zones: ['zone'],
}

export interface KnownKeys {
  readonly known: readonly string[]
  /** Those of the known keys that are not written. */
  readonly unwritten: readonly string[]
  /** Those that must be written and are not. */
  readonly missing: readonly string[]
  /** Whether the place has only one unknown key. */
  readonly isOnly: boolean
}

/** The last part of a policy, as people say it: `platformFee` for `settlement.platformFee`. */
const endings = (key: string, known: readonly string[]) =>
  known.filter((name) => name.toLowerCase().endsWith(`.${key.toLowerCase()}`))

/** The key that was meant; undefined where none is likely. */
export function keyMeant(key: string, { known, unwritten, missing, isOnly }: KnownKeys): string | undefined {
  const required = didYouMean(key, missing)
  if (required !== undefined) return required
  const ending = endings(key, unwritten)
  if (ending.length === 1) return ending[0]
  const meant = Object.hasOwn(synonyms, key.toLowerCase()) ? synonyms[key.toLowerCase()] : []
  const needed = meant.find((each) => missing.includes(each))
  if (needed !== undefined) return needed
  const near = didYouMean(key, unwritten) ?? didYouMean(key, known)
  if (near !== undefined) return near
  const synonym = meant.find((each) => unwritten.includes(each))
  if (synonym !== undefined) return synonym
  return isOnly && missing.length === 1 ? missing[0] : undefined
}
