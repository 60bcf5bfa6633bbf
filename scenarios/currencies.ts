/**
 * M-08: currencies and their minor units, as ISO 4217 (list one, amendment 176) has them. What a person pays has the
 * currency's decimals: 0 of JPY, 2 of USD, 3 of KWD. Codes whose minor unit is "N.A." there (metals, funds, XTS) are not
 * in the table: like any other unknown code they need their decimals written out.
 */

/** A currency of a run or of a price list. */
export interface Currency {
  readonly code: string
  /** Decimals of what a person pays. */
  readonly decimals: number
}

const codesByDecimals: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW ' +
    'CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ' +
    'ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR ' +
    'MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP ' +
    'STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

const decimalsByCode: ReadonlyMap<string, number> = new Map(
  Object.entries(codesByDecimals).flatMap(([decimals, codes]) =>
    codes.split(' ').map((code) => [code, Number(decimals)] as const),
  ),
)

/** Every code whose minor units are known. */
export const currencyCodes: readonly string[] = [...decimalsByCode.keys()].sort()

/** The minor units of an ISO 4217 code; undefined of a code that is not in the table. */
export const decimalsOf = (code: string): number | undefined => decimalsByCode.get(code)

/** No amount has more decimals than money itself (M-01). */
export const MOST_DECIMALS = 8
/** Of a currency that is not in the table, too: the books of other programs read letters only. */
export const codePattern = /^[A-Z]{3,8}$/

/** Why a currency is refused, and how to fix it. */
export interface CurrencyFault {
  readonly what: string
  readonly fix: string
}

/** The currency of a code, and of its decimals where they are given; or what is wrong with them. */
export function currencyOf(code: string, decimals?: number): Currency | CurrencyFault {
  const known = decimalsOf(code)
  const upper = code.toUpperCase()
  if (known === undefined && decimalsOf(upper) !== undefined)
    return { what: `${JSON.stringify(code)} is not an ISO 4217 code`, fix: `write ${upper}` }
  if (!codePattern.test(code))
    return {
      what: `${JSON.stringify(code.slice(0, 40))} is not a currency code`,
      fix: 'write an ISO 4217 code such as USD',
    }
  if (known === undefined && decimals === undefined)
    return {
      what: `${code} has no minor units in ISO 4217`,
      fix: `write another code, or give its decimals: { code: ${code}, decimals: 2 }`,
    }
  if (known !== undefined && decimals !== undefined && decimals !== known)
    return { what: `${code} has ${known} decimals, not ${decimals} (ISO 4217)`, fix: `write ${code}` }
  return { code, decimals: known ?? (decimals as number) }
}

/** A currency as options and CSV files write it: `USD`, or `XTS:2` with its decimals. */
export function currencyFrom(text: string): Currency | CurrencyFault {
  const [code, decimals, ...more] = text.split(':')
  if (decimals === undefined) {
    const found = currencyOf(code)
    return 'code' in found ? found : { ...found, fix: found.fix.replace(/\{ code: (\w+), decimals: 2 \}/, '$1:2') }
  }
  if (more.length > 0 || !/^\d$/.test(decimals) || Number(decimals) > MOST_DECIMALS)
    return {
      what: `${JSON.stringify(text.slice(0, 40))} is not a currency`,
      fix: 'write USD, or XTS:2 with 0 to 8 decimals',
    }
  return currencyOf(code, Number(decimals))
}

/** The default of scenarios, price lists and requests. */
export const USD: Currency = { code: 'USD', decimals: 2 }
