/** Amounts as people and spreadsheets write them: `1.234,50 €`, `($12.50)`, `4.5E-01`, `12.50-`, `12.50 CR`. */

export type DecimalSign = 'point' | 'comma'

/** An amount without its sign, currency and brackets. */
export interface AmountText {
  readonly negative: boolean
  /** As it is written: a code, a symbol, or empty. */
  readonly currency: string
  /** Digits with decimal sign and separators of thousands. */
  readonly digits: string
  readonly exponent: number
}

const SPACES = /[\s\u00a0\u2007\u2009\u202f]/g
/** Also the triangles of Japanese accounts. */
const MINUS = /[-\u2212\u2010-\u2013\u25b2\u25b3]/

/** Digits and signs as wide as Chinese characters, as the plain ones that they are. */
export const halfWidth = (text: string): string =>
  text.replace(/[\uff01-\uff5e]/g, (each) => String.fromCharCode(each.charCodeAt(0) - 0xfee0))
const CURRENCY = String.raw`[A-Z]{2}\$|[A-Z]\$|\p{Sc}|[A-Z]{3,8}|zł|kr\.?|Kč|Ft|S?Fr\.?|Rs\.?|円|元`
const CODE = /^[A-Z]{3}$/
const before = new RegExp(`^(${CURRENCY})`, 'u')
const after = new RegExp(`(${CURRENCY})$`, 'u')
/** Zero in the accounting format of spreadsheets. */
const DASH = /^[-\u2212\u2012\u2013\u2014]+$/

/** Nothing is charged; `NULL` and an empty field may be an amount that is missing. */
const NONE = /^(n\/a|n\.a\.?|nil)$/i
/** Of a bill: what is owed, and what is credited. In small letters, `5 Cr` may be crores: 50 million. */
const SIDE = /^(.*(?:[\d).]|\d ?(?:[A-Z]{3}|\p{Sc}))) ?([Dd][Rr]|CR)\.?$/u

