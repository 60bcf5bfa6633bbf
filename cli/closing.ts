/** The closing summary: what a run came to, on one screen of 24 lines. */
import { grouped } from '#base/decimal-text.ts'
import { own } from '#base/own.ts'
import { shownMinutesValue, shownValue } from '#reports/figures/show.ts'
import type { Summary } from '#reports/summary.ts'
import { commandLine } from './shell.ts'
import { columnsOf, cut, cutAtItem, labelled, type Paint, padded, printable, visible } from './terminal.ts'

export interface ClosingOptions {
  readonly width: number
  readonly paint: Paint
  /** Folder of the run, and the files a person would open. */
  readonly folder: string
  readonly files: readonly string[]
  /** The scenario as the user writes it; without it, its name. */
  readonly scenario?: string | undefined
  /** Lines of the screen that it should fit into; undefined where there is no screen, and nothing is cut. */
  readonly height: number | undefined
  /** Facts of the wall clock; they belong on the screen alone. */
  readonly pace: readonly string[]
  /** The runs that it is compared with. */
  readonly comparisons?: readonly { readonly name: string; readonly amounts: number; readonly differences: number }[]
}

const POOLS = 3
const THRESHOLDS = 3
const LABEL = 12

const sum = (widths: readonly number[]): number => widths.reduce((total, each) => total + each, 0)

type Shown = (name: string) => string

const label = (text: string): string => padded(text, LABEL)

function ordersLines(summary: Summary, at: Shown): string[] {
  const rare = [
    ['orders.processing', 'processing'],
    ['orders.pendingPayment', 'unpaid'],
    ['orders.pendingApproval', 'awaiting approval'],
  ].filter(([name]) => summary.figures[name].value !== 0)
  const states = [
    `${at('orders.completed')} completed`,
    `${at('orders.cancelled')} cancelled`,
    ...rare.map(([name, word]) => `${at(name)} ${word}`),
  ]
  const codes = Object.entries(summary.figures['orders.refused'].by.code)
    .sort(([, a], [, b]) => Number(b) - Number(a))
    .map(([code, count]) => `${shownValue('count', count)} ${code}`)
  return [
    `${label('Orders')}${at('orders.placed')} placed: ${states.join(', ')}`,
    `${label('Refused')}${at('orders.refused')} requests${codes.length > 0 ? `: ${codes.join(', ')}` : ''}`,
  ]
}

function revenueLines(summary: Summary, at: Shown): string[] {
  if (summary.run.money === 'ignore')
    return [`${label('Money')}ignored: every price is 0, and no account is in arrears`]
  const { currency } = summary.run
  const kinds = Object.entries(summary.figures['revenue.gross'].by.kind)
    .sort(([, a], [, b]) => Number(b) - Number(a))
    .map(([kind, amount]) => `${kind} ${shownValue('money', amount)}`)
  return [
    `${label('Revenue')}${currency} ${at('revenue.gross')} gross, ${at('revenue.net')} net`,
    ...(kinds.length > 0 ? [`${label('')}${kinds.join(', ')}`] : []),
  ]
}

const COLUMNS = ['pool.use', 'pool.useP95', 'pool.peak', 'pool.soldOutMinutes', 'ecs.refusalRate'] as const
const NAME = 20
const WIDTHS = [8, 9, 9, 12, 9] as const

/** The pools most in use, one a line below their heading, in as many columns as there is room for. */
function poolLines({ figures }: Summary, width: number): string[] {
  const use = Object.entries(figures['pool.use'].by.pool).sort(([, a], [, b]) => Number(b) - Number(a))
  if (use.length === 0) return []
  const cell = (name: string, pool: string): string => {
    const value = own(figures[name].by.pool, pool) ?? null
    if (name === 'pool.soldOutMinutes') return shownMinutesValue(value)
    const shown = value === null ? '–' : shownValue(figures[name].unit, value)
    return name === 'pool.peak' ? `${shown}/${own(figures['pool.capacity'].by.pool, pool) ?? '?'}` : shown
  }
  const heads = ['mean', '95 %', 'peak', 'sold out', 'refused']
  const room = WIDTHS.filter((_, index) => LABEL + NAME + sum(WIDTHS.slice(0, index + 1)) <= width)
  const row = (cells: readonly string[]) => room.map((columns, index) => ` ${cells[index]}`.padStart(columns)).join('')
  const rest = use.length - POOLS
  return [
    `${label('Pools')}${(rest > 0 ? `the ${POOLS} most used of ${use.length}` : '').padEnd(NAME)}${row(heads)}`,
    ...use.slice(0, POOLS).map(([pool]) => {
      const name = padded(cut(printable(pool), NAME - 1), NAME)
      return `${label('')}${name}${row(COLUMNS.map((column) => cell(column, pool)))}`
    }),
  ]
}

