/** Evidence as one HTML file. It asks nothing of a network, and every number in it is whole. */
import { formatInstant } from '#base/civil-time.ts'
import { decimalText, grouped } from '#base/decimal-text.ts'
import { defaultPolicies, policyKeys } from '#scenarios/policies.ts'
import { ruleText } from '#scenarios/rules.ts'
import type { Comparison } from '#sim/audit/witness.ts'
import { earning } from '../explain/bill.ts'
import { amountText, type BilledTransaction, type Working } from '../explain/explanation.ts'
import { policiesAt, policiesOf } from '../explain/premises.ts'
import { documentText } from '../html/document.ts'
import { html, type Markup } from '../html/markup.ts'
import { folded, table } from '../html/table.ts'
import type { Manifest } from '../manifest-files.ts'
import { policyText } from '../policy-text.ts'
import type { RunRecord } from '../record.ts'
import type { Evidence, PostedLeg } from './evidence.ts'

const number = true

/** A number of the auditor by what it counts. */
function numberText({ unit }: Pick<Comparison, 'unit'>, value: bigint, utcOffset: number): string {
  if (unit === 'money') return amountText(value)
  if (unit === 'price') return decimalText(value, 10)
  if (unit === 'instant') return value === 0n ? '' : formatInstant(Number(value), utcOffset)
  return grouped(String(value))
}

const verdict = (agrees: boolean): Markup | string => (agrees ? 'agrees' : html`<strong class="bad">differs</strong>`)

const section = (title: string, text: string, ...body: readonly Markup[]): Markup =>
  html`<section><h2>${title}</h2>
<p class="soft">${text}</p>
${body}
</section>
`

function formulas(workings: readonly Working[]): Markup {
  return table(
    'Formulas',
    [
      { title: 'Amount', cell: ({ what }: Working) => what },
      { title: 'rule', cell: ({ rule }) => rule },
      { title: 'formula', cell: ({ formula }) => formula },
      { title: 'computed again', number, cell: ({ amount }) => (amount === null ? '' : amountText(amount)) },
      { title: 'recorded', number, cell: ({ recorded }) => amountText(recorded) },
      {
        title: 'verdict',
        cell: ({ amount, recorded }) => (amount === null ? 'not computed' : verdict(amount === recorded)),
      },
    ],
    workings,
  )
}

const rulesCited = ({ explanation: { workings, moments }, audit }: Evidence): string[] =>
  [...new Set([...workings, ...moments, ...audit.comparisons, ...audit.kinds].map(({ rule }) => rule))]
    .filter((rule) => rule !== '')
    .sort()

const sum = <T>(rows: readonly T[], value: (row: T) => bigint): bigint =>
  rows.reduce((total, row) => total + value(row), 0n)
const debit = (amount: bigint): bigint => (amount > 0n ? amount : 0n)
const credit = (amount: bigint): bigint => (amount < 0n ? -amount : 0n)

type ControlTotal = readonly [what: string, one: string, other: string, agrees: boolean]

/** An amount of a leg with all repetitions that count. */
const counted = ({ amount, times }: PostedLeg): bigint => amount * times

/** What the postings of a bill credit next to what the bill says. */
function billTotals({ postings, explanation: { billed, workings } }: Evidence): ControlTotal[] {
  if (billed === undefined) return []
  const recordedOf = (what: string): bigint => workings.find((each) => each.what === what)?.recorded ?? 0n
  const creditsOf = (transactions: readonly BilledTransaction[], ledgers: readonly string[]): bigint => {
    const ids = new Set(transactions.map(({ transaction }) => transaction))
    return -sum(
      postings.filter(({ transaction, ledger }) => ids.has(transaction) && ledgers.includes(ledger)),
      counted,
    )
  }
  const charged = creditsOf(billed.charges, earning)
  const taxed = creditsOf(billed.taxes, ['tax-payable'])
  const [charges, payable] = [recordedOf('charges'), recordedOf('payable')]
  const rounding = -sum(
    postings.filter(({ kind, ledger }) => kind === 'bill-rounding' && ledger === 'rounding-differences'),
    counted,
  )
  const bookings = sum(billed.charges, ({ times }) => times)
  return [
    [
      `credited to revenue, deferred revenue and tax by ${grouped(String(bookings))} charges of ${billed.charges.length} transactions, repetitions on this bill included; and charges of the bill (I-02)`,
      ...([amountText(charged), amountText(charges), charged === charges] as const),
    ],
    [
      'charges, tax on use and rounding as posted; and payable of the bill (M-07, M-08)',
      ...([
        amountText(charged + taxed + rounding),
        amountText(payable),
        charged + taxed + rounding === payable,
      ] as const),
    ],
  ]
}

