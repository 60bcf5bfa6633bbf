/**
 * A document in UBL 2.1, as EN 16931 maps it: `Invoice` (type 380) or `CreditNote` (381). Amounts have at most two decimals (BR-DEC),
 * each line is one of its price, and what the run rounded (M-08) is the rounding amount (BT-114).
 */
import { civilDay, dateText } from '#base/civil-text.ts'
import { dayOf, monthOf, startOfMonth } from '#base/civil-time.ts'
import { payableText } from '#base/money.ts'
import type { RunMeta } from '../record.ts'
import type { Reference } from './covering.ts'
import { type BusinessDocument, type DocumentLine, percentOf, type TaxRate } from './document.ts'
import { settledText } from './html.ts'
import type { Party } from './parties.ts'

/** EN 16931 amounts have no more decimals (BR-DEC-09 to BR-DEC-28). */
export const MOST_UBL_DECIMALS = 2

type Attributes = Readonly<Record<string, string>>
type Node = string | readonly [name: string, content: string | readonly Node[], attributes?: Attributes | undefined]

/** Characters that XML 1.0 cannot hold become a question mark. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(unprintable, '?')
    .replace(/[&<>"]/g, (character) => entities[character])

function xml(node: Node, indent = ''): string {
  if (typeof node === 'string') return ''
  const [name, content, attributes = {}] = node
  const open = `${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(value)}"`)
    .join('')}`
  if (typeof content === 'string') return `${indent}<${open}>${escaped(content)}</${name}>\n`
  const inner = content.map((each) => xml(each, `${indent}  `)).join('')
  return inner === '' ? '' : `${indent}<${open}>\n${inner}${indent}</${name}>\n`
}

/** A leaf; nothing where it has no text. */
const leaf = (name: string, text: string | null | undefined, attributes?: Attributes): Node =>
  text === null || text === undefined || text === '' ? '' : [`cbc:${name}`, text, attributes]
const group = (name: string, ...content: readonly Node[]): Node => [`cac:${name}`, content]

const vatScheme = group('TaxScheme', leaf('ID', 'VAT'))

/** BG-23: standard rate, or zero rated. */
const category = (name: 'TaxCategory' | 'ClassifiedTaxCategory', percent: string): Node =>
  group(name, leaf('ID', percentOf(percent) > 0n ? 'S' : 'Z'), leaf('Percent', percent), vatScheme)

const partyNode = (party: Party): Node =>
  group(
    'Party',
    // BR-CO-26: without a VAT number or a registration, the tax number identifies the party.
    ...(party.vat === null && party.registration === null
      ? [group('PartyIdentification', leaf('ID', party.taxNumber))]
      : []),
    group('PartyName', leaf('Name', party.name)),
    group(
      'PostalAddress',
      leaf('StreetName', party.street),
      leaf('CityName', party.city),
      leaf('PostalZone', party.postcode),
      group('Country', leaf('IdentificationCode', party.country)),
    ),
    ...(party.vat === null ? [] : [group('PartyTaxScheme', leaf('CompanyID', party.vat), vatScheme)]),
    ...(party.taxNumber === null
      ? []
      : [group('PartyTaxScheme', leaf('CompanyID', party.taxNumber), group('TaxScheme', leaf('ID', 'TAX')))]),
    group('PartyLegalEntity', leaf('RegistrationName', party.name), leaf('CompanyID', party.registration)),
    group('Contact', leaf('ElectronicMail', party.email)),
  )

interface Parties {
  readonly seller: Party
  readonly buyer: Party
}

