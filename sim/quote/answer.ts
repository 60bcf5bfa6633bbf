/** `marketsim quote`, one line: a JSON request in, a JSON answer out. */
import { BillingError } from '#base/billing-error.ts'
import { formatAmount } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { refuseUnknownKeys } from '../billing/known-keys.ts'
import { isRefusal, type Line, sumOf } from '../billing/line.ts'
import { refuseKeysTwice } from './duplicate-keys.ts'
import { appeal } from './operations/appeal.ts'
import { autoRenew } from './operations/auto-renew.ts'
import { bill } from './operations/bill.ts'
import { expand } from './operations/expand.ts'
import { meter } from './operations/meter.ts'
import { monthTotal } from './operations/month-total.ts'
import { price } from './operations/price.ts'
import { refund } from './operations/refund.ts'
import { remaining } from './operations/remaining.ts'
import { settle } from './operations/settle.ts'
import { termEnd } from './operations/term-end.ts'
import { upgrade } from './operations/upgrade.ts'
import { type Answer, type Operation, policiesOf, type Request, recordOf } from './request.ts'

/** Every operation by its name. */
export const operations: ReadonlyMap<unknown, Operation> = new Map([
  ['price', price],
  ['remaining', remaining],
  ['upgrade', upgrade],
  ['expand', expand],
  ['term-end', termEnd],
  ['refund', refund],
  ['meter', meter],
  ['auto-renew', autoRenew],
  ['month-total', monthTotal],
  ['bill', bill],
  ['settle', settle],
  ['appeal', appeal],
])

export interface Reply {
  /** JSON without a line end. */
  readonly text: string
  /** The request was wrong; a refusal is no error. */
  readonly isError: boolean
}

/** Answers one line of requests; never throws. */
export const answer = (line: string): string => reply(line).text

/** Answers one line and says whether it was wrong. `lineNumber` helps to find a line that is no JSON. */
export function reply(line: string, lineNumber?: number): Reply {
  let request: Request
  try {
    request = recordOf(JSON.parse(line), 'request', '{"id": "1", "op": "price", ...}')
  } catch (error) {
    return wrong('null', unreadable(error, line, lineNumber))
  }
  const { id } = request
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'boolean')
    return wrong('null', 'id: is neither text nor a number; write one such as "id": "7"')
  const name = id === undefined ? 'null' : JSON.stringify(id)
  try {
    refuseKeysTwice(line, request)
    return { text: rendered(name, operated(request)), isError: false }
  } catch (error) {
    if (error instanceof BillingError) return wrong(name, error.message)
    // Nothing a request says may end the stream; the message still names our mistake.
    return wrong(name, `request: ${error instanceof Error ? error.message : String(error)}; please report this request`)
  }
}

function operated(request: Request): Answer {
  const operation = operations.get(request.op)
  if (operation === undefined)
    throw new BillingError('op', `${shown(request.op)} is unknown`, `write one of ${[...operations.keys()].join(', ')}`)
  refuseUnknownKeys(request, operation.keys, 'request')
  return operation.answer(request, policiesOf(request.policies))
}

const wrong = (id: string, message: string): Reply => ({
  text: `{"id":${id},"error":${JSON.stringify(message)}}`,
  isError: true,
})

function unreadable(error: unknown, line: string, lineNumber: number | undefined): string {
  const where = lineNumber === undefined ? 'line' : `line ${lineNumber}`
  if (error instanceof BillingError) return `${where}: ${error.message}`
  const start = line.length > 60 ? `${line.slice(0, 57)}...` : line
  return `${where}: ${start} is not JSON; write one object per line, with its keys in double quotes`
}

function rendered(id: string, result: Answer): string {
  if (isRefusal(result)) return `{"id":${id},"refused":"${result.refused}","rule":"${result.rule}"}`
  let text = `{"id":${id}`
  if (result.lines !== undefined)
    text += `,"amount":"${formatAmount(sumOf(result.lines))}","lines":[${result.lines.map(renderedLine).join(',')}]`
  for (const field in result.fields) text += `,"${field}":${JSON.stringify(result.fields[field])}`
  return `${text}}`
}

const renderedLine = (line: Line): string =>
  `{"rule":"${line.rule}","text":${JSON.stringify(line.text)},"amount":"${formatAmount(line.amount)}"}`