/** What has to be equal, side by side. */
function controlTotals(evidence: Evidence): Markup {
  const { postings, balances, explanation, audit, audited } = evidence
  const transactions = new Set(postings.map(({ transaction }) => transaction)).size
  const computed = explanation.workings.filter(({ amount }) => amount !== null)
  const rows: readonly ControlTotal[] = [
    [
      `debits and credits of the ${postings.length} postings below (${transactions} transactions), with their repetitions`,
      amountText(sum(postings, (leg) => debit(counted(leg)))),
      amountText(sum(postings, (leg) => credit(counted(leg)))),
      sum(postings, counted) === 0n,
    ],
    ...billTotals(evidence),
    [
      `debits and credits of all ${balances.length} ledger accounts of the run (Q-01)`,
      amountText(sum(balances, ({ balance }) => debit(balance))),
      amountText(sum(balances, ({ balance }) => credit(balance))),
      sum(balances, ({ balance }) => balance) === 0n,
    ],
    [
      `${computed.length} amounts computed again by the billing core, and recorded`,
      amountText(sum(computed, ({ amount }) => amount ?? 0n)),
      amountText(sum(computed, ({ recorded }) => recorded)),
      computed.every(({ amount, recorded }) => amount === recorded),
    ],
    [
      'numbers of this account that the auditor computed now, and of them equal (Q-08)',
      grouped(String(audit.kinds.reduce((total, { amounts }) => total + amounts, 0))),
      grouped(String(audit.kinds.reduce((total, { amounts, differences }) => total + amounts - differences, 0))),
      audit.kinds.every(({ differences }) => differences === 0),
    ],
    [
      'numbers of the whole run that the auditor computed when it was made, and of them equal',
      grouped(String(audited.amounts)),
      grouped(String(audited.amounts - audited.differences)),
      audited.differences === 0n,
    ],
  ]
  return table(
    'Control totals',
    [
      { title: 'Total', cell: ([what]: (typeof rows)[number]) => what },
      { title: 'one side', number, cell: ([, one]) => one },
      { title: 'other side', number, cell: ([, , other]) => other },
      { title: 'verdict', cell: ([, , , agrees]) => verdict(agrees) },
    ],
    rows,
  )
}

function policiesInForce(record: RunRecord, at: number): Markup {
  const { utcOffset } = record.meta
  const [first, then] = [policiesOf(record), policiesAt(record, at)]
  const text = (policies: typeof first, key: (typeof policyKeys)[number]) => policyText(key, policies[key], utcOffset)
  return table(
    'Policies in force',
    [
      { title: 'Policy', cell: (key: (typeof policyKeys)[number]) => key },
      { title: 'in force', cell: (key) => text(then, key) },
      { title: 'at the beginning of the run', cell: (key) => text(first, key) },
      { title: "rulebook's default", cell: (key) => text(defaultPolicies, key) },
    ],
    policyKeys,
  )
}

function files(manifest: Manifest | undefined): Markup {
  if (manifest?.files === undefined) return html`<p>The folder of the run has no manifest.</p>`
  return table(
    'Files',
    [
      { title: 'File', cell: ([name]: readonly [string, { bytes?: number; sha256?: string }]) => name },
      { title: 'bytes', number, cell: ([, { bytes }]) => grouped(String(bytes ?? '')) },
      { title: 'SHA-256', cell: ([, { sha256 }]) => html`<code>${sha256 ?? ''}</code>` },
    ],
    Object.entries(manifest.files).filter(([name]) => name === 'run.sqlite' || name.startsWith('columns/')),
  )
}

/** The page as text. `manifest` is that of the run's folder. */
export function evidencePage(evidence: Evidence, record: RunRecord, manifest: Manifest | undefined): string {
  const { meta } = record
  const { utcOffset, currency } = meta
  const { explanation, account, audit, rowCounts, until } = evidence
  const instant = (at: number): string => (at === 0 ? '' : formatInstant(at, utcOffset))
  const identity: readonly (readonly [string, string])[] = [
    ['Run', `${meta.name}, seed ${meta.seed}, ${instant(meta.start)} to ${instant(meta.end)}`],
    ['Digest of its history', meta.digest],
    ['Buyer', `${account.name} (number ${account.id})`],
    ['Currency', `${currency}; amounts have 8 decimals (M-01)`],
    ...explanation.particulars,
  ]
  const body = html`<header><p class="soft">Evidence</p>
<h1>${explanation.subject[0].toUpperCase()}${explanation.subject.slice(1)}</h1></header>
<main>
<dl class="facts">${identity.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>
${section('Control totals', 'Each line has two numbers that must be equal.', controlTotals(evidence))}
${section('Formulas', 'Every amount computed again by the billing core from its inputs, next to what was recorded.', formulas(explanation.workings))}
${section("The auditor's calculation", 'A second calculation from the recorded facts alone, by code that shares nothing with the billing core, made when this page was written. The first table has each number about this subject, the second all numbers of this account by kind.', folded('Numbers', audit.comparisons.length, comparisons(audit.comparisons, utcOffset)), comparedKinds(evidence, utcOffset))}
${section('Prices', `The price list at the beginning of the run, and the one in force on ${instant(until)}, of what this buyer used or ordered. Prices of image hours have their discount in them.`, priceTable(evidence))}
${section('Postings', 'A transaction that repeats is posted again each hour: debit and credit are those of one repetition, in all with those that count. The sums of the last two columns are among the control totals.', folded('Postings', evidence.postings.length, postingTable(evidence, utcOffset)))}
${section('Policies in force', `The switches of the rulebook on ${instant(until)}.`, folded('Policies', policyKeys.length, policiesInForce(record, until)))}
${section(
  'Rules',
  'The rules that are cited on this page.',
  table(
    'Rules',
    [
      { title: 'Rule', cell: (rule: string) => rule },
      { title: 'text', cell: (rule: string) => ruleText(rule) },
    ],
    rulesCited(evidence),
  ),
)}
${section(
  'In time order',
  'What happened.',
  folded(
    'Moments',
    explanation.moments.length,
    table(
      'In time order',
      [
        { title: 'When', cell: ({ at }: (typeof explanation.moments)[number]) => instant(at) },
        { title: 'what', cell: ({ what }) => what },
        { title: 'rule', cell: ({ rule }) => rule },
      ],
      explanation.moments,
    ),
  ),
)}
${section(
  'Row counts',
  'Rows of each table of facts in the record.',
  folded(
    'Tables',
    rowCounts.length,
    table(
      'Row counts',
      [
        { title: 'Table', cell: ({ table: name }: (typeof rowCounts)[number]) => name },
        { title: 'rows', number, cell: ({ rows }) => grouped(String(rows)) },
      ],
      rowCounts,
    ),
  ),
)}
${section('Files', 'The files of the record as its manifest lists them; `marketsim verify` compares them.', files(manifest))}
</main>`
  return documentText({
    title: `Evidence: ${explanation.subject}`,
    body,
    footer: html`Made by marketsim from the record of the run: <code>explain RUN ${evidence.subject} ${evidence.id} --evidence FILE</code>. The same record gives the same page.`,
  })
}

