/** The closing summary: what a run came to, on one screen of 24 lines. */
import { shownSeconds, shownValue } from '#reports/figures/show.ts'
import type { Summary } from '#reports/summary.ts'
import { cut, type Paint, printable } from './terminal.ts'

export interface ClosingOptions {
  readonly width: number
  readonly paint: Paint
  /** Folder of the run, and the files a person would open. */
  readonly folder: string
  readonly files: readonly string[]
  /** Facts of the wall clock; they belong on the screen alone. */
  readonly pace: string
}

const POOLS = 3
const THRESHOLDS = 3
const LABEL = 12

type Shown = (name: string) => string

const label = (text: string): string => text.padEnd(LABEL)

function ordersLines(summary: Summary, at: Shown): string[] {
  const open = [
    ['orders.processing', 'processing'],
    ['orders.pendingPayment', 'unpaid'],
    ['orders.pendingApproval', 'awaiting approval'],
  ].filter(([name]) => summary.figures[name].value !== 0)
  const states = [
    `${at('orders.completed')} completed`,
    `${at('orders.cancelled')} cancelled`,
    ...open.map(([name, word]) => `${at(name)} ${word}`),
  ]
  const codes = Object.entries(summary.figures['orders.refused'].by.code)
    .sort(([, a], [, b]) => Number(b) - Number(a))
    .map(([code, count]) => `${shownValue('count', count)} ${code}`)
  return [
    `${label('Orders')}${at('orders.placed')} placed: ${states.join(', ')}`,
    `${label('')}${at('orders.refused')} requests refused${codes.length > 0 ? `: ${codes.join(', ')}` : ''}`,
  ]
}

function revenueLine(summary: Summary, at: Shown): string {
  const kinds = Object.entries(summary.figures['revenue.gross'].by.kind).map(
    ([kind, amount]) => `${kind} ${shownValue('money', amount)}`,
  )
  return `${label('Revenue')}${summary.run.currency} ${at('revenue.gross')} gross, ${at('revenue.net')} net: ${kinds.join(', ')}`
}

/** The pools most in use, one a line. */
function poolLines({ figures }: Summary): string[] {
  const use = Object.entries(figures['pool.use'].by.pool).sort(([, a], [, b]) => Number(b) - Number(a))
  const by = (name: string, pool: string) => shownValue(figures[name].unit, figures[name].by.pool[pool] ?? null)
  const lines = use.slice(0, POOLS).map(([pool]) => {
    const peak = `${by('pool.peak', pool)} of ${by('pool.capacity', pool)}`
    return `${cut(printable(pool), 24).padEnd(24)} use ${by('pool.use', pool)}, 95 % of hours ≤ ${by('pool.useP95', pool)}, peak ${peak}`
  })
  const rest = use.length - POOLS
  return lines.map((line, index) => {
    const more = rest > 0 && index === lines.length - 1 ? ` (+${rest} pools)` : ''
    return `${label(index === 0 ? 'Pools' : '')}${line}${more}`
  })
}

function serviceLines({ figures }: Summary, at: Shown): string[] {
  const servers =
    figures['ecs.creationP50'].value === null
      ? 'no server was created'
      : `server ready in ${at('ecs.creationP50')}, 95 % in ${at('ecs.creationP95')}`
  const orders =
    figures['provisioning.p50'].value === null
      ? 'no order was provided'
      : `paid to done ${at('provisioning.p50')}, 95 % ${at('provisioning.p95')}`
  return [
    `${label('Service')}${servers}; ${orders}`,
    `${label('')}sold out ${shownSeconds(minutes(figures['pool.soldOutMinutes'].value))} in sum; refusal rate of servers ${at('ecs.refusalRate')}`,
    `${label('Arrears')}${at('arrears.entered')} accounts fell due, ${at('arrears.settled')} settled, ${at('arrears.suspended')} suspended; ${at('arrears.due')} due at the end`,
  ]
}

const minutes = (value: unknown) => ({ numerator: BigInt(Math.round(Number(value ?? 0) * 60)), denominator: 1n })

function thresholdLines({ thresholds }: Summary, paint: Paint): string[] {
  const missedFirst = [...thresholds].sort((a, b) => Number(a.passed) - Number(b.passed))
  const lines = missedFirst.slice(0, THRESHOLDS).map(({ text, passed, severity, shown }, index) => {
    const tick = passed ? paint('green', '✓') : severity === 'fail' ? paint('red', '✗') : paint('yellow', '!')
    return `${label(index === 0 ? 'Thresholds' : '')}${tick} ${printable(text)}${passed ? '' : `, and it is ${shown}`}`
  })
  const rest = thresholds.length - THRESHOLDS
  return rest > 0 ? [...lines, `${label('')}… and ${rest} more in report.html`] : lines
}

/** Cuts to the width what people read; painted parts count without their colour codes. */
function fit(line: string, width: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour code
  const plain = line.replace(/\u001b\[\d+m/g, '')
  return [...plain].length <= width ? line : cut(plain, width)
}

/** At most 24 lines of at most `width` columns; paths are never cut. */
export function closingSummary(summary: Summary, { width, paint, folder, files, pace }: ClosingOptions): string {
  const { run, figures } = summary
  const at: Shown = (name) => shownValue(figures[name].unit, figures[name].value)
  const differences = figures['reconciliation.differences'].value
  const verdict = `reconciliation: ${at('reconciliation.amounts')} amounts, ${at('reconciliation.differences')} differences`
  const day = (instant: string) => instant.slice(0, 16).replace('T', ' ')
  const lines = [
    `${paint('bold', run.name)} · seed ${printable(run.seed)} · ${day(run.start)} to ${day(run.end)} (UTC${run.utcOffset})`,
    ...(run.question === '' ? [] : [paint('dim', cut(printable(run.question), width))]),
    '',
    ...ordersLines(summary, at),
    revenueLine(summary, at),
    `${label('Metered')}ecs.meteredSeconds ${at2(figures['ecs.meteredSeconds'].value)} (${at('ecs.meteredHours')} h) of ${at('ecs.created')} servers`,
    ...poolLines(summary),
    ...serviceLines(summary, at),
    ...thresholdLines(summary, paint),
    paint(differences === 0 ? 'green' : 'red', verdict),
    `${label('Digest')}${run.digest}`,
    `${label('Machine')}${pace}`,
  ]
  return [
    ...lines.map((line) => fit(line, width)),
    `${label('Written')}${folder}/`,
    ...wrapped(files, width - LABEL).map((line) => `${label('')}${line}`),
  ].join('\n')
}

/** Whole seconds in full: this is the figure that people compare with their own log. */
const at2 = (value: unknown): string => String(value ?? 0).replace(/\B(?=(\d{3})+$)/g, ',')

/** Words in lines of at most `width` columns. */
function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length + 2 <= width) lines[lines.length - 1] = `${last}, ${word}`
    else lines.push(word)
  }
  return lines
}