/** The parts of an amount; undefined where the text is none. */
export function amountText(text: string): AmountText | undefined {
  let rest = halfWidth(text).replace(SPACES, ' ').trim()
  let negative = false
  let currency = ''
  let signs = 0
  const side = SIDE.exec(rest)
  if (side !== null) {
    rest = side[1].trim()
    negative = side[2] === 'CR'
    signs++
  }
  // Whole amounts: `12,-`, `12.--` in Switzerland, `12/-` in India. The dashes are in the place of decimals.
  const whole = (written: string): string =>
    written.replace(/(\d[.,])[-\u2012-\u2014]{1,2}$/, '$1').replace(/(\d) ?\/[-=]$/, '$1')
  // Sign, currency and brackets come in any order: $-5, -$5, ($5), $(5), 5- $.
  for (let isChanged = true; isChanged && rest !== ''; ) {
    isChanged = false
    rest = whole(rest)
    const bracketed = /^\((.*)\)$/.exec(rest)
    const [symbol] = before.exec(rest) ?? after.exec(rest) ?? []
    if (bracketed !== null) {
      rest = bracketed[1].trim()
      negative = true
      signs++
      isChanged = true
    } else if (symbol !== undefined && (currency === '' || isSameCurrency(currency, symbol))) {
      rest = (rest.startsWith(symbol) ? rest.slice(symbol.length) : rest.slice(0, -symbol.length)).trim()
      if (currency === '' || CODE.test(symbol)) currency = symbol
      isChanged = true
    } else if (!DASH.test(rest) && (MINUS.test(rest[0]) || MINUS.test(rest[rest.length - 1]) || rest[0] === '+')) {
      negative ||= rest[0] !== '+'
      rest = (/^[\d.,(]/.test(rest) ? rest.slice(0, -1) : rest.slice(1)).trim()
      signs++
      isChanged = true
    }
  }
  if (signs > 1) return undefined
  if (signs === 0 && (DASH.test(rest) || NONE.test(rest)))
    return { negative: false, currency, digits: '0', exponent: 0 }
  const match = /^([\d.,'’ʼ ]*\d[.,]?)(?:[eE]([+-]?\d{1,3}))?$/.exec(rest)
  if (match === null) return undefined
  return { negative, currency, digits: match[1], exponent: Number(match[2] ?? 0) }
}

/** Groups of three, or as in India of two before the last three. */
const grouped = (separator: string): RegExp =>
  new RegExp(`^[1-9]\\d{0,2}(${separator}\\d{3})+$|^[1-9]\\d?(${separator}\\d\\d)+${separator}\\d{3}$`)
const groups: Readonly<Record<string, RegExp>> = {
  '.': grouped('\\.'),
  ',': grouped(','),
  ' ': grouped(' '),
  "'": grouped("'"),
}
const signs: Readonly<Record<DecimalSign, string>> = { point: '.', comma: ',' }

/** An amount as a whole number and how many of its digits are decimals (below 0: zeros that follow). */
export interface Decimal {
  readonly digits: bigint
  readonly decimals: number
}

/** What an amount is where the decimal sign is a point, or a comma; undefined where it cannot be. */
export function decimalOf(text: AmountText, sign: DecimalSign): Decimal | undefined {
  const written = text.digits.replace(/[’ʼ]/g, "'")
  const at = written.lastIndexOf(signs[sign])
  const whole = at < 0 ? written : written.slice(0, at)
  const fraction = at < 0 ? '' : written.slice(at + 1)
  if (!/^\d*$/.test(fraction) || whole.includes(signs[sign])) return undefined
  const [separator] = /[^\d]/.exec(whole) ?? []
  if (separator !== undefined && (!groups[separator]?.test(whole) || text.exponent !== 0)) return undefined
  const digits = whole.replace(/\D/g, '') + fraction
  if (digits === '' || digits.length > 64) return undefined
  const size = BigInt(digits)
  return { digits: text.negative ? -size : size, decimals: fraction.length - text.exponent }
}

/** Whole 10^-scale of a decimal, what is beyond cut off or rounded half up; the sign is left aside, as in M-02. */
export function atScale({ digits, decimals }: Decimal, scale: number, rounding: 'truncate' | 'half-up'): bigint {
  if (decimals <= scale) return digits * 10n ** BigInt(scale - decimals)
  const step = 10n ** BigInt(decimals - scale)
  const size = digits < 0n ? -digits : digits
  const rounded = (rounding === 'truncate' ? size : size + step / 2n) / step
  return digits < 0n ? -rounded : rounded
}

const symbols: Readonly<Record<string, readonly string[]>> = {
  $: ['USD', 'AUD', 'CAD', 'NZD', 'SGD', 'HKD', 'TWD', 'MXN', 'CLP', 'COP', 'ARS', 'BRL'],
  US$: ['USD'],
  A$: ['AUD'],
  C$: ['CAD'],
  S$: ['SGD'],
  HK$: ['HKD'],
  NZ$: ['NZD'],
  R$: ['BRL'],
  '€': ['EUR'],
  '£': ['GBP', 'EGP', 'LBP'],
  '¥': ['JPY', 'CNY'],
  '￥': ['JPY', 'CNY'],
  '₹': ['INR'],
  '₩': ['KRW', 'KPW'],
  '₽': ['RUB'],
  '₺': ['TRY'],
  '₴': ['UAH'],
  '₫': ['VND'],
  '₪': ['ILS'],
  '฿': ['THB'],
  '₱': ['PHP'],
  '₦': ['NGN'],
  zł: ['PLN'],
  kr: ['SEK', 'NOK', 'DKK', 'ISK'],
  Kč: ['CZK'],
  Ft: ['HUF'],
  Fr: ['CHF'],
  SFr: ['CHF'],
  円: ['JPY'],
  元: ['CNY', 'TWD'],
  Rs: ['INR', 'PKR', 'LKR', 'NPR', 'MUR'],
}

/** Whether a symbol and a code of one amount are of one currency: `$12.50 USD`. */
const isSameCurrency = (a: string, b: string): boolean =>
  CODE.test(a) !== CODE.test(b) && (CODE.test(a) ? mayMean(b, a) : mayMean(a, b))

/** Whether a code or symbol may mean a currency; a symbol that is not in the table may mean any. */
export function mayMean(written: string, code: string): boolean {
  const bare = written.replace(/\.$/, '')
  return bare === code || (symbols[bare]?.includes(code) ?? !/^[A-Z]{3,8}$/.test(bare))
}
