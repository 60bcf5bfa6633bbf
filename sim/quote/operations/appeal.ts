/** `appeal`: kind, events, at; by? ("buyer" unless "seller") */
import { BillingError } from '#base/billing-error.ts'
import { formatInstant, parseInstant } from '#base/civil-time.ts'
import { mayAppeal } from '../../billing/appeal.ts'
import { keySet, refuseUnknownKeys } from '../../billing/known-keys.ts'
import { type Actor, Supervision, type SupervisionAction } from '../../billing/supervision.ts'
import { listOf, oneOf, operation, recordOf } from '../request.ts'

const kinds = ['license', 'saas', 'professional-service', 'service'] as const
const actors = ['buyer', 'seller', 'system'] as const
const sides = ['buyer', 'seller'] as const
const actions: readonly SupervisionAction[] = [
  'submit-request',
  'reject-request',
  'deliver',
  'accept',
  'reject-product',
  'remind',
  'appeal',
  'complete',
  'cancel',
  'resume',
  'pay',
  'request-invoice',
  'issue-invoice',
]
/** Other words for the same moves, as the guide's pages use them; a bare `reject` is distinguished by its side. */
const spoken: Readonly<Record<string, SupervisionAction>> = {
  paid: 'pay',
  payment: 'pay',
  purchase: 'pay',
  start: 'pay',
  submit: 'submit-request',
  'accept-product': 'accept',
  'accept-service': 'accept',
  'reject-delivery': 'reject-product',
  'reject-service': 'reject-product',
  'seller reject': 'reject-request',
  'buyer reject': 'reject-product',
}

const eventKeys = keySet('at', 'by', 'do')

export const appeal = operation(['kind', 'events', 'at', 'by'], (request, policies) => {
  const kind = oneOf(request.kind, kinds, 'kind')
  const at = parseInstant(request.at, 'at')
  const flow = new Supervision(kind === 'service' ? 'professional-service' : kind, policies)
  let last = Number.NEGATIVE_INFINITY
  for (const [index, value] of listOf(request.events, 'events').entries()) {
    const where = `events[${index}]`
    const entry = recordOf(value, where, '{"at": "...", "by": "buyer", "do": "submit-request"}')
    refuseUnknownKeys(entry, eventKeys, where)
    const time = parseInstant(entry.at, `${where}.at`)
    const by = oneOf(entry.by, actors, `${where}.by`)
    const action = actionOf(entry.do, by, `${where}.do`)
    if (time < last)
      throw new BillingError(
        where,
        `${formatInstant(time, policies['time.utcOffset'])} is before the previous event`,
        'sort the events by time',
      )
    last = time
    // The question is about the flow as it is at `at`.
    if (time <= at) flow.apply({ at: time, by, do: action }, where)
  }
  const side = oneOf(request.by ?? 'buyer', sides, 'by')
  const { allowed, rule } = mayAppeal(flow, at, side, policies)
  return { fields: { allowed, rule, state: flow.state } }
})

function actionOf(value: unknown, by: Actor, where: string): SupervisionAction {
  const word = value === 'reject' ? `${by} reject` : value
  const known = typeof word === 'string' && Object.hasOwn(spoken, word) ? spoken[word] : value
  return oneOf(known, actions, where)
}