/** What capacity costs and what the cheapest mix would cost (E-12); nothing without costs. */
function costLines({ run, figures }: Summary, at: Shown): string[] {
  if (Number(figures['capacity.unitHours'].value ?? 0) === 0) return []
  return [
    `${label('Capacity')}${run.currency} ${at('capacity.cost')}, idle ${at('capacity.idleCost')}; refused ${at('capacity.lostMargin')}; cheapest ${at('capacity.cheapestCost')}: own ${at('capacity.cheapestOwned')}, commit ${at('capacity.cheapestCommitted')}, lease the rest`,
  ]
}

/** Pools that were down, the longest first, and what that did to servers; nothing where none was. */
function outageLines({ figures }: Summary, at: Shown): string[] {
  const down = Object.entries(figures['pool.outageMinutes'].by.pool)
    .filter(([, minutes]) => Number(minutes) > 0)
    .sort(([, a], [, b]) => Number(b) - Number(a))
  if (down.length === 0) return []
  const pools = down.map(([pool, minutes]) => `${printable(pool)} down ${shownMinutesValue(minutes)}`)
  const broken = `${at('ecs.broken')} ${figures['ecs.broken'].value === 1 ? 'server' : 'servers'} broken`
  const { value } = figures['ecs.availability']
  const share = value === null ? '' : `, availability ${at('ecs.availability')}`
  return [`${label('Outages')}${broken}${share}; ${pools.join(', ')}`]
}

/** Orders that still wait for room, by pool; nothing where none does. */
function waitingLines({ figures }: Summary, at: Shown): string[] {
  if (figures['ecs.waiting'].value === 0) return []
  const pools = Object.entries(figures['ecs.waiting'].by.pool)
    .filter(([, count]) => Number(count) > 0)
    .sort(([, a], [, b]) => Number(b) - Number(a))
    .map(([pool, count]) => `${printable(pool)} ${shownValue('count', count)}`)
  const orders = figures['ecs.waiting'].value === 1 ? 'order waits' : 'orders wait'
  return [`${label('Waiting')}${at('ecs.waiting')} ${orders} for capacity at the end: ${pools.join(', ')}`]
}

function serviceLines({ run, figures }: Summary, at: Shown): string[] {
  const parts = [
    ...(figures['ecs.creationP50'].value === null
      ? []
      : [`server up in ${at('ecs.creationP50')} (95 %: ${at('ecs.creationP95')})`]),
    ...(figures['provisioning.p50'].value === null
      ? []
      : [`paid to done ${at('provisioning.p50')} (95 %: ${at('provisioning.p95')})`]),
  ]
  const fell =
    figures['arrears.entered'].value === 1 ? '1 account in arrears' : `${at('arrears.entered')} accounts in arrears`
  const service = `${label('Service')}${parts.length === 0 ? 'nothing was provisioned' : parts.join('; ')}`
  if (run.money === 'ignore') return [service]
  return [
    service,
    `${label('Arrears')}${fell}, ${at('arrears.due')} owed at the end, ${at('arrears.settled')} settled, ${at('arrears.suspended')} suspended`,
  ]
}

function thresholdLines({ thresholds }: Summary, paint: Paint): string[] {
  const missedFirst = [...thresholds].sort((a, b) => Number(a.passed) - Number(b.passed))
  const lines = missedFirst.slice(0, THRESHOLDS).map(({ text, passed, severity, shown, firstMissed }, index) => {
    const tick = passed ? paint('green', '✓') : severity === 'fail' ? paint('red', '✗') : paint('yellow', '!')
    return `${label(index === 0 ? 'Thresholds' : '')}${tick} ${printable(text)}${passed ? '' : `, and it is ${shown}`}${firstMissed === undefined ? '' : `; first missed in ${firstMissed}`}`
  })
  const rest = thresholds.length - THRESHOLDS
  return rest > 0 ? [...lines, `${label('')}… and ${rest} more in report.html`] : lines
}

/** Below missed thresholds: the pool that refused most, and the command that finds how many servers it needs. */
function nextLines({ run, figures, thresholds }: Summary, scenario: string = run.name): string[] {
  const missed = thresholds.find(({ passed, figure }) => !passed && /^(ecs\.refus|orders\.refus|pool\.)/.test(figure))
  const worst = Object.entries(figures['ecs.refusalRate'].by.pool)
    .filter(([, share]) => Number(share) > 0)
    .sort(([, a], [, b]) => Number(b) - Number(a))[0]
  if (missed === undefined || worst === undefined) return []
  const [pool, share] = worst
  const [zone, flavour] = pool.split('/')
  const capacity = Number(own(figures['pool.capacity'].by.pool, pool) ?? 0)
  const refused = `${printable(pool)} refused ${shownValue('share', share)} of its requests`
  if (capacity === 0) return [`${label('Worst')}${refused}`]
  const step = Math.max(1, Math.round(capacity / 10))
  const vary = `${zone}.pools.${flavour}.capacity=${capacity}..${capacity + 5 * step}/${step}`
  const words = ['sweep', scenario, '--vary', vary, '--figure', `ecs.refusalRate{pool=${pool}} < 1%`]
  return [`${label('Worst')}${refused}`, `${label('Next')}${printable(commandLine(words))}`]
}

