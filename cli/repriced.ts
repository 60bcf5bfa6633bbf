/** What `reprice` prints and writes of a history that was priced twice. */
import { grouped, roundedText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS, moneyText, payableText } from '#base/money.ts'
import {
  type AccountChange,
  byAccount,
  type Change,
  type Group,
  moversOf,
  type Side,
  sumsBy,
  totalsOf,
} from '#reports/reprice/price-difference.ts'
import type { OutputFolder } from './output-files.ts'
import { cut, padded, printable } from './terminal.ts'

export interface Repriced {
  /** The log or run, and by what it was priced on each side. */
  readonly about: string
  readonly old: string
  readonly new: string
  /** How much was read. */
  readonly read: string
  readonly groups: readonly Group[]
  /** Minor units of each currency (M-08). */
  readonly decimals: Readonly<Record<string, number>>
  /** What the reader has to know. */
  readonly notes: readonly string[]
  readonly problems: { readonly counts: Readonly<Record<Side, number>>; readonly first: readonly string[] }
  /** Of a run: where the old side is not what the run billed. */
  readonly disagreements: readonly string[]
  readonly utcOffset: number
}

/** Lines of a list on the screen. */
const MOVERS = 4
const PARTS = 6
const PAGE = 'reprice.html'
/** Characters of an amount. */
const ROOM = 11

const count = (value: number): string => grouped(String(value))

/** An amount with the minor units of its currency and further decimals that it really has, where there is room for them. */
function amountText(amount: bigint, decimals: number): string {
  const exact = grouped(payableText(amount, decimals))
  return exact.length <= ROOM ? exact : grouped(roundedText(amount, MONEY_DECIMALS, decimals))
}

/** `+0.04`, `-3` */
function signed(amount: bigint, decimals: number): string {
  const text = amountText(amount < 0n ? -amount : amount, decimals)
  return amount === 0n ? text : `${amount < 0n ? '-' : '+'}${text}`
}

function percent({ old, difference }: Change): string {
  if (old <= 0n || difference === 0n) return ''
  const tenths = (difference * 1000n * 10n) / old
  const rounded = Number(tenths >= 0n ? tenths + 5n : tenths - 5n) / 100
  return `${rounded < 0 ? '-' : '+'}${Math.abs(Math.trunc(rounded * 10) / 10).toFixed(1)} %`
}

const partsOf = (groups: readonly Group[]): (Change & { kind: string; name: string })[] =>
  sumsBy(
    groups,
    ({ kind, product, rule }) => JSON.stringify([kind, product, rule]),
    ({ kind, product, rule }) => ({ kind, name: [rule, kind, product].filter((text) => text !== '').join(' ') }),
  )

const sizeOf = ({ difference }: Change): bigint => (difference < 0n ? -difference : difference)

function currencyLines(total: Change, repriced: Repriced): string[] {
  const { currency } = total
  const decimals = repriced.decimals[currency] ?? 2
  const own = repriced.groups.filter((group) => group.currency === currency)
  const accounts = byAccount(own)
  const { winners, losers, unchanged } = moversOf(accounts)
  const money = (amount: bigint) => amountText(amount, decimals)
  const row = (name: string, change: Change & { readonly kind?: string }) =>
    `  ${padded(cut(printable(name), 27), 28)}${money(change.old).padStart(14)}${money(change.new).padStart(14)}${signed(change.difference, decimals).padStart(13)}${(change.kind === 'rounding' ? '' : percent(change)).padStart(9)}`.trimEnd()
  const list = (title: string, changes: readonly AccountChange[]) =>
    changes.length === 0
      ? []
      : [
          `${title} ${count(changes.length)}`,
          ...changes.slice(0, MOVERS).map((change) => row(change.account, change)),
          ...(changes.length > MOVERS ? [`  … and ${count(changes.length - MOVERS)} more`] : []),
        ]
  const parts = partsOf(own)
    .filter(({ difference }) => difference !== 0n)
    .sort((a, b) => (sizeOf(a) < sizeOf(b) ? 1 : sizeOf(a) > sizeOf(b) ? -1 : a.name < b.name ? -1 : 1))
  return [
    `${padded(currency, 30)}${'old'.padStart(14)}${'new'.padStart(14)}${'new less old'.padStart(13)}${'change'.padStart(9)}`,
    row(own.some(({ kind }) => kind === 'refund') ? 'payable less refunds' : 'payable', total),
    ...parts.slice(0, PARTS).map((part) => row(part.name, part)),
    ...(parts.length > PARTS ? [`  … and ${count(parts.length - PARTS)} more`] : []),
    ...list('Pay more:', losers),
    ...list('Pay less:', winners),
    `Unchanged: ${count(unchanged)}`,
  ]
}

/** One screen. */
export function screenOf(repriced: Repriced, files: readonly string[]): string {
  const totals = totalsOf(repriced.groups)
  const lines = [
    `${printable(repriced.about)}: ${repriced.read}`,
    `old: ${printable(repriced.old)}`,
    `new: ${printable(repriced.new)}`,
    ...repriced.notes.map((note) => `note: ${printable(note)}`),
    ...(totals.length === 0 ? ['nothing was charged on either side'] : []),
    ...totals.flatMap((total) => currencyLines(total, repriced)),
    ...(files.length > 0 ? [`Written ${files.join(', ')}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

const jsonOf = ({ old, new: now, difference, ...rest }: Change) => ({
  ...rest,
  old: moneyText(old),
  new: moneyText(now),
  difference: moneyText(difference),
})

/** Everything but the single accounts as JSON; amounts are exact decimal text. */
export function repricedJson(repriced: Repriced, files: readonly string[]): string {
  const { groups, about, old, new: now, notes, problems, disagreements } = repriced
  const totals = totalsOf(groups).map((total) => {
    const { winners, losers, unchanged } = moversOf(
      byAccount(groups).filter(({ currency }) => currency === total.currency),
    )
    return {
      ...jsonOf(total),
      accounts: { payLess: winners.length, payMore: losers.length, unchanged },
      payLess: winners.slice(0, 20).map(jsonOf),
      payMore: losers.slice(0, 20).map(jsonOf),
    }
  })
  const by = <K extends 'kind' | 'product' | 'rule'>(...keys: K[]) =>
    sumsBy(
      groups,
      (group) => JSON.stringify(keys.map((key) => group[key])),
      (group) => Object.fromEntries(keys.map((key) => [key, group[key]])),
    ).map(jsonOf)
  const report = {
    ...{ history: about, old, new: now, totals },
    ...{ products: by('kind', 'product'), rules: by('rule', 'kind') },
    ...{ notes, problems: problems.counts, disagreements: disagreements.length, files },
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

/** The page and the tables. */
export async function writeRepriced(repriced: Repriced, folder: OutputFolder): Promise<void> {
  const { repriceTables } = await import('#reports/reprice/tables.ts')
  const { repricePage } = await import('#reports/reprice/page.ts')
  const { tableCsv } = await import('#reports/report-table.ts')
  const { groups, utcOffset } = repriced
  const tables = repriceTables(groups)
  for (const table of tables) folder.file(`${table.name}.csv`).write(tableCsv(table, utcOffset))
  const page = { ...repriced, totals: totalsOf(groups), accounts: byAccount(groups), tables }
  folder.file(PAGE).write(await repricePage(page))
  folder.file('reprice.json').write(repricedJson(repriced, []))
}