function comparisons(rows: readonly Comparison[], utcOffset: number): Markup {
  return table(
    'The auditor on this subject',
    [
      { title: 'Subject', cell: ({ subject }: Comparison) => subject },
      { title: 'when', cell: ({ at }) => (at === 0 ? '' : formatInstant(at, utcOffset)) },
      { title: 'kind', cell: ({ kind }) => kind },
      { title: 'what', cell: ({ text }) => text },
      { title: 'rule', cell: ({ rule }) => rule },
      { title: 'recorded', number, cell: (row) => numberText(row, row.recorded, utcOffset) },
      { title: 'audited', number, cell: (row) => numberText(row, row.audited, utcOffset) },
      { title: 'verdict', cell: ({ recorded, audited }) => verdict(recorded === audited) },
    ],
    rows,
  )
}

function comparedKinds({ audit }: Evidence, utcOffset: number): Markup {
  type Row = (typeof audit.kinds)[number]
  const summed = (row: Row, value: bigint): string => (row.isSummed ? numberText(row, value, utcOffset) : '')
  return html`<h3>By kind</h3>${table(
    'The auditor on this account',
    [
      { title: 'Kind', cell: ({ kind }: Row) => kind },
      { title: 'what', cell: ({ text }) => text },
      { title: 'rule', cell: ({ rule }) => rule },
      { title: 'numbers', number, cell: ({ amounts }) => grouped(String(amounts)) },
      { title: 'sum recorded', number, cell: (row) => summed(row, row.recorded) },
      { title: 'sum audited', number, cell: (row) => summed(row, row.audited) },
      { title: 'verdict', cell: ({ differences }) => verdict(differences === 0) },
    ],
    audit.kinds,
  )}`
}

const priceTable = ({ prices }: Evidence): Markup =>
  table(
    'Prices',
    [
      { title: 'Price of', cell: ({ what }: (typeof prices)[number]) => what },
      { title: 'per', cell: ({ unit }) => unit },
      { title: 'beginning', number, cell: ({ first }) => first },
      { title: 'in force', number, cell: ({ later }) => later },
      { title: 'change', cell: ({ first, later }) => (first === later ? '' : 'changed') },
    ],
    prices,
  )

const postingTable = ({ postings, explanation }: Evidence, utcOffset: number): Markup =>
  table(
    'Postings',
    [
      { title: 'Transaction', cell: ({ transaction }: PostedLeg) => String(transaction) },
      { title: 'when', cell: ({ at }) => formatInstant(at, utcOffset) },
      { title: 'kind', cell: ({ kind }) => kind },
      { title: 'rule', cell: ({ rule }) => rule },
      { title: 'repeats', number, cell: ({ repeats }) => String(repeats) },
      ...(explanation.billed === undefined
        ? []
        : [{ title: 'on the bill', number, cell: ({ times }: PostedLeg) => String(times) }]),
      { title: 'ledger account', cell: ({ ledger, owner }) => (owner === 0n ? ledger : `${ledger}:${owner}`) },
      { title: 'debit', number, cell: ({ amount }) => (amount > 0n ? amountText(amount) : '') },
      { title: 'credit', number, cell: ({ amount }) => (amount < 0n ? amountText(-amount) : '') },
      { title: 'debits in all', number, cell: (leg) => (leg.amount > 0n ? amountText(counted(leg)) : '') },
      { title: 'credits in all', number, cell: (leg) => (leg.amount < 0n ? amountText(-counted(leg)) : '') },
    ],
    postings,
  )