/** The XML of a document. Only of currencies with at most two decimals. */
export function documentUbl(document: BusinessDocument, { seller, buyer }: Parties, meta: RunMeta): string {
  const { currency, decimals, utcOffset } = meta
  const isInvoice = document.kind === 'invoice'
  const root = isInvoice ? 'Invoice' : 'CreditNote'
  const amount = (name: string, value: bigint): Node =>
    leaf(name, payableText(value, decimals), { currencyID: currency })
  const { month, orders, reference, rounding, net, tax } = document
  const issued = civilDay(document.issued, utcOffset)
  const common = 'urn:oasis:names:specification:ubl:schema:xsd:'
  const notes = [...orders.map((order) => `order ${order}`), `account ${document.account}`]
  const content: Node[] = [
    leaf('CustomizationID', 'urn:cen.eu:en16931:2017'),
    leaf('ID', document.number),
    leaf('IssueDate', issued),
    ...(isInvoice ? [leaf('DueDate', issued), leaf('InvoiceTypeCode', '380')] : [leaf('CreditNoteTypeCode', '381')]),
    leaf('Note', notes.join(', ')),
    leaf('DocumentCurrencyCode', currency),
    leaf('BuyerReference', document.account),
    ...(month === undefined ? [] : [period(month, utcOffset)]),
    ...(orders.length === 1 ? [group('OrderReference', leaf('ID', String(orders[0])))] : []),
    // What a new invoice replaces is void, and no document of EN 16931: only a credit note has a preceding one (BG-3).
    ...(reference === undefined || isInvoice ? [] : [group('BillingReference', preceding(reference, utcOffset))]),
    group('AccountingSupplierParty', partyNode(seller)),
    group('AccountingCustomerParty', partyNode(buyer)),
    group('PaymentTerms', leaf('Note', settledText(document, meta))),
    group('TaxTotal', amount('TaxAmount', tax), ...document.rates.map((rate) => subtotal(rate, amount))),
    group(
      'LegalMonetaryTotal',
      amount('LineExtensionAmount', net),
      amount('TaxExclusiveAmount', net),
      amount('TaxInclusiveAmount', net + tax),
      ...(rounding === 0n ? [] : [amount('PayableRoundingAmount', rounding)]),
      amount('PayableAmount', document.payable),
    ),
    ...document.lines.map((line, index) => lineNode(line, index, isInvoice, amount)),
  ]
  const attributes = {
    xmlns: `${common}${root}-2`,
    'xmlns:cac': `${common}CommonAggregateComponents-2`,
    'xmlns:cbc': `${common}CommonBasicComponents-2`,
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml([root, content, attributes])}`
}

/** BG-3: the invoice that a credit note corrects, and its day. */
const preceding = ({ number, issued }: Reference, utcOffset: number): Node =>
  group('InvoiceDocumentReference', leaf('ID', number), leaf('IssueDate', civilDay(issued, utcOffset)))

type AmountNode = (name: string, value: bigint) => Node

const subtotal = ({ taxable, tax, percent }: TaxRate, amount: AmountNode): Node =>
  group('TaxSubtotal', amount('TaxableAmount', taxable), amount('TaxAmount', tax), category('TaxCategory', percent))

/** One of the price; of what is taken off, minus one. */
function lineNode(
  { text, note, amount: value, percent }: DocumentLine,
  index: number,
  isInvoice: boolean,
  amount: AmountNode,
): Node {
  const sign = value < 0n ? '-1' : '1'
  return group(
    isInvoice ? 'InvoiceLine' : 'CreditNoteLine',
    leaf('ID', String(index + 1)),
    leaf(isInvoice ? 'InvoicedQuantity' : 'CreditedQuantity', sign, { unitCode: 'C62' }),
    amount('LineExtensionAmount', value),
    group('Item', leaf('Description', note), leaf('Name', text), category('ClassifiedTaxCategory', percent)),
    group('Price', amount('PriceAmount', value < 0n ? -value : value)),
  )
}

/** The civil month, first to last day. */
function period(month: number, utcOffset: number): Node {
  const next = startOfMonth(monthOf(month, utcOffset) + 1, utcOffset)
  return group(
    'InvoicePeriod',
    leaf('StartDate', civilDay(month, utcOffset)),
    leaf('EndDate', dateText(dayOf(next, utcOffset) - 1)),
  )
}