/** Cuts to the width what people read; painted parts count without their colour codes. */
export function fit(line: string, width: number): string {
  return columnsOf(line) <= width ? line : cutAtItem(visible(line), width)
}

/** A line with its text wrapped next to its label, or cut where the screen has no room for more lines. */
interface Block {
  readonly lines: readonly string[]
  /** Null for one that is never cut. */
  readonly short: string | null
}

const block = (line: string, width: number, indent = LABEL): Block => ({
  lines: labelled(line.slice(0, indent), line.slice(indent), width, indent),
  short: fit(line, width),
})

/** A block that is never cut: what the run was asked and what it says, missed thresholds, commands to copy. */
const whole = (line: string, width: number, indent: number): Block => {
  const { lines } = block(line, width, indent)
  return { lines, short: null }
}

/** The blocks in at most `most` lines if that can be: from the last to the first they are cut. */
function screenful(blocks: readonly Block[], most: number): string[] {
  let over = blocks.reduce((sum, { lines }) => sum + lines.length, 0) - most
  const shown = blocks.toReversed().map(({ lines, short }) => {
    if (over <= 0 || lines.length === 1 || short === null) return lines
    over -= lines.length - 1
    return [short]
  })
  return shown.toReversed().flat()
}

/** How much the auditor recomputed, and the kinds of amounts that differ. */
function verdictLine({ figures }: Summary, at: Shown): string {
  const verdict = `reconciliation: ${at('reconciliation.amounts')} amounts, ${at('reconciliation.differences')} differences`
  const kinds = Object.entries(figures['reconciliation.differences'].by.kind).map(
    ([kind, count]) => `${kind} ${shownValue('count', count)}`,
  )
  return kinds.length === 0 ? verdict : `${verdict}: ${kinds.join(', ')}`
}

/** Whole seconds in full: people compare this figure with their own log. */
const inFull = (value: unknown): string => grouped(String(value ?? 0))

/** Lines of at most `width` columns, as many as fit on the screen if that can be; paths and the verdict are never cut. */
export function closingSummary(
  summary: Summary,
  { width, height, paint, folder, files, scenario, pace, comparisons = [] }: ClosingOptions,
): string {
  const { run, figures } = summary
  const at: Shown = (name) => shownValue(figures[name].unit, figures[name].value)
  const differences = figures['reconciliation.differences'].value
  const day = (instant: string) => instant.slice(0, 16).replace('T', ' ')
  const plain = (line: string) => block(line, width, 0)
  const labelled = (line: string) => block(line, width)
  const isMissed = summary.thresholds.some(({ passed }) => !passed)
  const verdict = thresholdLines(summary, paint)
  const blocks = [
    plain(
      `${paint('bold', run.name)} · seed ${printable(run.seed)} · ${day(run.start)} to ${day(run.end)} (UTC${run.utcOffset})${run.measureFrom === undefined ? '' : `, measured from ${day(run.measureFrom)}`}`,
    ),
    ...(run.question === '' ? [] : [whole(printable(run.question), width, 0)]),
    ...(run.answer === undefined ? [] : [whole(paint('bold', printable(run.answer)), width, 0)]),
    ...(isMissed ? [...verdict, ...nextLines(summary, scenario)].map((line) => whole(line, width, LABEL)) : []),
    ...ordersLines(summary, at).map(labelled),
    ...revenueLines(summary, at).map(labelled),
    labelled(
      `${label('Metered')}${at('ecs.created')} servers, ecs.meteredSeconds ${inFull(figures['ecs.meteredSeconds'].value)} (${at('ecs.meteredHours')} h)`,
    ),
    ...poolLines(summary, width).map((line) => ({ lines: [line], short: line })),
    ...[
      ...costLines(summary, at),
      ...waitingLines(summary, at),
      ...outageLines(summary, at),
      ...serviceLines(summary, at),
    ].map(labelled),
    ...(isMissed ? [] : verdict.map(labelled)),
    labelled(`${label('Digest')}${run.digest}`),
    ...pace.map((line, index) => labelled(`${label(index === 0 ? 'Machine' : '')}${line}`)),
    ...comparisons.map(({ name, amounts, differences }) =>
      whole(
        `${label('Compared')}${name}: ${grouped(String(amounts))} amounts, ${grouped(String(differences))} differences; all figures: ${commandLine(['compare', folder, `${folder}/compare/${name}`])}`,
        width,
        LABEL,
      ),
    ),
    plain(paint(differences === 0 ? 'green' : 'red', verdictLine(summary, at))),
  ]
  const written = [`${label('Written')}${folder}/`, ...wrapped(files, width - LABEL).map((line) => label('') + line)]
  const most = height === undefined ? Number.POSITIVE_INFINITY : height - 1 - written.length
  return [...screenful(blocks, most), ...written].join('\n')
}

/** Names in lines of at most `width` columns, a comma between them. */
export function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const [index, each] of words.entries()) {
    const word = index < words.length - 1 ? `${each},` : each
    const last = lines.at(-1)
    if (last !== undefined && columnsOf(last) + 1 + columnsOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
