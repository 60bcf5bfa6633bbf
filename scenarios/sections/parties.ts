/** `parties`: names, addresses and tax numbers for invoices and credit notes. Nothing that happens in a run depends on it. */
import { z } from '../zod.ts'
import { maybe } from './names.ts'

/** ISO 3166-1 alpha-2, as the code list of EN 16931 has them. */
const countries =
  '1A AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG ' +
  'CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL ' +
  'GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA ' +
  'LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP ' +
  'NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV ' +
  'SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI XK YE YT ZA ZM ZW'
const known: ReadonlySet<string> = new Set(countries.split(' '))
/** Greece begins its VAT numbers with EL. */
const prefixes: ReadonlySet<string> = new Set([...known, 'EL'])

const line = z
  .string({ error: 'expected text of one line' })
  .regex(/^[^\p{Cc}]{1,200}$/u, { error: 'expected text of one line' })
const countryWords = 'expected an ISO 3166 country code such as DE'
const vatWords =
  'expected a VAT number that begins with its country, such as DE123456789; write another number as taxNumber'

const country = z
  .string({ error: countryWords })
  .regex(/^[A-Z]{2}$/, { error: countryWords })
  .refine((code) => known.has(code), { error: countryWords })
const vat = z
  .string({ error: vatWords })
  .regex(/^[A-Z]{2}[A-Za-z0-9.+*-]{2,30}$/, { error: vatWords })
  .refine((text) => prefixes.has(text.slice(0, 2)), { error: vatWords })

const address = {
  street: maybe(line).describe('Street and number.'),
  city: maybe(line).describe('City.'),
  postcode: maybe(line).describe('Postal code.'),
  country: country.describe('ISO 3166 code of the country.'),
  vat: maybe(vat).describe('VAT number, which begins with the code of its country.'),
  taxNumber: maybe(line).describe('A tax number of another form.'),
  registration: maybe(line).describe('Number in a register of companies.'),
  email: maybe(line).describe('Address of electronic mail.'),
}

const seller = z
  .strictObject({ name: line.describe('Who issues the documents.'), ...address })
  .refine(({ vat: number, taxNumber }) => number !== null || taxNumber !== null, {
    error: 'expected vat or taxNumber: an invoice names the tax number of its seller',
  })

const buyer = z.strictObject({
  name: maybe(line).describe('The name on its documents; otherwise that of the account.'),
  ...address,
})

const buyerKey = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(\/[1-9]\d{0,8})?$/, {
  error: 'expected a segment, or a buyer of it such as start-ups/12',
})

const resellerKey = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: 'expected a segment' })

export const parties = z
  .strictObject({
    marketplace: seller.describe('The seller on invoices.'),
    buyers: z
      .record(buyerKey, buyer)
      .default({})
      .describe('Buyers by segment; `start-ups/12` is one buyer, and comes before its segment.'),
    resellers: z
      .record(resellerKey, seller)
      .optional()
      .describe(
        'Resellers by the segment of their customers (O-06): the buyer on invoices of the marketplace, and the seller on those to the customers.',
      ),
  })
  .describe('Names, addresses and tax numbers for invoices and credit notes; nothing else depends on them.')

export type Parties = z.output<typeof parties>
export type Address = Omit<z.output<typeof buyer>, 'name'>
