/** The tables of a comparison of prices: every group of lines, and its sums by each part of its key. */
import { formatMonth } from '#base/civil-time.ts'
import { column, type ReportCell, type ReportColumn, type ReportTable } from '../report-table.ts'
import { type Change, type Group, sumsBy } from './price-difference.ts'

const sides = [
  column('old', 'old', 'money'),
  column('new', 'new', 'money'),
  column('difference', 'new less old', 'money'),
]

const moneyOf = (change: Pick<Change, 'old' | 'new'>): bigint[] => [change.old, change.new, change.new - change.old]

/** The sums of a table whose rows are all of one currency; none where there are several. */
function totalOf(groups: readonly Group[], labels: number): { total?: ReportCell[] } {
  if (groups.length === 0 || groups.some(({ currency }) => currency !== groups[0].currency)) return {}
  const sum = (amountOf: (group: Group) => bigint) => groups.reduce((all, group) => all + amountOf(group), 0n)
  const change = { old: sum(({ old }) => old), new: sum((group) => group.new) }
  const names = Array.from({ length: labels - 1 }, () => '')
  return { total: ['total', ...names, groups[0].currency, ...moneyOf(change)] }
}

interface By {
  readonly name: string
  readonly title: string
  readonly text: string
  readonly columns: readonly ReportColumn[]
  cells(group: Group): string[]
}

const month = column('month', 'month of the bill')

/** How the groups are added up; the first table has each of them. */
const tables: readonly By[] = [
  {
    name: 'accounts',
    title: 'By account',
    text: 'What each account pays in all, tax and rounding among it.',
    columns: [column('account', 'account')],
    cells: ({ account }) => [account],
  },
  {
    name: 'products',
    title: 'By product',
    text: 'Tax (M-07) and rounding to minor units (M-08) belong to a bill, and have no product.',
    columns: [column('kind', 'kind'), column('product', 'product')],
    cells: ({ kind, product }) => [kind, product],
  },
  {
    name: 'rules',
    title: 'By rule',
    text: 'The rule that makes the amount of a line.',
    columns: [column('rule', 'rule'), column('kind', 'kind')],
    cells: ({ rule, kind }) => [rule, kind],
  },
  {
    name: 'months',
    title: 'By month',
    text: 'The month of the bill (I-02).',
    columns: [month],
    cells: (group) => [formatMonth(group.month)],
  },
  {
    name: 'bills',
    title: 'Bills',
    text: 'What each account pays for each month.',
    columns: [column('account', 'account'), month],
    cells: (group) => [group.account, formatMonth(group.month)],
  },
]

const compared = (a: readonly string[], b: readonly string[]): number => {
  const at = a.findIndex((cell, index) => cell !== b[index])
  return at < 0 ? 0 : a[at] < b[at] ? -1 : 1
}

function tableOf({ name, title, text, columns, cells }: By, groups: readonly Group[]): ReportTable {
  const sums = sumsBy(
    groups,
    (group) => JSON.stringify(cells(group)),
    (group) => ({ cells: cells(group) }),
  )
  sums.sort((a, b) => compared([a.currency, ...a.cells], [b.currency, ...b.cells]))
  return {
    name,
    title,
    text,
    columns: [...columns, column('currency', 'currency'), ...sides],
    rows: sums.map((sum) => [...sum.cells, sum.currency, ...moneyOf(sum)]),
    ...totalOf(groups, columns.length),
  }
}

/** Every group of lines, with how many lines it has on both sides. */
const linesTable = (groups: readonly Group[]): ReportTable => ({
  name: 'lines',
  title: 'Lines',
  text: 'Lines of bills of one account, month, product and rule, added up. All other tables are sums of these rows.',
  columns: [
    ...[column('account', 'account'), month, column('kind', 'kind'), column('product', 'product')],
    ...[column('rule', 'rule'), column('old_lines', 'lines, old', 'count')],
    ...[column('new_lines', 'lines, new', 'count'), column('currency', 'currency'), ...sides],
  ],
  rows: groups.map((group) => [
    ...[group.account, formatMonth(group.month), group.kind, group.product, group.rule],
    ...[group.lines.old, group.lines.new, group.currency, ...moneyOf(group)],
  ]),
  ...totalOf(groups, 7),
})

/** The tables by each part of the key, then the bills and the lines. */
export const repriceTables = (groups: readonly Group[]): ReportTable[] => [
  ...tables.map((each) => tableOf(each, groups)),
  linesTable(groups),
]
