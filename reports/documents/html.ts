/** A document as one HTML file that prints on one page of A4 or Letter. It has no script and asks nothing of a network. */
import { civilDay } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { payableText } from '#base/money.ts'
import { html, type Markup, trusted } from '../html/markup.ts'
import type { RunMeta, RunRecord } from '../record.ts'
import { type BusinessDocument, type DocumentLine, isInvoiced } from './document.ts'
import { type Party, partiesOf, sidesOf } from './parties.ts'

/** Lines that fit on one page; of more, the smallest are one line. */
const MOST_LINES = 15

const style = `
@page { size: auto; margin: 14mm }
* { box-sizing: border-box }
body { font: 10pt/1.35 system-ui, sans-serif; color: #16202c; background: #fff; max-width: 180mm; margin: 8mm auto; padding: 0 4mm }
h1 { font-size: 18pt; margin: 0 0 1mm }
header { display: flex; justify-content: space-between; gap: 8mm }
.parties { display: flex; gap: 12mm; margin: 7mm 0 }
.parties > div { flex: 1; overflow-wrap: anywhere }
h2 { font-size: 8pt; text-transform: uppercase; letter-spacing: .06em; color: #5b6877; margin: 0 0 1mm; font-weight: 600 }
dl { display: grid; grid-template-columns: auto auto; gap: 0 4mm; margin: 0; align-content: start }
dt { color: #5b6877 } dd { margin: 0; text-align: right }
table { width: 100%; border-collapse: collapse; margin-top: 3mm }
th, td { padding: 1mm 2mm; text-align: left; vertical-align: top; border-bottom: .2mm solid #d5dce4; overflow-wrap: anywhere }
th { font-size: 8pt; color: #5b6877 } .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.note { color: #5b6877; font-size: 8.5pt }
.totals { margin-left: auto; width: 80mm } .payable td { font-weight: 700; border-bottom: 0; border-top: .4mm solid #16202c }
.void { border: .5mm solid #b42318; color: #b42318; padding: 1.5mm 3mm; font-weight: 600 }
footer { margin-top: 6mm; color: #5b6877; font-size: 8pt; overflow-wrap: anywhere }
@media print { body { margin: 0; padding: 0; max-width: none } }
`

const titles = { invoice: 'Invoice', 'credit note': 'Credit note' } as const

function addressLines(party: Party): (string | null)[] {
  const { name, street, city, postcode, country, vat, taxNumber, registration, email } = party
  const place = [postcode, city].filter((part) => part !== null).join(' ')
  return [
    name,
    street,
    place === '' ? null : place,
    country,
    vat === null ? null : `VAT ${vat}`,
    taxNumber === null ? null : `Tax number ${taxNumber}`,
    registration === null ? null : `Registration ${registration}`,
    email,
  ]
}

const partyMarkup = (title: string, lines: readonly (string | null)[]): Markup =>
  html`<div><h2>${title}</h2>${lines.filter((line) => line !== null).map((line) => html`${line}<br>`)}</div>`

const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount)

/** Lines of one page: the largest of each rate by themselves, the rest together by their rate. */
export function pageLines(lines: readonly DocumentLine[]): readonly DocumentLine[] {
  if (lines.length <= MOST_LINES) return lines
  const percents = [...new Set(lines.map(({ percent }) => percent))]
  const kept = Math.max(0, MOST_LINES - percents.length)
  const order = lines
    .map((_, index) => index)
    .sort((a, b) => Number(size(lines[b].amount) - size(lines[a].amount)) || a - b)
  const own = new Set(order.slice(0, kept))
  const rest = percents.flatMap((percent): DocumentLine[] => {
    const others = lines.filter((line, index) => line.percent === percent && !own.has(index))
    if (others.length === 0) return []
    const sum = (value: (line: DocumentLine) => bigint) => others.reduce((total, line) => total + value(line), 0n)
    const text = `${others.length} further ${others.length === 1 ? 'item' : 'items'}`
    return [{ text, note: '', percent, net: sum(({ net }) => net), amount: sum(({ amount }) => amount) }]
  })
  return [...lines.filter((_, index) => own.has(index)), ...rest]
}

