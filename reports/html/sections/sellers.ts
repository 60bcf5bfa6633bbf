import { moneyText, shownMoney } from '#base/money.ts'
import { sellerTie } from '../../revenue/sellers.ts'
import { html } from '../markup.ts'
import { figureColumn, keysOf, type PageData, type Section } from '../section.ts'
import { reportSection, table } from '../table.ts'

const measures = [
  ['sales', 'sellers.sales'],
  ['refunds', 'sellers.refunds'],
  ['withholding', 'sellers.withholding'],
  ['platform fee', 'sellers.platformFee'],
  ['taxes', 'sellers.taxes'],
  ['rounding', 'sellers.rounding'],
  ['share', 'sellers.share'],
  ['paid', 'sellers.paid'],
  ['owed', 'sellers.balance'],
] as const

/** What sellers were billed and paid, and whether it ties to the ledger; no section while there is no bill. */
export function sellers(data: PageData): Section | undefined {
  const { record, tables, summary } = data
  if (tables.settlement.rows.length === 0) return undefined
  const { billed, paid, ledger } = sellerTie(record)
  const gap = billed - paid - ledger
  const verdict =
    gap === 0n
      ? html`<span class="good">✓ ties to the ledger</span>`
      : html`<span class="bad">✗ the ledger differs by ${moneyText(gap)}</span>`
  return {
    id: 'sellers',
    title: 'Sellers',
    charts: [],
    body: html`<p>Shares billed ${shownMoney(billed)}, paid out ${shownMoney(paid)}, owed ${shownMoney(ledger)} ${summary.run.currency}: ${verdict} (seller-payable).</p>
<h3>By seller, ${summary.run.currency}</h3>
${table(
  'Settlement by seller',
  [
    { title: 'Seller', cell: (key: string) => key },
    ...measures.map(([name, figure]) => figureColumn(data, name, figure, 'seller')),
  ],
  keysOf(data, 'seller', 'sellers.share', 'sellers.paid'),
  'total',
)}
<details><summary>Month by month</summary>${reportSection(tables.settlement, record.meta.utcOffset)}</details>`,
  }
}
