/** Rules of EN 16931 that concern arithmetic and what must be there, computed from the XML alone with decimal.js. */
import { Decimal } from 'decimal.js'
import { at, textAt, type XmlNode } from './xml-tree.ts'

const sum = (nodes: readonly XmlNode[]): Decimal => nodes.reduce((total, { text }) => total.plus(text), new Decimal(0))
const cents = (value: Decimal): Decimal => value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP)

/** Rules that a document breaks. */
export function brokenRules(root: XmlNode): string[] {
  const broken = new Set<string>()
  const rule = (id: string, holds: boolean): void => {
    if (!holds) broken.add(id)
  }
  const total = (name: string): Decimal => new Decimal(textAt(root, `LegalMonetaryTotal/${name}`) ?? 0)
  const isInvoice = root.name === 'Invoice'
  const lines = at(root, isInvoice ? 'InvoiceLine' : 'CreditNoteLine')
  const subtotals = at(root, 'TaxTotal/TaxSubtotal')
  const taxAmount = new Decimal(textAt(root, 'TaxTotal/TaxAmount') ?? 'NaN')
  rule('BR-01', textAt(root, 'CustomizationID') === 'urn:cen.eu:en16931:2017')
  rule('BR-02', (textAt(root, 'ID') ?? '') !== '')
  rule('BR-03', /^\d{4}-\d\d-\d\d$/.test(textAt(root, 'IssueDate') ?? ''))
  rule('BR-04', textAt(root, isInvoice ? 'InvoiceTypeCode' : 'CreditNoteTypeCode') === (isInvoice ? '380' : '381'))
  rule('BR-05', /^[A-Z]{3}$/.test(textAt(root, 'DocumentCurrencyCode') ?? ''))
  for (const [side, name, country] of [
    ['AccountingSupplierParty', 'BR-06', 'BR-09'],
    ['AccountingCustomerParty', 'BR-07', 'BR-11'],
  ]) {
    rule(name, (textAt(root, `${side}/Party/PartyLegalEntity/RegistrationName`) ?? '') !== '')
    rule(country, /^[A-Z]{2}$/.test(textAt(root, `${side}/Party/PostalAddress/Country/IdentificationCode`) ?? ''))
    for (const scheme of at(root, `${side}/Party/PartyTaxScheme`))
      if (textAt(scheme, 'TaxScheme/ID') === 'VAT')
        rule('BR-CO-09', /^[A-Z]{2}/.test(textAt(scheme, 'CompanyID') ?? ''))
  }
  rule('BR-16', lines.length > 0)
  for (const line of lines) {
    rule('BR-25', (textAt(line, 'Item/Name') ?? '') !== '')
    rule('BR-27', new Decimal(textAt(line, 'Price/PriceAmount') ?? -1).gte(0))
    rule('BR-CO-04', textAt(line, 'Item/ClassifiedTaxCategory/ID') !== undefined)
    const quantity = textAt(line, isInvoice ? 'InvoicedQuantity' : 'CreditedQuantity') ?? 'NaN'
    rule(
      'PEPPOL-EN16931-R120',
      new Decimal(textAt(line, 'Price/PriceAmount') ?? 'NaN')
        .times(quantity)
        .eq(textAt(line, 'LineExtensionAmount') ?? 'NaN'),
    )
  }
  rule(
    'BR-CO-10',
    sum(
      at({ ...root, children: lines }, lines[0]?.name.replace('cac:', '') ?? '').flatMap((line) =>
        at(line, 'LineExtensionAmount'),
      ),
    ).eq(total('LineExtensionAmount')),
  )
  rule('BR-CO-13', total('TaxExclusiveAmount').eq(total('LineExtensionAmount')))
  rule('BR-CO-14', sum(subtotals.flatMap((each) => at(each, 'TaxAmount'))).eq(taxAmount))
  rule('BR-CO-15', total('TaxInclusiveAmount').eq(total('TaxExclusiveAmount').plus(taxAmount)))
  rule('BR-CO-16', total('PayableAmount').eq(total('TaxInclusiveAmount').plus(total('PayableRoundingAmount'))))
  rule('BR-CO-18', subtotals.length > 0)
  rule('BR-CO-25', total('PayableAmount').lte(0) || textAt(root, 'PaymentTerms/Note') !== undefined)
  const seller = at(root, 'AccountingSupplierParty/Party')[0]
  rule(
    'BR-CO-26',
    at(seller, 'PartyTaxScheme').some((each) => textAt(each, 'TaxScheme/ID') === 'VAT') ||
      textAt(seller, 'PartyLegalEntity/CompanyID') !== undefined ||
      textAt(seller, 'PartyIdentification/ID') !== undefined,
  )
  for (const each of subtotals) {
    const [taxable, tax, percent, category] = [
      'TaxableAmount',
      'TaxAmount',
      'TaxCategory/Percent',
      'TaxCategory/ID',
    ].map((path) => textAt(each, path) ?? '')
    rule('BR-CO-17', cents(new Decimal(taxable).times(percent).div(100)).eq(tax))
    const own = lines.filter((line) => textAt(line, 'Item/ClassifiedTaxCategory/Percent') === percent)
    rule(
      category === 'S' ? 'BR-S-08' : 'BR-Z-08',
      sum(own.flatMap((line) => at(line, 'LineExtensionAmount'))).eq(taxable),
    )
    rule(
      category === 'S' ? 'BR-S-05' : 'BR-Z-05',
      category === 'S' ? new Decimal(percent).gt(0) : new Decimal(percent).eq(0),
    )
    rule(`BR-${category}-02`, textAt(seller, 'PartyTaxScheme/CompanyID') !== undefined)
  }
  for (const node of allOf(root))
    if (node.attributes.currencyID !== undefined) {
      rule('BR-DEC', /^-?\d+(\.\d{1,2})?$/.test(node.text))
      rule('BR-CURRENCY', node.attributes.currencyID === textAt(root, 'DocumentCurrencyCode'))
    }
  return [...broken]
}

const allOf = (node: XmlNode): XmlNode[] => [node, ...node.children.flatMap(allOf)]