export function documentHtml(document: BusinessDocument, record: RunRecord): string {
  const { meta } = record
  const { currency, decimals } = meta
  const money = (amount: bigint): string => payableText(amount, decimals)
  const parties = partiesOf(record)
  const { seller = undefined, buyer = undefined } = parties === undefined ? {} : sidesOf(parties, document)
  const to = document.reseller === 'buyer' ? `the reseller of ${document.segment}` : document.account
  const title = `${titles[document.kind]} ${document.number}`
  const rates = document.rates.map(({ percent, taxable, tax }) => [
    html`<tr><td>Tax ${percent} % of ${money(taxable)}</td><td class="number">${money(tax)}</td></tr>`,
  ])
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header><div><h1>${title}</h1>${document.returned === '' ? '' : html`<p class="void">Not valid: ${document.returned}</p>`}${isInvoiced(document) || document.returned !== '' ? '' : html`<p class="note">The order is on no valid invoice: this corrects its monthly bill.</p>`}</div>
<dl>${factsOf(document, meta).map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl></header>
<section class="parties">
${partyMarkup('From', seller === undefined ? ['the marketplace'] : addressLines(seller))}
${partyMarkup('To', [...(buyer === undefined ? [to] : addressLines(buyer)), (buyer?.name ?? to) === document.account ? null : document.account])}
</section>
<table>
<thead><tr><th>Item</th><th class="number">Tax</th><th class="number">Amount, ${currency}</th></tr></thead>
<tbody>${pageLines(document.lines).map((line) => lineMarkup(line, money))}</tbody>
</table>
<table class="totals"><tbody>
<tr><td>Sum without tax</td><td class="number">${money(document.net)}</td></tr>
${rates}
${document.rounding === 0n ? '' : html`<tr><td>Rounding (M-08)</td><td class="number">${money(document.rounding)}</td></tr>`}
<tr class="payable"><td>${document.kind === 'invoice' ? 'Amount' : 'Refunded'}</td><td class="number">${money(document.payable)} ${currency}</td></tr>
</tbody></table>
<p class="note">${settledText(document, meta)}</p>
<footer>Run ${meta.name}, seed ${meta.seed}, digest ${meta.digest}. Made by marketsim: a simulated document without legal effect.</footer>
</body>
</html>
`
  return page.text
}

const lineMarkup = ({ text, note, percent, amount }: DocumentLine, money: (amount: bigint) => string): Markup =>
  html`<tr><td>${text}${note === '' ? '' : html` <span class="note">${note}</span>`}</td><td class="number">${percent} %</td><td class="number">${money(amount)}</td></tr>`

function factsOf(document: BusinessDocument, { utcOffset }: RunMeta): (readonly [term: string, text: string])[] {
  const { issued, month, orders, reference, bill, kind } = document
  const corrected = reference?.number ?? bill
  return [
    ['Issued', civilDay(issued, utcOffset)],
    ...(month === undefined ? [] : [['Month', formatInstant(month, utcOffset).slice(0, 7)] as const]),
    ...(orders.length === 1 ? [['Order', String(orders[0])] as const] : []),
    ...(corrected === '' ? [] : [[kind === 'invoice' ? 'Replaces' : 'Corrects', corrected] as const]),
  ]
}

/** How it is settled: nothing has to be transferred. */
export function settledText({ kind, exact, payable, reseller }: BusinessDocument, { decimals }: RunMeta): string {
  const coupon =
    exact === payable ? '' : ` ${payableText(exact, decimals)} exactly, of which a part is a coupon with more decimals.`
  if (reseller === 'buyer')
    return kind === 'invoice' ? 'Charged to the reseller.' : `Credited to the reseller.${coupon}`
  if (reseller === 'seller')
    return `For reference: the marketplace charges ${kind === 'invoice' ? '' : 'and refunds '}the reseller, not the account (O-06).`
  return kind === 'invoice'
    ? 'Drawn from the balance of the account; nothing has to be transferred.'
    : `Credited to the account.${coupon}`
}
