/** U-01..U-07, E-09, Q-02, Q-04: every metered hour that is recorded against every hour that should be, and the other way. */
import type { AuditContext, Check } from '../check.ts'
import { HOUR } from '../civil-time.ts'
import type { AccountFacts, Instance } from '../facts.ts'
import { kinds } from '../kinds.ts'
import type { MeteredLine } from '../metering.ts'
import { byKey, endOf, inOrder, sideBySide } from '../spans.ts'
import type { UsageSpan } from '../usage-spans.ts'
import type { Workings } from '../workings.ts'

const each = (hours: number): string => (hours === 1 ? 'in this hour' : `in each of ${hours} hours from here`)

/** What so many hours come to. */
const times = (amount: number, hours: number): bigint => BigInt(amount) * BigInt(hours)

export function usage(context: AuditContext): Check {
  return {
    account(facts, workings) {
      for (const instance of facts.instances) judge(context, facts, instance, workings)
    },
  }
}

function judge(context: AuditContext, facts: AccountFacts, instance: Instance, workings: Workings): void {
  const { findings, premises } = context
  const lines = workings.metered(instance)
  if (areSame(context, facts, instance, lines)) return
  const metered = [...lines].sort(inOrder)
  const spans = [...instance.spans].filter((span) => isWellFormed(context, facts, instance, span)).sort(inOrder)
  const recorded = withoutOverlaps(context, instance, spans)
  sideBySide(metered, recorded, (line, span, firstHour, hours) => {
    if (line && span) return compare(context, instance, line, span, firstHour, hours)
    const subject = subjectOf(context, instance, (line ?? span)?.item ?? 0)
    if (line) {
      const kind = chargeOf(context, line.item)
      const text = `no line where ${line.seconds} s were used ${each(hours)}`
      findings.differ(kind, subject, firstHour, 0, times(line.amount, hours), text, hours)
    } else if (span && span.amount + span.seconds > 0) {
      const state = premises.word(stateAt(instance, firstHour + HOUR - 1))
      const text = `a line for ${span.seconds} s of what priced ${span.priced} ${each(hours)}, none was billable (${state})`
      findings.differ(kinds.chargeOutside, subject, firstHour, times(span.amount, hours), 0, text, hours)
    }
  })
}

/** Whether the record has the hours of the auditor's lines and no others, which is nearly always so; they are agreed to only then. */
function areSame(
  context: AuditContext,
  facts: AccountFacts,
  { spans }: Instance,
  lines: readonly MeteredLine[],
): boolean {
  const { findings, premises, words } = context
  const { account, item, priced, firstHour, hours, seconds, amount } = spans.columns
  let matched = 0
  // The line that is next, and how many of its hours were matched: hours in a row may be cut in another way.
  let next = 0
  let taken = 0
  while (next < lines.length) {
    // Lines come item by item; spans of different items were written in turn.
    const of = lines[next].item
    const isRolling = of === words.image && premises.policies['image.hour'] === 'rolling'
    let until = Number.NEGATIVE_INFINITY
    for (let row = spans.first; row < spans.end; row++) {
      if (item[row] !== of) continue
      const first = firstHour[row]
      const isOnTheHour = isRolling || premises.calendar.hourOf(first) === first
      if (!isOnTheHour || hours[row] < 1 || account[row] !== facts.id || first < until) return false
      for (let hour = 0; hour < hours[row]; ) {
        const line = lines[next]
        if (
          line === undefined ||
          line.item !== of ||
          line.firstHour + taken * HOUR !== first + hour * HOUR ||
          line.priced !== priced[row] ||
          line.seconds !== seconds[row] ||
          line.amount !== amount[row] ||
          line.unitPrice !== spans.priceAt(row)
        )
          return false
        const alike = Math.min(line.hours - taken, hours[row] - hour)
        hour += alike
        taken += alike
        if (taken < line.hours) continue
        next++
        taken = 0
      }
      until = first + hours[row] * HOUR
      matched++
    }
    if (taken > 0 || (next < lines.length && lines[next].item === of)) return false
  }
  if (matched !== spans.length) return false
  if (matched > 0) findings.agree(kinds.usageSpan, 1, matched)
  for (const { item: of, hours: times, seconds: used, unitPrice, amount: charge } of lines) {
    findings.agree(kinds.usageSeconds, used, times)
    findings.agree(kinds.usagePrice, unitPrice, times)
    findings.agree(chargeOf(context, of), charge, times)
  }
  return true
}

