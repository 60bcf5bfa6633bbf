/** What the closing summary says of a metering service. */
import { grouped } from '#base/decimal-text.ts'
import { shownCount, shownPercent } from '#reports/load-test/show.ts'
import type { LoadSummary } from '#reports/load-test/summary.ts'
import { type Paint, padded, printable } from './terminal.ts'

const LABEL = 12
const label = (text: string): string => padded(text, LABEL)
/** Differences on the screen; summary.json has more. */
const SHOWN = 3

type Service = NonNullable<LoadSummary['service']>

/** `1,204 requests: 204 1,190, 503 12, timeout 2; 14 sent again`. */
export function serviceLines(
  { url, requests, retries, connections, answers, events, firstRefusal }: Service,
  { machine }: LoadSummary,
): string[] {
  const each = Object.entries(answers).map(([answer, count]) => `${printable(answer)} ${shownCount(count)}`)
  const lost = [
    ...(events.refused > 0 ? [`${shownCount(events.refused)} events refused`] : []),
    ...(events.unknown > 0 ? [`${shownCount(events.unknown)} events without an answer`] : []),
  ]
  return [
    `${label('Service')}${printable(url)}, at most ${connections} requests at the same time`,
    `${label('')}${[`${shownCount(requests)} requests: ${each.join(', ')}`, `${shownCount(retries)} sent again`, ...lost].join('; ')}`,
    ...(firstRefusal === null ? [] : [`${label('')}first refusal ${printable(firstRefusal)}`]),
    `${label('Machine')}the generator computed ${shownPercent(machine.threadsCpu)} of the time, ${shownCount(machine.peakMemoryMiB)} MiB`,
  ]
}

export function billLines({ bills, billsError }: Service, { audit, complete }: LoadSummary, paint: Paint): string[] {
  if (billsError !== null) return [paint('red', `${label('Bills')}NOT READ: ${printable(billsError)}`)]
  if (bills === null)
    return [`${label('Bills')}${complete ? 'not read (--bills none)' : 'not read, because the test was stopped'}`]
  const count = (value: number): string => grouped(String(value))
  const { agree, differ, missing, unknown, accountsLeftOut } = bills
  const colour = audit.differences === 0 ? 'green' : 'red'
  const left =
    accountsLeftOut === 0
      ? ''
      : `; ${count(accountsLeftOut)} accounts left out, because it is not known whether an event of theirs was taken`
  const lines = audit.first.slice(0, SHOWN).map(({ text }) => paint('red', `${label('')}${printable(text)}`))
  const rest = audit.first.length - lines.length
  return [
    paint(
      colour,
      `${label('Bills')}${count(agree)} agree, ${count(differ)} differ, ${count(missing)} missing, ${count(unknown)} unknown${left}`,
    ),
    ...lines,
    ...(rest > 0 ? [`${label('')}… and more in differences.csv`] : []),
  ]
}
