/** Which word of a list was meant: by its letters, by a word inside it, or by what other products call it. */
import { didYouMean } from '#base/did-you-mean.ts'

/** What people write, and the words of scenarios that mean it; the first that is among the choices counts. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  payg: ['pay-per-use'],
  'pay-as-you-go': ['pay-per-use'],
  ppu: ['pay-per-use'],
  'on-demand': ['pay-per-use'],
  ondemand: ['pay-per-use'],
  metered: ['pay-per-use'],
  usage: ['pay-per-use'],
  hourly: ['pay-per-use'],
  hour: ['pay-per-use'],
  subscription: ['monthly', 'yearly-monthly'],
  month: ['monthly', 'yearly-monthly'],
  year: ['yearly'],
  annual: ['yearly'],
  annually: ['yearly'],
  yearly: ['yearly-monthly'],
  monthly: ['yearly-monthly'],
  reserved: ['yearly-monthly'],
  prepaid: ['monthly', 'yearly-monthly'],
  once: ['one-off'],
  'one-time': ['one-off'],
  onetime: ['one-off'],
  single: ['one-off'],
  fixed: ['one-off', 'constant'],
  purchase: ['one-off'],
  software: ['saas'],
  app: ['saas'],
  application: ['saas'],
  api: ['saas'],
  vm: ['image'],
  ami: ['image'],
  server: ['image'],
  'virtual-machine': ['image'],
  licence: ['license'],
  support: ['professional-service'],
  services: ['professional-service'],
  device: ['hardware'],
  advice: ['consulting'],
  data: ['content'],
  dataset: ['content'],
  flat: ['linear'],
  'per-unit': ['linear'],
  unit: ['linear'],
  graduated: ['tiered'],
  progressive: ['tiered'],
  tiers: ['tiered'],
  stairstep: ['volume'],
  bands: ['volume'],
  gaussian: ['normal'],
  gauss: ['normal'],
  fixedvalue: ['constant'],
  exp: ['exponential'],
  expo: ['exponential'],
  poisson: ['exponential'],
  'log-normal': ['lognormal'],
  warning: ['warn'],
  error: ['fail'],
  auto: ['quick'],
  custom: ['customised'],
  customized: ['customised'],
  manual: ['customised'],
  cash: ['balance'],
  wallet: ['balance'],
  'credit-card': ['card'],
  available: ['normal'],
  active: ['normal'],
  soldout: ['sold-out'],
  hours: ['h'],
  hr: ['h'],
  minute: ['min'],
  minutes: ['min'],
  seconds: ['s'],
  sec: ['s'],
}

const words = (text: string) =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')

/** Whether one word is the beginning of the other, from three letters on: `monday` and `mon`. */
const begins = (a: string, b: string) => Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a))

/** The choice that was meant; undefined where none is likely. */
export function choiceMeant(value: string, choices: readonly string[]): string | undefined {
  const written = value
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
  const exact = choices.find((choice) => choice.toLowerCase() === written)
  if (exact !== undefined) return exact
  const meant = synonyms[Object.hasOwn(synonyms, written) ? written : ''] ?? []
  const known = meant.find((choice) => choices.includes(choice))
  if (known !== undefined) return known
  const containing = choices.filter((choice) => words(choice).some((word) => words(written).includes(word)))
  if (containing.length === 1) return containing[0]
  const near = didYouMean(written, choices) ?? didYouMean(value, choices)
  if (near !== undefined) return near
  const beginning = choices.filter((choice) => begins(choice.toLowerCase(), written))
  return beginning.length === 1 ? beginning[0] : undefined
}

/** The yes or no that was meant. */
export function flagMeant(value: unknown): boolean | undefined {
  const text = String(value).trim().toLowerCase()
  if (['yes', 'y', 'on', '1', 'true', 't', 'enabled', 'always', 'ja', 'oui', 'x'].includes(text)) return true
  if (['no', 'n', 'off', '0', 'false', 'f', 'disabled', 'never', 'none', 'nein', 'non'].includes(text)) return false
  return undefined
}