const chargeOf = ({ words }: AuditContext, item: number) =>
  item === words.ecs ? kinds.ecsCharge : item === words.image ? kinds.imageCharge : kinds.resourceCharge

const subjectOf = ({ premises }: AuditContext, instance: Instance, item: number): string =>
  `instance ${instance.id} ${premises.word(item)}`

/** The state of an instance at an instant; 0 before it began. */
function stateAt(instance: Instance, at: number): number {
  let state = 0
  for (const step of instance.steps) if (step.at <= at) state = step.to
  return state
}

/** T-03: a span begins at a clock hour, lasts whole hours and belongs to the instance's owner. */
function isWellFormed(context: AuditContext, facts: AccountFacts, instance: Instance, span: UsageSpan): boolean {
  const { findings, premises, words } = context
  const isRolling = span.item === words.image && premises.policies['image.hour'] === 'rolling'
  const wrong =
    premises.calendar.hourOf(span.firstHour) !== span.firstHour && !isRolling
      ? 'does not begin at a clock hour'
      : span.hours < 1
        ? 'has no hours'
        : span.account !== facts.id
          ? `is charged to account ${span.account}, the server is of account ${facts.id}`
          : null
  if (wrong === null) findings.agree(kinds.usageSpan, 1)
  else
    findings.differ(kinds.usageSpan, subjectOf(context, instance, span.item), span.firstHour, 1, 0, `the span ${wrong}`)
  return wrong === null || span.account !== facts.id
}

/** An hour charged twice is reported once, and then judged as if it had been charged once. */
function withoutOverlaps(context: AuditContext, instance: Instance, spans: readonly UsageSpan[]): UsageSpan[] {
  const apart: UsageSpan[] = []
  for (const span of spans) {
    const last = apart.at(-1)
    const from = last && byKey(last, span) === 0 ? endOf(last) : Number.NEGATIVE_INFINITY
    if (span.firstHour >= from) {
      apart.push(span)
      continue
    }
    const hours = (Math.min(from, endOf(span)) - span.firstHour) / HOUR
    const subject = subjectOf(context, instance, span.item)
    context.findings.differ(
      kinds.doubleCharge,
      subject,
      span.firstHour,
      times(span.amount, hours),
      0,
      `charged twice ${each(hours)}`,
      hours,
    )
    if (endOf(span) > from) apart.push({ ...span, firstHour: from, hours: span.hours - hours })
  }
  return apart
}

function compare(
  context: AuditContext,
  instance: Instance,
  line: MeteredLine,
  span: UsageSpan,
  firstHour: number,
  hours: number,
): void {
  const { findings } = context
  const subject = () => subjectOf(context, instance, line.item)
  const kind = chargeOf(context, line.item)
  if (line.seconds === span.seconds) findings.agree(kinds.usageSeconds, span.seconds, hours)
  else {
    const text = `${span.seconds} s instead of ${line.seconds} s ${each(hours)}`
    findings.differ(kinds.usageSeconds, subject(), firstHour, span.seconds * hours, line.seconds * hours, text, hours)
  }
  if (line.unitPrice === span.unitPrice) findings.agree(kinds.usagePrice, span.unitPrice, hours)
  else {
    const text = `price ${span.unitPrice} instead of ${line.unitPrice} (1e-10 an hour) ${each(hours)}`
    findings.differ(kinds.usagePrice, subject(), firstHour, span.unitPrice, line.unitPrice, text, hours)
  }
  if (line.amount === span.amount) findings.agree(kind, span.amount, hours)
  else {
    const text = `${line.seconds} s at ${line.unitPrice} (1e-10 an hour) cost ${line.amount}, not ${span.amount} ${each(hours)}`
    findings.differ(kind, subject(), firstHour, times(span.amount, hours), times(line.amount, hours), text, hours)
  }
}
