/**
 * What headers, titles and remarks of a bill file say of its amounts: that they are in thousands or in cents, or in a currency. Amounts are
 * in whole units of the currency of the prices; nothing is converted, so a file that says something else is refused.
 */
import { InputError } from '#base/input-error.ts'
import { currencyCodes } from '#scenarios/currencies.ts'
import { mayMean } from '#scenarios/logs/amount-text.ts'

const [START, END] = [String.raw`(?:^|[^\p{L}\d])`, String.raw`(?:$|[^\p{L}\d])`]
const LARGE = [
  'thousands?|tausend|tsd|t[ck]?€|milliers|miles|migliaia|duizend(?:en)?|tys|teur|tusd|tchf|tgbp|[km](?:€|eur|usd|gbp|chf)|[km]\\$|[$€£][km]',
  'millions?|millionen|milioni|millones|mio|mn|mln|milliards?|billions?|bn|lakhs?|lacs?|crores?',
].join('|')
const SMALL = 'cents?|cts?|pence|minor[ _]units?|paise|rappen|centimes|centimos|céntimos|centavos|öre|øre|groszy'
const ZEROS = String.raw`['’]?0{3}['’]?s?|1[.,'’ ]?0{3}(?:[.,'’ ]0{3})?|10\^[36]`

/** A unit next to a name: `k USD`, `TEUR`, `in thousands`, `$000`, `ct`. */
const SCALED_UNIT = new RegExp(`${START}(?:k|m|in cr|(?:rs\\.?|inr|₹) ?cr|${LARGE}|${SMALL}|${ZEROS})${END}`, 'iu')
/** `KUSD`, `M€`, `USDk`. */
const SCALED_CODE = /^[kKtTmM]([A-Z]{3}|\p{Sc})$|^([A-Z]{3}|\p{Sc})[kKmM]$/u
/** In a name only what is never the name of something else. */
const SCALED_NAME = new RegExp(
  `${START}(?:thousands?|tausend|tsd|milliers|migliaia|millions?|millionen|mio|lakhs?|crores?|cents?|pence|minor[ _]units?|paise|teur|tusd|tchf|[km](?:€|eur|usd|gbp|chf))${END}`,
  'iu',
)
const SCALED_TEXT = new RegExp(
  `${START}(?:in|en|em)\\s+(?:[a-z]{3}\\s+|\\p{Sc}\\s*)?(?:${LARGE}|${SMALL})${END}|${START}(?:teur|tusd|tchf|t€|[km](?:€|eur|usd|gbp|chf)|[$€£][km])${END}|(?:\\p{Sc}|${START}[A-Z]{3}) ?['’]?000['’]?s?(?:$|[^\\p{L}\\d.,])`,
  'iu',
)

/** Codes that are words or names of columns as well (`ALL`, `TOP`, `NET`) are left aside. */
const CODES = 'EUR USD GBP CHF JPY CNY INR CAD AUD NZD SEK NOK DKK PLN CZK HUF BRL MXN KRW SGD HKD ZAR'
const NAMED_CODE = new RegExp(`${START}(${CODES.replaceAll(' ', '|')})(?=${END})|(\\p{Sc})`, 'giu')
const OF_AMOUNTS =
  /(?:^|[^\p{L}])(?:amounts?|figures|values|prices?|beträge|montants?|importes?|importi|valores|currency|currencies|währung|devise|moneda|valuta|moeda)(?:$|[^\p{L}])/iu

function isScaledUnit(unit: string): boolean {
  const [, after, before] = SCALED_CODE.exec(unit) ?? []
  const code = after ?? before
  if (code !== undefined && (code.length === 1 || currencyCodes.includes(code))) return true
  return SCALED_UNIT.test(unit)
}

/** The currencies that a text names, as they are written. */
const currenciesIn = (text: string): string[] =>
  [...text.matchAll(NAMED_CODE)].map(([, code, symbol]) => code?.toUpperCase() ?? symbol)

const isOther = (text: string, currency: string): boolean => {
  const named = currenciesIn(text)
  return named.length > 0 && !named.some((each) => mayMean(each, currency))
}

/** A column of amounts by its name and unit, such as `Amount (EUR)`. Throws InputError where it is in another currency, or scaled. */
export function refuseColumn(name: string, unit: string, currency: string | undefined): void {
  if (isScaledUnit(unit) || SCALED_NAME.test(name))
    throw new InputError(`the column ${name} is not in whole units of a currency`, 'write out its amounts')
  if (currency === undefined) return
  const isCurrency = /^[A-Z]{3}$|^\p{Sc}$|^[A-Z]{1,2}\$$/u.test(unit)
  if (isCurrency ? mayMean(unit, currency) : !isOther(name, currency)) return
  throw new InputError(`the column ${name} is in another currency than ${currency}`, 'convert it')
}

/** A title or a remark: `All amounts in EUR thousands`. Throws InputError. */
export function refuseText(text: string, line: number, currency: string | undefined): void {
  const where = `line ${line}`
  const said = text.trim().slice(0, 60)
  if (SCALED_TEXT.test(text))
    throw new InputError(
      `"${said}" says that amounts are not in whole units of a currency`,
      'write out the amounts, and remove the line',
      where,
    )
  if (currency !== undefined && OF_AMOUNTS.test(text) && isOther(text, currency))
    throw new InputError(
      `"${said}" says that amounts are in another currency than ${currency}`,
      'convert them, and remove the line',
      where,
    )
}
